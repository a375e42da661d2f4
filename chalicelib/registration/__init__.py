"""From an address to an account: start, correct, complete, cancel, and what the page shows."""

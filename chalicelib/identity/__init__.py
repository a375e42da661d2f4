"""Who an address is: what was typed, its keys, its reference, who owns it; the user pool."""

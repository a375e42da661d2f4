"""One mail: who stands behind the address, which way it goes, what it says, the hand-over."""

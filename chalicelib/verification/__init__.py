"""An address is proven by a code that was mailed to it, whatever for."""

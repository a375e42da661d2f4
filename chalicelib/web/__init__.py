"""HTTP in and out. Nothing else in the house knows HTTP."""

"""What the design promises, measured: `make bench` prints each figure beside its budget."""

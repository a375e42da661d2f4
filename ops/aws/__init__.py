"""What commands share of AWS: clients and their errors, stacks, stack events."""

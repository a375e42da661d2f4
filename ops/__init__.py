"""What maintainers and operators run: ``python -m ops.…``."""

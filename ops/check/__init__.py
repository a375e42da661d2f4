"""What ``make check`` asks of the templates, for every stage, without an account."""

"""What became of each mail, from the events that SES publishes."""

"""The AWS side on one machine: ``make run``. Nothing in here is packaged for Lambda."""

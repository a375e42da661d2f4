"""The AWS side on one machine: ``python -m local``. Nothing in here is packaged for Lambda."""

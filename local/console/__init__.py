"""Console of the local machine: the pages under ``/local/``, like a mail catcher's."""

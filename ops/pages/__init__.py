"""The build of the pages and of the gettext catalogues."""

"""The pictures of pages in ``docs/images``: what each shows, and how it is drawn."""

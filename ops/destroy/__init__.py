"""``make destroy``: delete a stage that may be lost."""

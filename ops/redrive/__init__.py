"""Redrive: what ended in a queue of dead letters is shown and, agreed to, brought back to work."""

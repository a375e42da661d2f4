"""The smoke test of a deployed service."""

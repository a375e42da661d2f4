"""The JSON API under ``/api/v1``; HTML forms post to the same paths."""

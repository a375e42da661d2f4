"""Todoku: sign-up for public-school applicants that knows whether its mail arrives."""

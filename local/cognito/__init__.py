"""Cognito where moto lacks it: real codes, aliases, limits, triggers, token lifetimes."""

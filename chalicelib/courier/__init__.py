"""Courier of one mail: its purpose, the provider behind its address, its route, text and sender."""

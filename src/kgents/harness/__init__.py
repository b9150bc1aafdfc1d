"""Coders: what can be asked for code or an answer."""

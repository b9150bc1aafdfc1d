"""Trials that are calls of Python functions."""

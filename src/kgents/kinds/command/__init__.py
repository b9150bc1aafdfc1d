"""Trials that are commands."""

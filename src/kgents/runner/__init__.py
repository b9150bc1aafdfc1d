"""Drivers of a run: write, then believe."""

"""Trials that another program runs and tells of."""

"""Kinds of experiments: one trial of each."""

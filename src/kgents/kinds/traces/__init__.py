"""Recorded traces, examined for contradictions."""

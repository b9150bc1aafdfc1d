"""Tests run outside of the candidate's process: what cannot be copied exactly is represented by mirrors."""

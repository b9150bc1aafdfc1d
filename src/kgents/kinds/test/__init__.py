"""A test of a suite of pytest, decided by trials of it."""

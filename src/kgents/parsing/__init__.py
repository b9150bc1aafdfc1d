"""Malformed inputs of known truth, parsing strategies, and the oracle that judges them."""

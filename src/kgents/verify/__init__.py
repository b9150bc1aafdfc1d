"""Verdicts on candidates that run in a sandbox and cannot forge them."""

"""Programs that a coder writes from a spec."""

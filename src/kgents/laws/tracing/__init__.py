"""What a trace states, read as equations: spelling, tokens, sides, values, units, and what takes a statement back."""

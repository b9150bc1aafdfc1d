"""Laws of a model's reasoning."""

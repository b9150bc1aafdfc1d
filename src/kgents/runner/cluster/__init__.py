"""Trials on other machines: a kind that forwards, the bench that workers run trials on, and the engine between them."""

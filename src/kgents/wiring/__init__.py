"""The one place where concrete classes meet, and the only reader of the environment."""

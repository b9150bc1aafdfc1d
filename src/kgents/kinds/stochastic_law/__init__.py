"""The rate at which a law of a program holds, on elements that are drawn."""

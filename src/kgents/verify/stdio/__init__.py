"""Programs that read standard input and print: examples of both, and what judges by them."""

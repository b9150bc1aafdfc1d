"""What the pytest of another project loads; it imports nothing of ours."""

"""What experiments taught, searchable."""

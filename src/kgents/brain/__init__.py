"""What experiments taught: crystals, distilled from their summaries."""

"""Experiments as text, JSON, Markdown, HTML, CSV and JUnit."""

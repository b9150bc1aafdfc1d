"""The formats of files, by suffix; apart from what writes them, so that --help need not import it."""

from pathlib import Path

FORMATS = (".json", ".jsonl", ".csv", ".md", ".html", ".svg", ".png", ".junit.xml")


def suffix_of(path: Path) -> str | None:
    """The format that a file name asks for, or None."""
    return next((suffix for suffix in reversed(FORMATS) if path.name.endswith(suffix)), None)

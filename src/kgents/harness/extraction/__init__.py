"""The code in an answer, as a person would read it."""

from kgents.harness.extraction.choice import Extraction, Reader, Wanted, extract

__all__ = ["Extraction", "Reader", "Wanted", "extract"]

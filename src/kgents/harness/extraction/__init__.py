"""The code in an answer, as a person would read it."""

from kgents.harness.extraction.search import extract
from kgents.harness.extraction.wanted import Extraction, Reader, Wanted

__all__ = ["Extraction", "Reader", "Wanted", "extract"]

"""Programs compiled here, once, so that the processes which run them need not."""

import warnings
from functools import lru_cache
from types import CodeType

UNREADABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)


@lru_cache(maxsize=32)
def compiled(source: str) -> CodeType:
    """One of UNREADABLE where it is no program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<candidate>", "exec", dont_inherit=True, optimize=0)


@lru_cache(maxsize=2048)
def prepared(text: str, name: str) -> CodeType | str:
    """A program of the tests, compiled; its text where it is no program, for whoever runs it to say so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(text, name, "exec", dont_inherit=True, optimize=0)
    except UNREADABLE:
        return text

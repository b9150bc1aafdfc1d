"""Programs compiled here, once, so that the processes which run them need not."""

import warnings
from functools import lru_cache
from types import CodeType

UNREADABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)


SMALL = 20_000  # characters of a program that is worth keeping: models often say the same twice


def compiled(source: str) -> CodeType:
    """The program of a candidate. One of UNREADABLE where it is none."""
    return _kept(source) if len(source) < SMALL else _compiled(source)


def _compiled(source: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<candidate>", "exec", dont_inherit=True, optimize=0)


_kept = lru_cache(maxsize=512)(_compiled)


@lru_cache(maxsize=2048)
def prepared(text: str, name: str) -> CodeType | str:
    """A program of the tests, compiled; its text where it is no program, for whoever runs it to say so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(text, name, "exec", dont_inherit=True, optimize=0)
    except UNREADABLE:
        return text

"""What people are told beside the result: while a run is prepared, while it goes on, when it stops.

Rule: nothing but the command line prints. A notice has a code, by which programs know it, and a text. Who listens decides
where it goes; where nobody does, it is a line on stderr.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence.

    code   what it is about, the same in every run
    level  note, warning, or empty for what is only told
    """

    code: str
    text: str
    level: str = ""

    @property
    def line(self) -> str:
        """As people read it."""
        return f"{self.level}: {self.text}" if self.level else self.text


Listener = Callable[[Notice], None]


def on_stderr(notice: Notice) -> None:
    """A line, where stderr can still be written."""
    with suppress(OSError, ValueError):
        print(notice.line, file=sys.stderr, flush=True)  # noqa: T201  the one place


_LISTENER: ContextVar[Listener] = ContextVar("listener of notices", default=on_stderr)


def tell(code: str, text: str, level: str = "") -> None:
    """Tells whoever listens."""
    _LISTENER.get()(Notice(code, text, level))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Until the block ends notices go there; also those of tasks that are begun in it."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)

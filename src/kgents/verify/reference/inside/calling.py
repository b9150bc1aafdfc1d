"""What stands around every call of a program, kept small because there are some ten thousand: streams, and a limit."""

import io
import signal
import sys
from collections.abc import Callable
from typing import Any


class TimedOut(BaseException):
    """A call used more CPU time than it is given."""


def _ring(*_: Any) -> None:
    raise TimedOut


def limited(function: Callable[..., None], arguments: tuple[Any, ...], seconds: float) -> None:
    """Calls a function. TimedOut once so much CPU time was used, and again where that was lost: in what the collector of garbage
    calls, or in an `except` of the function. `watch_time` has been called before.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds)
    try:
        function(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def watch_time() -> None:
    """From now on `limited` ends what takes too long: once per program, which may have taken the signal for itself."""
    signal.signal(signal.SIGPROF, _ring)


class Streams:
    """Standard streams of a call; those of the last one again where nothing was done to them."""

    def __init__(self) -> None:
        self._kept = sys.stdin, sys.stdout, sys.stderr
        self._printed = io.BytesIO()
        self._out: io.TextIOWrapper | None = None
        self._error = io.StringIO()
        self._nothing = _typed("")

    def enter(self, typed: str) -> None:
        """Takes the place of those of the process; `typed` is what can be read."""
        self._kept = sys.stdin, sys.stdout, sys.stderr
        if self._out is None or not _usable(self._out):
            self._printed = io.BytesIO()
            self._out = io.TextIOWrapper(self._printed, "utf-8", "replace", "\n", write_through=True)
        if self._error.closed or self._error.tell():
            self._error = io.StringIO()
        if not _readable(self._nothing):
            self._nothing = _typed("")
        sys.stdin = _typed(typed) if typed else self._nothing
        sys.stdout, sys.stderr = self._out, self._error

    def leave(self) -> str:
        """Gives their place back; what was printed."""
        sys.stdin, sys.stdout, sys.stderr = self._kept
        out, printed = self._out, self._printed
        try:
            if out is not None:
                out.flush()
            content = printed.getvalue()
        except ValueError:  # closed, or taken apart
            self._out = None
            return _rest(printed)
        if content:
            printed.seek(0)
            printed.truncate()
        return content.decode("utf-8", "replace")


def _typed(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "replace")), encoding="utf-8")


def _usable(out: io.TextIOWrapper) -> bool:
    """Whether nobody closed it, took it apart or set it otherwise."""
    try:
        return not out.closed and out.encoding == "utf-8" and out.write_through
    except ValueError:
        return False


def _readable(stream: io.TextIOWrapper) -> bool:
    try:
        return not stream.closed
    except ValueError:  # taken apart
        return False


def _rest(printed: io.BytesIO) -> str:
    try:
        return printed.getvalue().decode("utf-8", "replace")
    except ValueError:
        return ""

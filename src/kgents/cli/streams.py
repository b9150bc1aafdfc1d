"""Standard output and standard error as they really are: of any encoding, closed, full, or with nobody who reads.

Rule: what cannot be written never hides what was decided; it is one line on standard error and the exit code.
"""

import codecs
import errno
import os
import sys
from contextlib import suppress
from typing import TextIO

from kgents.report.clean import CleanOutput, clean

BROKEN_PIPE = 141  # 128 + SIGPIPE, as other programs end
_ESCAPED = "kgents.escaped"
_was_closed: set[int] = set()


def _escape(error: UnicodeError) -> tuple[str, int]:
    """A character that an encoding lacks as JSON writes it, so that a JSON document stays one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = [units[at : at + 2] for at in range(0, len(units), 2)]
    return "".join(f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in pairs), error.end


def prepare() -> None:
    """Call before anything is opened: fills closed descriptors, and lets no character of an answer end the program."""
    for descriptor in (0, 1, 2):
        _fill(descriptor)
    codecs.register_error(_ESCAPED, _escape)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors=_ESCAPED)  # type: ignore[union-attr]
    sys.stdout = CleanOutput.over(sys.stdout)


def _fill(descriptor: int) -> None:
    """A closed descriptor would be given to the next file that is opened, the database perhaps."""
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        if opened != descriptor:
            os.dup2(opened, descriptor)
            os.close(opened)
        _was_closed.add(descriptor)
        name = ("stdin", "stdout", "stderr")[descriptor]
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "r" if descriptor == 0 else "w", closefd=False, encoding="utf-8"))  # noqa: SIM115


def finish(code: int) -> int:
    """Writes out what is buffered; the exit code, which says it where standard output could not be written."""
    if 1 in _was_closed:
        return complain("standard output is closed", code)
    try:
        sys.stdout.flush()
    except OSError as wrong:
        return unwritten(wrong, code)
    return code


def of_output(wrong: Exception) -> bool:
    """Whether an error is standard output's own: raised by it, or its buffer cannot be written a second time, either."""
    if not isinstance(wrong, OSError):
        return False
    if isinstance(sys.stdout, CleanOutput) and sys.stdout.wrong is wrong:
        return True
    try:
        sys.stdout.flush()
    except OSError as again:
        return again.errno == wrong.errno
    return wrong.errno == errno.EPIPE


def unwritten(wrong: OSError, code: int) -> int:
    """The exit code where standard output could not be written: nobody reads it any more, or there is no room."""
    _let_go(sys.stdout)
    if wrong.errno == errno.EPIPE:
        return BROKEN_PIPE
    return complain(f"standard output cannot be written: {wrong.strerror or wrong}", code)


def complain(message: str, code: int) -> int:
    """One line on standard error; 1 where the code was that of a success."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"error: {clean(message)}; what was recorded stands\n")
        sys.stderr.flush()
    return code or 1


def settle() -> None:
    """Call last: where standard error cannot be written, the interpreter would end with its own exit code, 120."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _let_go(sys.stderr)


def _let_go(stream: TextIO) -> None:
    """What is still buffered goes nowhere, so that the end of the interpreter does not fail over it."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

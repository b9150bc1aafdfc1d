"""What a program does beside answering: output, logging, warnings, input, environment, folder, random state.

It is gathered where it happens and told with the next message; the other end does it again.
"""

import builtins
import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .calculating import Calculating
from .shared import Disk, Memory
from .sharing import Told, shared
from .table import KINDS

if TYPE_CHECKING:
    from .messages import Effects

_MOST = 16 << 20  # characters of output that one message carries; what is more is cut


# -- the candidate's end -------------------------------------------------------------------------------------------
class _Output(io.TextIOBase):
    """Standard output or error of a candidate."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.buffer = _Bytes(tell)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._tell(str.__str__(text))
        return len(text)


class _Bytes(io.RawIOBase):
    """The bytes below it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._tell(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)


class _Input(io.TextIOBase):
    """Standard input of a candidate: what the tests' end has there."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        return str(self._ask("read", None, -1 if size is None else size))

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        return str(self._ask("readline", None, size))

    @property
    def buffer(self) -> io.BytesIO:
        """What is left, as bytes."""
        return io.BytesIO(self.read().encode())


_OF_RECORDS = frozenset(vars(logging.makeLogRecord({})))
_RESERVED = _OF_RECORDS | {"message", "asctime"}
_SIMPLE = (str, int, float, bool, type(None))


class _Log(logging.Handler):
    def __init__(self, tell: Callable[[list[Any]], None]) -> None:
        super().__init__(1)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        more = {name: each for name, each in vars(record).items() if name not in _OF_RECORDS and type(each) in _SIMPLE}
        self._tell([record.name, record.levelno, record.getMessage(), record.funcName, raised, more])


def _nobody(*_: Any) -> Any:
    raise EOFError("nobody is asked yet")


class Doings:
    """What a candidate does, gathered for the next message; `forbidden` fills with what it tries and may not do.

    Its parts may be put in their places before it is known who is asked: `ask` is, for input.
    still  whether the program leaves variables, folder and the context of decimal numbers as they are
    """

    def __init__(self, forbidden: Sequence[str], files: Memory) -> None:
        self._done: list[list[Any]] = []
        self._size = 0
        self._forbidden = forbidden
        self._files = files
        self._shared = self._plainly = shared(False, False)
        self.ask: Callable[..., Any] = _nobody
        self.still = False
        self._calculating = Calculating()

    def begin(self, chance: bool) -> None:
        """From now on what changes here is told; what stands is known.

        chance  whether the state of `random` is shared; it is large, and most programs have no use for it
        """
        self._files.begin()
        self._shared = shared(False, True) if chance else self._plainly
        self._shared.known()

    def install(self) -> None:
        """Puts ours in the place of streams, input, logging and warnings."""

        def ask(*asked: Any) -> Any:
            return self.ask(*asked)

        sys.stdout = _Output(lambda text: self._note("out", text))
        sys.stderr = _Output(lambda text: self._note("err", text))
        sys.stdin = _Input(ask)
        builtins.input = lambda prompt="", /: str(ask("input", None, str(prompt)))
        logging.root.addHandler(_Log(lambda told: self._note("log", *told)))
        logging.root.setLevel(1)
        warnings.simplefilter("always")
        warnings.showwarning = self._warn

    def _warn(self, message: Any, category: Any, *arguments: Any, **keywords: Any) -> None:
        named = next((base for base in category.__mro__ if f"builtins.{base.__name__}" in KINDS), Warning)
        self._note("warn", named.__name__, str(message))

    def _note(self, event: str, *told: Any) -> None:
        self._size += sum(len(each) for each in told if isinstance(each, str))
        if self._size < _MOST:
            self._done.append([event, *told])
        elif event in ("out", "err") and (left := _MOST - self._size + len(told[0])) > 0:
            self._done.append([event, told[0][:left]])

    def due(self) -> dict[str, object]:
        """For the next message."""
        told = self._files.due()
        if not self.still:
            told = {**self._shared.due(), **told, **self._calculating.due()}
        if self._done:
            told["done"], self._done, self._size = self._done, [], 0
        if self._forbidden:
            told["forbidden"] = self._forbidden[0]
        return told

    def heard(self, told: "Effects") -> None:
        """Takes over what the tests changed."""
        self._files.heard(_part(told, "files", "gone"))
        self._shared.heard(told)
        if "decimal" in told:
            self._calculating.heard(told["decimal"])


# -- the tests' end ------------------------------------------------------------------------------------------------
class Replay:
    """Does in the tests' process what the candidate did in its own.

    folder  what tests and candidate share; None where the tests can write no file
    chance  whether the state of `random` is shared
    still   whether the tests leave all that is shared as it is, so that there is nothing to be told
    """

    def __init__(self, folder: str | None, chance: bool, still: bool = False) -> None:
        self._still = still
        self._chance = chance
        if not still:
            _ = self._shared  # what stands now is known
        self.files = None if folder is None else Disk(folder)
        self._folder = folder
        self.calculating = Calculating(lambda: False)  # before it is known whether the candidate's context counts
        self.forbidden: str | None = None  # what the candidate tried and may not do

    @cached_property
    def _shared(self) -> Told:
        return shared(True, self._chance)

    def due(self) -> dict[str, object]:
        """For the next message."""
        if self._still:
            return {}
        return {**self._shared.due(), **(self.files.due() if self.files else {}), **self.calculating.due()}

    def heard(self, told: "Effects") -> None:
        """What the candidate did, in order. Where it works the tests work as well, if it is in the folder that they share."""
        for event, *parts in told.get("done", ()):
            if event == "log":
                _log(*map(_plain, parts[:4]), *parts[4:])
            else:
                _DONE[event](*map(_plain, parts))
        if self.files is not None:
            self.files.heard(told)
        if "decimal" in told:
            self.calculating.heard(told["decimal"])
        if "forbidden" in told:
            self.forbidden = str(told["forbidden"])[:100]
        if told.keys() & {"random", "environment"}:
            self._shared.heard(_part(told, "random", "environment"))
        if self._folder is not None and _below(self._folder, told.get("folder")):
            self._shared.heard({"folder": told["folder"]})


def _part(told: "Effects", *names: str) -> "Effects":
    part: Any = {name: value for name, value in told.items() if name in names}
    effects: Effects = part
    return effects


def _below(root: str, folder: Any) -> bool:
    """Whether it is a folder of this machine within another, also where links are followed."""
    if not isinstance(folder, str) or not os.path.isdir(folder):
        return False
    return os.path.commonpath([os.path.realpath(root), os.path.realpath(folder)]) == os.path.realpath(root)


def _plain(part: Any) -> Any:
    return part if type(part) is int else str(part)


def _log(name: str, level: int, text: str, function: str, raised: Any, more: Any) -> None:
    """What the candidate logged: with its exception, which has no frames here, and simple attributes (`extra`)."""
    logger = logging.getLogger(name)
    if not logger.isEnabledFor(int(level)):
        return
    info = (type(raised), raised, None) if isinstance(raised, BaseException) else None
    extra = {str(key): each for key, each in more.items() if type(each) in _SIMPLE and key not in _RESERVED}
    logger.handle(logger.makeRecord(name, int(level), "candidate.py", 0, text, (), info, function, extra))


def _warning(kind: str, text: str) -> None:
    category = KINDS.get(f"builtins.{kind}", UserWarning)
    if not (isinstance(category, type) and issubclass(category, Warning)):
        category = UserWarning
    warnings.warn(text, category, stacklevel=2)


_DONE: dict[str, Callable[..., Any]] = {
    "out": lambda text: sys.stdout.write(text),
    "err": lambda text: sys.stderr.write(text),
    "warn": _warning,
}

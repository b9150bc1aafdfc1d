"""The candidate's end: loads the program it is told, then answers.

Nothing that decides is here: no expected value, no test. What it says is data to the tests' end.
"""

import sys
import types
from typing import Any

from .effects import Doings
from .objects import ROOT
from .peer import Peer

FIRST = 1  # numbers of the candidate's end are odd


class Names:
    """The names of the candidate's module, as the tests' end asks for them."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def get(self, name: str) -> Any:
        """AttributeError where there is none."""
        return getattr(self._module, name)

    def set(self, name: str, value: Any) -> None:
        """Binds a name."""
        setattr(self._module, name, value)

    def delete(self, name: str) -> None:
        """Unbinds a name."""
        delattr(self._module, name)

    def ping(self) -> None:
        """Does nothing."""


def main(descriptor: int) -> None:
    """Reads the job, loads the candidate, tells its names or why it cannot be loaded, and answers until the line ends."""
    doings = Doings()
    end = Peer(descriptor, FIRST, effects=doings.due, apply=doings.heard)
    _, job = end.receive()
    doings.install(end.ask)
    module = loaded_as(job["names"])
    end.theirs(ROOT, Names(module))
    try:
        exec(compile(job["source"], "<candidate>", "exec"), vars(module))
        said: list[Any] = [[name for name in vars(module) if type(name) is str and not name.startswith("__")], None]
    except BaseException as wrong:
        said = [None, told(wrong)]
    end.send(b"r", said)
    end.serve()


def loaded_as(names: list[str]) -> types.ModuleType:
    """An empty module that can be imported by each of these names."""
    module = types.ModuleType(names[0] if names else "candidate")
    module.__file__ = "candidate.py"
    for name in ("candidate", *names):
        sys.modules[name] = module
    return module


def told(wrong: BaseException) -> list[Any]:
    """The names of an exception's class and of the classes it derives from, and its text."""
    try:
        text = str(wrong)[:300]
    except BaseException:
        text = "?"
    missing = wrong.name if isinstance(wrong, ModuleNotFoundError) else None
    return [[str(kind.__name__)[:100] for kind in type(wrong).__mro__[:12]], str(text), missing and str(missing)]


def job(source: str, names: list[str]) -> bytes:
    """The first message to a candidate's end, as `main` reads it."""
    import struct

    line = Peer(-1, 0)
    out = bytearray(b"r")
    line.write_data(out, {"source": source, "names": names})
    line.write_data(out, {})
    line.write_changes(out)
    return struct.pack(">I", len(out)) + bytes(out)

"""The candidate's end: loads the program it is told, then answers.

Nothing that decides is here: no expected value, no test. What it says is data to the tests' end.
"""

import os
import struct
import sys
import types
from typing import Any

from kgents.sandbox.inside import watch
from kgents.sandbox.inside.facts import UNREADABLE, compiled, error_of, unbound
from kgents.sandbox.inside.files import Folder

from .effects import Doings
from .objects import ROOT
from .peer import Peer
from .shared import Memory

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
    end = Peer(descriptor, FIRST)
    _, job = end.receive()
    folder = Folder(job["folder"])
    folder.install()
    os.chdir(job["folder"])
    doings = Doings(watch.attempts, Memory(folder))
    end.effects, end.apply = doings.due, doings.heard
    doings.install(end.ask)
    module = loaded_as(job["names"])
    end.theirs(ROOT, Names(module))
    end.send(b"r", loaded(module, job["source"], job["defined"]))
    end.serve()


def loaded(module: types.ModuleType, source: str, names: list[str]) -> list[Any]:
    """Runs a program in its module; ["names", those it has] or [why there are none, details]."""
    try:
        program, missing = compiled(source, names)
    except UNREADABLE as wrong:
        return ["unreadable", error_of(wrong)]
    try:
        exec(program, vars(module))
    except BaseException as wrong:
        return ["missing", missing] if missing else ["raised", told(wrong)]
    if missing := unbound(missing, vars(module)):
        return ["missing", missing]
    return ["names", [name for name in vars(module) if type(name) is str and not name.startswith("__")]]


def loaded_as(names: list[str]) -> types.ModuleType:
    """An empty module that can be imported by each of these names."""
    module = types.ModuleType(names[0] if names else "candidate")
    module.__file__ = "candidate.py"
    for name in ("candidate", *names):
        sys.modules[name] = module
    return module


def told(wrong: BaseException) -> list[Any]:
    """[names of the classes it derives from, its own first; its text; a module that is not there; a program it tried to
    start] of an exception.
    """
    try:
        text = str(wrong)[:300]
    except BaseException:
        text = "?"
    missing = wrong.name if isinstance(wrong, ModuleNotFoundError) else None
    kinds = [str(kind.__name__)[:100] for kind in type(wrong).__mro__[:12]]
    return [kinds, str(text), missing and str(missing), watch.attempts[0] if watch.attempts else None]


def job(source: str, names: list[str], wanted: list[str], folder: str) -> bytes:
    """The first message to a candidate's end, as `main` reads it: it goes by `names` and has to define those wanted.

    folder  absolute path of the folder that it shares with the tests
    """
    line = Peer(-1, 0)
    out = bytearray(b"r")
    line.write_data(out, {"source": source, "names": names, "defined": wanted, "folder": folder})
    line.write_data(out, {})
    line.write_changes(out)
    return struct.pack(">I", len(out)) + bytes(out)

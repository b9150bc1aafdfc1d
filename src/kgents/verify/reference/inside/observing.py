"""A program in a module of its own, and all that can be seen of one call: the answer, or the exception; the arguments
afterwards; what was printed; the files of its folder; whether the answer is, or shares parts with, an argument.
"""

import ast
import contextlib
import sys
import time
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgents.sandbox.inside.exits import exit_status
from kgents.verify.reference.inside.awaiting import awaited
from kgents.verify.reference.inside.calling import Streams, TimedOut, limited, watch_time
from kgents.verify.reference.inside.folder import WorkingFolder
from kgents.verify.reference.inside.kinds import kinds_of
from kgents.verify.reference.inside.recipes import Recipe, built, split
from kgents.verify.reference.inside.steps import Played, broken_at, play, raised_here
from kgents.verify.reference.inside.trees import OWN, TooLarge, Tree, Trees

FILE = "<solution>"
TIMEOUT = ("timeout",)
LOADING = 5.0  # CPU seconds
TEXT = 20_000  # characters of what is printed, and of a file
NOT_SHARED, SHARED, ITSELF, PROMISED, PLAIN = 1, 2, 3, 4, 0
_MUTABLE = (list, dict, set, bytearray)
_HOLDING = frozenset({list, tuple, dict})
_ATOMS = frozenset({int, str, float, bool, type(None)})
_LOOKED_AT = 200

# What Seen.to_wire is made of.
_WIRE: tuple[Any, ...] = (object, (list, tuple), str, int, object, str, (list, tuple), int, (float, int))

Arguments = tuple[Any, ...]


@dataclass(slots=True)
class Seen:
    """What was seen of a call.

    answer    tree of the result
    raised    names of the exception's class and of its bases; () where it returned, TIMEOUT where it was stopped
    explicit  line of the program's own `raise` that raised it, 0 where it merely happened
    left      tree of the arguments afterwards, where they can be changed
    shares    PLAIN, NOT_SHARED, SHARED (a part of an argument), ITSELF (an argument), PROMISED (NOT_SHARED,
              as the docstring says)
    seconds   CPU time
    """

    answer: Tree = None
    raised: tuple[str, ...] = ()
    text: str = ""
    explicit: int = 0
    left: Tree = None
    printed: str = ""
    files: tuple[tuple[str, str], ...] = ()
    shares: int = PLAIN
    seconds: float = 0.0

    @property
    def returned(self) -> bool:
        """Whether there is an answer."""
        return not self.raised

    @property
    def kind(self) -> tuple[Any, ...]:
        """Equal for calls that look alike."""
        return (bool(self.raised), self.answer, self.raised[:1], self.explicit, self.printed, self.left, self.files)

    def to_wire(self) -> list[Any]:
        """JSON data."""
        values = (self.answer, self.raised, self.text, self.explicit, self.left, self.printed, self.files, self.shares)
        return [*values, 0]  # time is no part of what is expected


def seen_of(wire: list[Any]) -> Seen:
    """The inverse of Seen.to_wire, of what came over the wire. ValueError where it has another form."""
    if type(wire) is not list or len(wire) != len(_WIRE):
        raise ValueError("not an observation")
    answer, raised, text, explicit, left, printed, files, shares, seconds = wire
    if not all(map(isinstance, wire, _WIRE)) or not all(isinstance(file, list | tuple) for file in files):
        raise ValueError("not an observation")
    names = tuple([str(name) for name in raised])
    return Seen(answer, names, text, explicit, left, printed, tuple(map(tuple, files)), shares, float(seconds))


class Program:
    """A program, loaded. Raises whatever it raises when it is loaded.

    source  text, or a module that was read (and perhaps changed)
    target  the function, or `Name()` for a class
    folder  one that is as it was after loading at the beginning of each call, and whose files are seen; None: none is
    names   further names that the program sees
    short   only short answers will do
    """

    def __init__(
        self,
        source: str | ast.Module,
        target: str,
        folder: WorkingFolder | None = None,
        shown: Mapping[str, list[str]] | None = None,
        names: Mapping[str, Any] | None = None,
        short: bool = False,
    ) -> None:
        self.module = types.ModuleType(OWN)
        self.target = target
        self.folder = folder
        self.trees = Trees(shown, short)
        self.raises: frozenset[int] = frozenset()
        self.module.__dict__.update(names or {})
        sys.modules[OWN] = self.module
        tree = ast.parse(source) if isinstance(source, str) else source
        self.raises = raise_lines(tree)
        if folder is not None:
            folder.clear()
        self._streams = Streams()
        watch_time()
        self._streams.enter("")
        try:
            limited(self._load, (tree,), LOADING)
        finally:
            self._streams.leave()
        self._first = folder.contents() if folder is not None else {}

    def _load(self, tree: ast.Module) -> None:
        exec(compile(tree, FILE, "exec", dont_inherit=True), self.module.__dict__)

    def call(self, arguments: Arguments, limit: float) -> Seen:
        """What is seen of one call that may take `limit` seconds of CPU time."""
        sys.modules[OWN] = self.module
        seen = Seen()
        if self.folder is not None:
            self.folder.restore(self._first)
        typed = ""
        for part in arguments:
            if type(part) is Recipe and part.kind == "typed":
                typed = part.parts[0]
        begun = time.process_time()
        self._streams.enter(typed)
        try:
            limited(self._observe, (arguments, seen), limit)
        except TimedOut:
            seen.raised = TIMEOUT
        except SystemExit as wrong:
            seen.raised, seen.text = ("SystemExit", str(exit_status(wrong.code))), str(wrong.code)
        except BaseException as wrong:
            self._note(wrong, seen)
        finally:
            printed = self._streams.leave()
        seen.seconds = time.process_time() - begun
        seen.printed = printed[:TEXT]
        if self.folder is not None:
            seen.files = self.folder.files(TEXT)
        return seen

    def cut(self, arguments: Arguments, seen: Seen) -> Arguments:
        """A script without the steps after the one that broke its object; other arguments as they are."""
        if not self.target.endswith("()") or seen.raised:
            return arguments
        at = None

        def look() -> None:
            nonlocal at
            kind = getattr(self.module, self.target[:-2])
            at = broken_at(Played(kind, self.module, self.trees, self.raises), arguments, seen.answer)

        self._streams.enter("")
        try:
            limited(look, (), LOADING)
        finally:
            self._streams.leave()
        return arguments if at is None else (arguments[0], arguments[1][: at + 1])

    def _observe(self, arguments: Arguments, seen: Seen) -> None:
        if self.target.endswith("()"):
            kind = getattr(self.module, self.target[:-2])
            seen.answer = play(Played(kind, self.module, self.trees, self.raises), arguments)
            return
        positional, keywords = split(arguments)
        passed = [built(part, self.module) for part in positional]
        named = {name: built(part, self.module) for name, part in keywords}
        parts = _parts(passed)
        value = getattr(self.module, self.target)(*passed, **named)
        waits = hasattr(type(value), "__await__")
        value = awaited(value) if waits else value
        seen.shares = _shares(value, passed, parts)
        seen.answer = ("aw", self.trees.of(value)) if waits else self.trees.of(value)
        if parts:
            seen.left = self.trees.of([part for part in passed if not hasattr(type(part), "__next__")])

    def _note(self, wrong: BaseException, seen: Seen) -> None:
        """Keeps what an exception is, and whether it was raised by a `raise` of the program."""
        if isinstance(wrong, TooLarge):
            seen.raised = ("TooLarge",)
            return
        seen.answer = seen.left = None
        seen.raised = kinds_of(wrong)
        with contextlib.suppress(Exception):
            seen.text = str(wrong)[:200]
        seen.explicit = raised_here(wrong, self.module, self.raises)


def raise_lines(tree: ast.Module) -> frozenset[int]:
    """The lines of the `raise` statements."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None]
    return frozenset(line for node in nodes for line in range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _parts(arguments: Sequence[Any]) -> dict[int, bool]:
    """Objects within the arguments that may be changed, by identity; True for the arguments themselves."""
    parts: dict[int, bool] = {}
    rest = [(part, True) for part in arguments]
    while rest and len(parts) < _LOOKED_AT:
        value, outer = rest.pop()
        if not callable(value):
            parts[id(value)] = outer
        kind = type(value)
        if kind in _HOLDING:
            rest += [(part, False) for part in _inner(value, kind) if type(part) not in _ATOMS]
    return parts


def _inner(value: Any, kind: type) -> list[Any]:
    if kind in (list, tuple):
        return list(value[:_LOOKED_AT])
    return list(value.values())[:_LOOKED_AT] if kind is dict else []


def _shares(value: Any, arguments: Sequence[Any], parts: Mapping[int, bool]) -> int:
    """How an answer that can be changed stands to the arguments."""
    kind = type(value)
    if not parts or (kind not in (list, dict, set) and kind.__name__ not in ("ndarray", "deque")):
        return PLAIN
    if kind.__name__ != "ndarray" and not value:
        return PLAIN
    if parts.get(id(value)):
        return ITSELF
    inner = [part for part in _inner(value, kind) if type(part) in _MUTABLE]
    if inner and any(id(part) in parts for part in inner):
        return SHARED
    return NOT_SHARED

"""The candidate's end: loads the program it is told, then answers.

Nothing that decides is here: no expected value, no test. What it says is data to the tests' end.
"""

import socket
import struct
import sys
import types
from contextlib import suppress
from typing import Any, NamedTuple

from kgents.sandbox.inside import watch
from kgents.sandbox.inside.facts import UNREADABLE, compiled, error_of, unbound
from kgents.sandbox.inside.files import Folder
from kgents.sandbox.inside.rehearsing import REHEARSALS

from .effects import Doings
from .objects import FIRST_OF_CANDIDATE, FIRST_OF_TESTS, ROOT
from .peer import JOB, Gone, Peer
from .shared import Memory

_ANY = "/tmp/own"  # a folder that a job may replace
_CHANCE, _STILL = "chance", "still"  # programs that share the state of `random`, that leave all as it is
_WORLD: "list[World]" = []  # one that stands in its place already
_PROGRAM = """
def f(a, b=0):
    \"\"\"Text.\"\"\"
    return [a, b, {}, (), "", 1.5, {1}]
def g(a, b):
    raise ValueError(a)
"""


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
    world = _WORLD.pop() if _WORLD else _installed()
    end = world.end
    end.speak(descriptor)
    _begin(end, world, Order.read(end.told()))
    end.serve()


def main_of_ours(descriptor: int) -> None:
    """The same for programs of ours, which do nothing but answer: one after another in this process, each told on the line
    when the one before is done with.
    """
    world = _WORLD.pop() if _WORLD else _installed()
    end = world.end
    end.speak(descriptor)
    told = Order.read(end.told())
    while True:
        names = ("candidate", *told.names)
        before = {name: sys.modules.get(name) for name in names}
        _begin(end, world, told)
        told = Order.read(end.told())
        for name, module in before.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module
        end = Peer(descriptor, FIRST_OF_CANDIDATE)


class Order(NamedTuple):
    """What a candidate's end is told first: `job` says what of."""

    chance: bool
    still: bool
    folder: str
    names: list[str]
    defined: list[str]
    source: str

    @staticmethod
    def read(body: bytes) -> "Order":
        """What `job` wrote behind JOB."""
        kind, folder, names, wanted, source = body.decode("utf-8", "surrogatepass").split("\0", 4)
        return Order(
            kind == _CHANCE,
            kind == _STILL,
            folder,
            names.split("\n") if names else [],
            wanted.split("\n") if wanted else [],
            source,
        )


class World:
    """What has effects in this process beside a program: its folder, streams, logging, warnings; and its end of a line, made
    before it is known where that leads.

    fresh  nothing has changed in it since it was put in its place
    """

    def __init__(self) -> None:
        self.end = Peer(-1, FIRST_OF_CANDIDATE)
        self.folder = Folder(_ANY)
        self.doings = Doings(watch.attempts, Memory(self.folder))
        self.fresh = False

    def begin(self, folder: str, chance: bool) -> None:
        """What stands is known from now on, in an empty folder; `chance` as `Doings.begin` has it."""
        if not self.fresh or chance or folder != _ANY:
            self.folder.move(folder)
            self.doings.begin(chance)
        self.fresh = False


def _installed() -> World:
    """One in the place of Python's own, for good."""
    world = World()
    world.folder.install()
    world.doings.install()
    world.begin(_ANY, False)
    world.fresh = True
    return world


def _begin(end: Peer, world: World, told: Order) -> None:
    """Loads the candidate that is told, and tells how that went."""
    world.begin(told.folder, told.chance)
    world.doings.ask, world.doings.still = end.ask, told.still
    end.effects, end.apply = world.doings.due, world.doings.heard
    module = loaded_as(told.names)
    end.theirs(ROOT, Names(module))
    end.send(b"r", loaded(module, told.source, told.defined))


def rehearse_main() -> None:
    """Judges a small program in this process: see `rehearsing`. Children find their world in its place."""
    for _ in range(REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            tests, end = Peer(ours.fileno(), FIRST_OF_TESTS), Peer(theirs.fileno(), FIRST_OF_CANDIDATE)
            root = tests.things[ROOT] = object()
            tests.numbers[id(root)] = ROOT
            ours.sendall(job(_PROGRAM, [], ["f"], _ANY, False))
            _begin(end, World(), Order.read(end.told()))
            tests.receive()
            get = _answered(tests, end, "get", root, "get")
            for name in "fg":
                function = _answered(tests, end, "call", get, name)
                for number in range(4):
                    _answered(tests, end, "call", function, [number, "text"], (2.5, {"a": None})[number % 2])
        _WORLD.append(World())
        ours, theirs = socket.socketpair()
        with ours, theirs, suppress(Gone):
            ours.sendall(job(_PROGRAM, [], ["f"], _ANY, False, True))
            ours.shutdown(socket.SHUT_WR)
            main(theirs.fileno())
    del sys.modules["candidate"]
    watch.attempts.clear()
    _WORLD.append(_installed())


rehearse_main_of_ours = rehearse_main


def _answered(tests: Peer, end: Peer, operation: str, thing: Any, *arguments: Any) -> Any:
    """What one end answers to the other, both in this process."""
    tests.send(b"o", (operation, thing, arguments, {}))
    end.step()
    return tests.receive()[1]


def loaded(module: types.ModuleType, source: str, names: list[str]) -> tuple[Any, ...]:
    """Runs a program in its module; ("names", those it has, (name, function) of those wanted) or (why there are none,
    details).
    """
    try:
        program, missing = compiled(source, names)
    except UNREADABLE as wrong:
        return "unreadable", error_of(wrong)
    try:
        exec(program, vars(module))
    except BaseException as wrong:
        return ("missing", missing) if missing else ("raised", told(wrong))
    bound = vars(module)
    if missing := unbound(missing, bound):
        return "missing", missing
    functions = ((name, bound[name]) for name in names if type(bound.get(name)) is types.FunctionType)
    return "names", tuple(name for name in bound if type(name) is str and not name.startswith("__")), tuple(functions)


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


def job(source: str, names: list[str], wanted: list[str], folder: str, chance: bool, still: bool = False) -> bytes:
    """The first message to a candidate's end, as `main` reads it: it goes by `names` and has to define those wanted.

    folder  absolute path of the folder that it shares with the tests
    chance  whether it shares the state of `random` with them
    still   whether it is known to leave all that is shared as it is
    """
    kind = _CHANCE if chance else _STILL if still else ""
    texts = (kind, folder, "\n".join(names), "\n".join(wanted), source)
    body = JOB + "\0".join(texts).encode("utf-8", "surrogatepass")
    return struct.pack(">I", len(body)) + body

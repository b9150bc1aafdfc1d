"""One run of tests against one candidate: the line, the stand-in for its module, and what is reported.

The same for plain asserts and for pytest; those say how the tests are found and run (`plain`, `plugin`).
"""

import importlib
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .effects import Replay
from .guard import guard_of
from .judging import Judging
from .objects import FIRST_OF_TESTS
from .peer import Gone, Peer
from .standin import Names, StandIn, bound, name_of

if TYPE_CHECKING:
    from .messages import Report, TestsJob


class Unloaded(BaseException):
    """The candidate is no program, lacks names or raises when it is loaded: ("unreadable" | "missing" | "raised", details)."""

    def __init__(self, kind: str, details: list[Any]) -> None:
        super().__init__("the candidate cannot be loaded")
        self.kind = kind
        self.details = details


class Run:
    """The tests' end of one line.

    job  {"names": free names of the tests, "stand": modules that stand for the candidate, "used": every name they use,
         "entry", "open": what the good run needed or None, "everything": whether this is the good run}
    """

    def __init__(self, descriptor: int, job: "TestsJob", own: Callable[[type], bool]) -> None:
        self._replay = Replay(job.get("folder"), job["chance"], job.get("still", False))
        self.job = job
        self.end = Peer(descriptor, FIRST_OF_TESTS, effects=self._replay.due, apply=self._replay.heard)
        self.end.guard = guard_of(self.end, own)
        self.names: list[str] = []
        self.reply = -1  # the descriptor that a report goes to
        self.draft: Report = {"passed": False, "cases": 0}
        self._judging: Judging | None = None

    def start(self) -> None:
        """Waits for the candidate. Unloaded; Gone."""
        self.load(stand_in(self.job["stand"]))

    def load(self, stand: StandIn) -> None:
        """Waits for the candidate and binds the stand-in to it. Unloaded; Gone."""
        _, told = self.end.receive()
        match told:
            case ["names", [*names], [*functions]] if all(type(name) is str for name in names):
                self.names = names
            case ["missing", [*names]] if names and all(type(name) is str for name in names):
                raise Unloaded("missing", names)
            case ["unreadable", [str(), str(), int() | None] as details]:
                raise Unloaded("unreadable", details)
            case ["raised", [[*kinds], str(text), str() | None as lacks, str() | None as started]]:
                raise Unloaded("raised", [list(map(str, kinds)), text, lacks, started])
            case _:
                raise Gone("a first message that is none")
        table = Names(self.end, _by_name(functions))
        stand.attach(table)
        open_for = self.job["open"]
        pairs = None if open_for is None else {(str(name), str(operation)) for name, operation in open_for}
        named = {name for name in self.names if name in self.job["used"] and isinstance(table.get(name), type)}
        judging = self._judging = Judging(self.end, named, pairs, bool(self.job["everything"]))
        looks = "getcontext" in self.job["tests"]
        self._replay.calculating.admits = lambda: judging.admits("decimal context", looks)
        self._replay.calculating.take()

    def bind(self, modules: Iterable[types.ModuleType]) -> None:
        """Puts the candidate's names where placeholders stand; where it has none, nothing stands."""
        stand = stand_in(self.job["stand"])
        for module in modules:
            for name, placeholder in bound(module):
                try:
                    vars(module)[name] = getattr(stand, name_of(placeholder))
                except AttributeError:
                    del vars(module)[name]

    def prefill(self, module: types.ModuleType) -> None:
        """Gives a module of the tests the candidate's names that it uses without importing them."""
        stand = stand_in(self.job["stand"])
        for name in self.job["names"]:
            if name in self.names:
                vars(module)[name] = getattr(stand, name)

    def report(self, wrong: BaseException | None) -> "Report":
        """What is told of this run; `wrong` is what ended it, where anything did."""
        draft = self.draft
        if isinstance(wrong, Unloaded):
            _tell_unloaded(draft, wrong)
        if wrong is not None or self.end.down:
            draft["died"] = isinstance(wrong, Gone | Unloaded) or self.end.down
            draft.setdefault("error", f"{wrong}")
            draft["passed"] = False
        judging = self._judging
        if judging is not None:
            draft["controlled"], draft["uncontrolled"] = judging.controlled, judging.uncontrolled
            draft["forged"] = judging.forged
            draft["needed"] = sorted(judging.needed)
        if self._replay.files is not None and self._replay.files.overflow:
            self.end.stray("files of more than 16 MB")
        if self._replay.forbidden:
            draft["forbidden"] = self._replay.forbidden
        draft["calls"], draft["strayed"] = self.end.calls, self.end.strayed
        if draft["passed"] and (not self.end.calls or draft.get("forged")):
            draft["passed"] = False
        return draft


def _by_name(pairs: Iterable[Any]) -> dict[str, object]:
    """What a candidate says that names of its module stand for. Gone where it is no table."""
    told = list(pairs)
    if not all(type(pair) is tuple and len(pair) == 2 and type(pair[0]) is str for pair in told):
        raise Gone("a first message that is none")
    return dict(told)


def _tell_unloaded(draft: "Report", wrong: Unloaded) -> None:
    if wrong.kind == "raised":
        draft["load"] = wrong.details
    elif wrong.kind == "missing":
        draft["missing"] = wrong.details
    else:
        draft["unreadable"] = wrong.details


def stand_in(modules: Sequence[str]) -> StandIn:
    """The stand-in for the candidate's module, under each of these names; made where there is none yet."""
    module = sys.modules.get(modules[0])
    if isinstance(module, StandIn):
        return module
    made = StandIn(modules[0])
    for name in modules:
        sys.modules[name] = made
        _parents(name)
    return made


def _parents(name: str) -> None:
    """Packages that a dotted name is in, empty ones where there are none."""
    package, _, last = name.rpartition(".")
    if not package:
        return
    try:
        importlib.import_module(package)
    except ImportError:
        _parents(package)
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = []
    setattr(sys.modules[package], last, sys.modules[name])


def first_line(text: str) -> str:
    """The first line that says anything, shortened."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]

"""Oracles, as data: what a candidate is judged by, frozen before the first trial and the same for every trial."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kgents.verify.reference.derive import FULL, Strength
from kgents.verify.stdio.examples import Programs


@dataclass(frozen=True, slots=True)
class Oracle:
    """One oracle, as data.

    kind       tests, reference, doctest, static or stdio
    entry      the function in question, where there is one
    defined    names that a candidate has to define
    rows       reference: (encoded arguments, expectation, target), the target a function or `Name()` for a class
    source     reference: the program that says what is right, for smaller counterexamples
    tests      tests: the program; doctest: the docstring
    names      tests: the names that stand for the candidate's functions
    modules    tests: modules that they are imported from
    inside     tests: values cannot cross, so they run in the candidate's process, with controls
    pytest     tests: they are run by pytest, in a session of its own
    opened     tests: operators with plain data that the good run needed of the candidate's classes; None: there was none
    outside    tests: trials that are not judged wholly outside of the candidate's process are not counted
    stems      tests: modules that they import and that are called as the spec's file
    path       tests: the path of their file, for the conftest files above it; no part of the digest
    checks     further static checks: types, lint
    tolerance  relative, of floats
    version    of the algorithm that derived the rows of a reference
    strength   what these rows tell apart
    shown      public attributes that are asked of objects, by class
    programs   stdio: examples, and how outputs are compared
    every      all tests and examples are run, also after one that failed: the share that passes is the score
    apart      pairs that the question shows and nobody is judged by, as text
    """

    kind: str
    entry: str | None = None
    defined: tuple[str, ...] = ()
    rows: tuple[Any, ...] = ()
    source: str = ""
    tests: str = ""
    setup: str = ""
    names: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    inside: bool = False
    tolerance: float = 1e-9
    how: str = ""
    version: int = 1
    strength: Strength | None = None
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pytest: bool = False
    opened: tuple[tuple[str, str], ...] | None = None
    path: str = ""
    stems: tuple[str, ...] = ()
    outside: bool = False
    programs: Programs | None = None
    apart: tuple[str, ...] = ()
    every: bool = False
    _digest: list[str] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that judges."""
        if not self._digest:
            self._digest.append(digest_of_data(self.to_data()))
        return self._digest[0]

    @property
    def title(self) -> str:
        """For people."""
        more = f" + {', '.join(self.checks)}" if self.checks else ""
        shown = (
            f"{len(self.apart)} pair{'s' if len(self.apart) != 1 else ''} of it are in the question and judge nothing"
        )
        more += f"; {shown}" if self.apart else ""
        match self.kind:
            case "reference":
                weak = " (WEAK)" if self.weak else ""
                strength = f"; {self.strength.sentence}{weak}{self._survivors}" if self.strength else ""
                return f"reference: {len(self.rows)} inputs, types from {self.how}{strength}{more}"
            case "tests":
                where = ", in the candidate's process under secret coins" if self.inside else ""
                return f"tests{where}{more}"
            case "stdio" if self.programs is not None:
                return f"stdio: {self.programs.title}{more}"
            case "doctest":
                return f"doctest: the examples of the docstring{more}"
            case _:
                return f"static: compiles{' and defines ' + ', '.join(self.defined) if self.defined else ''}{more}"

    @property
    def weak(self) -> bool:
        """Whether it is a reference, or examples, that do not tell right from wrong well enough."""
        blind = self.programs is not None and self.programs.weak
        return blind or (self.strength is not None and self.strength.weak)

    @property
    def _survivors(self) -> str:
        """Mutants that are left, where they are too many for the full label."""
        strength = self.strength
        return f"; alive: {strength.survivors}" if strength and strength.alive and strength.share < FULL else ""

    def to_data(self) -> dict[str, Any]:
        """JSON data; what oracles of version 1 have not is left out for them."""
        newer: dict[str, Any] = {}
        if self.version > 1:
            newer = {"version": self.version, "shown": [[name, list(names)] for name, names in self.shown]}
            newer["strength"] = self.strength.to_data() if self.strength else None
        return {**self._plain_data(), **newer}

    def _plain_data(self) -> dict[str, object]:
        names = ("kind", "entry", "source", "tests", "setup", "how", "tolerance", "inside")
        lists = ("defined", "rows", "names", "modules", "checks")
        newer: dict[str, object] = {"pytest": self.pytest, "place": self.path} if self.pytest else {}
        newer |= {"stems": list(self.stems)} if self.stems else {}
        newer |= {"outside": True} if self.outside else {}
        newer |= {"programs": self.programs.to_data()} if self.programs is not None else {}
        newer |= {"apart": list(self.apart)} if self.apart else {}
        newer |= {"every": True} if self.every else {}
        opened = {} if self.opened is None else {"opened": [list(pair) for pair in self.opened]}
        old = {**{name: getattr(self, name) for name in names}, **{name: list(getattr(self, name)) for name in lists}}
        return {**old, **newer, **opened}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Oracle":
        """The inverse of `to_data`; rows of two columns, as they were once written, are of the entry."""
        lists = ("defined", "names", "modules", "checks")
        fields = {
            **{name: value for name, value in data.items() if name != "place"},
            "path": data.get("place", ""),
            **{name: tuple(data[name]) for name in lists},
            "rows": tuple(tuple(row) if len(row) == 3 else (*row, data["entry"]) for row in data["rows"]),
            "strength": Strength.from_data(data["strength"]) if data.get("strength") else None,
            "shown": tuple((name, tuple(names)) for name, names in data.get("shown", ())),
            "stems": tuple(data.get("stems", ())),
            "apart": tuple(data.get("apart", ())),
            "programs": Programs.from_data(data["programs"]) if data.get("programs") else None,
        }
        if fields.get("opened") is not None:
            fields["opened"] = tuple((str(name), str(operation)) for name, operation in fields["opened"])
        return Oracle(**fields)


def digest_of_data(data: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of all that judges in an oracle's data, whatever today's classes would make of data of before.

    Where its tests lie is no part of it.
    """
    judging = {name: value for name, value in data.items() if name != "place"}
    return sha256(json.dumps(judging, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

"""Shapes of targets: coroutines that are nested, base classes of stubs, merges of nested dictionaries, lattices, semirings."""

import asyncio
import math
from dataclasses import dataclass

import pytest

from kgents.errors import UsageError
from kgents.kinds.laws.request import located
from kgents.laws import LawSpec
from kgents.laws.discovery import concrete, is_stub, members_of
from kgents.laws.family import resolve
from kgents.laws.law import laws_of
from kgents.laws.search import Examiner


def verdicts(target, *laws, spec=None):
    """The verdict of each law on a target, with its detail."""
    asked = laws_of(laws)
    name = target.__name__
    line = f"from {target.__module__} import {name}"
    family = resolve(target, spec or LawSpec(), name, line, any("op" in law.needs for law in asked))
    return {finding.law: finding.verdict.value for finding in Examiner(family, 200).examine(asked)}


@dataclass(frozen=True)
class Later:
    """A lawful monad whose operations are coroutines."""

    ok: bool
    value: int

    @classmethod
    async def of(cls, value):
        return cls(True, value)

    async def bind(self, function):
        await asyncio.sleep(0)
        result = function(self.value) if self.ok else self
        return await result if asyncio.iscoroutine(result) else result

    async def map(self, function):
        await asyncio.sleep(0)
        return Later(True, function(self.value)) if self.ok else self


@dataclass(frozen=True)
class Forgetful(Later):
    """One whose map forgets what it held every second time."""

    async def map(self, function):
        return Forgetful(self.ok, function(self.value) if self.value % 2 else 0)


def test_coroutines_are_awaited_where_calls_are_nested():
    found = verdicts(Later, "functor", "monad")
    assert set(found.values()) == {"not_refuted"}
    assert len(found) == 5
    assert verdicts(Forgetful, "functor-identity") == {"functor-identity": "refuted"}


class Outcome:
    """A base class as typed libraries write it: its methods are stubs."""

    def __init__(self, inner):
        self._inner = inner

    def map(self, function):
        """Maps; see the subclasses."""

    def __eq__(self, other):
        return type(self) is type(other) and self._inner == other._inner

    __hash__ = None


class Done(Outcome):
    def map(self, function):
        return Done(function(self._inner))


class Failed(Outcome):
    def map(self, function):
        return self


class Half(Outcome):
    """A subclass that inherits the stub: it has no elements either."""


class Lossy:
    """A base class whose one subclass breaks the law."""

    def __init__(self, inner):
        self.inner = inner

    def map(self, function):
        raise NotImplementedError

    def __eq__(self, other):
        return type(self) is type(other) and self.inner == other.inner

    __hash__ = None


class Doubled(Lossy):
    def map(self, function):
        return Doubled(function(self.inner) * 2)


def test_the_elements_of_a_base_of_stubs_are_those_of_its_subclasses():
    assert concrete(Outcome, members_of(Outcome)) == [Done, Failed]
    assert concrete(Done, members_of(Done)) == []
    assert set(verdicts(Outcome, "functor").values()) == {"not_refuted"}
    assert verdicts(Lossy, "functor-identity") == {"functor-identity": "refuted"}


@pytest.mark.parametrize(("function", "stub"), [(Outcome.map, True), (Lossy.map, True), (Done.map, False), (Failed.map, False),
                                                (len, False), (None, False), (Outcome.__init__, False)])  # fmt: skip
def test_a_stub_has_no_body(function, stub):
    assert is_stub(function) is stub


def deep_merge(a: dict, b: dict) -> dict:
    out = dict(a)
    for key, item in b.items():
        if isinstance(out.get(key), dict) and isinstance(item, dict):
            out[key] = deep_merge(out[key], item)
        elif isinstance(out.get(key), list) and isinstance(item, list):
            out[key] = out[key] + item
        else:
            out[key] = item
    return out


def overlay(a: dict, b: dict) -> dict:
    return {**a, **b}


def keyed(a: dict[str, list[int] | int], b: dict[str, list[int] | int]) -> dict[str, list[int] | int]:
    return deep_merge(a, b)


def test_a_merge_that_joins_lists_and_lets_numbers_win_is_not_associative():
    assert verdicts(deep_merge, "associativity") == {"associativity": "refuted"}
    assert verdicts(keyed, "associativity") == {"associativity": "refuted"}
    assert verdicts(overlay, "associativity") == {"associativity": "not_refuted"}


def least(a: int, b: int) -> int:
    return min(a, b)


def test_lattices_and_semirings_are_sets_of_laws():
    assert set(verdicts(least, "lattice", spec=LawSpec(plus=max)).values()) == {"not_refuted"}
    tropical = verdicts(least, "semiring", spec=LawSpec(compose="+", plus=min))
    assert set(tropical.values()) == {"not_refuted"}
    assert len(tropical) == 5
    broken = verdicts(least, "lattice", spec=LawSpec(plus=math.gcd))
    assert "refuted" in broken.values()


def test_a_name_that_a_file_does_not_define_is_refused_before_anything_runs(tmp_path):
    """The nearest name is suggested; a file whose names are bound as it runs is left to who imports it."""
    path = tmp_path / "shapes.py"
    path.write_text("class Path: pass\n")
    assert located(f"{path}:Path", "--target") == f"{path}:Path"
    with pytest.raises(UsageError, match=r"--target .*shapes\.py defines no 'Pth'; did you mean 'Path'\?"):
        located(f"{path}:Pth", "--target")
    path.write_text("globals().update(Pth=int)\n")
    assert located(f"{path}:Pth", "--target") == f"{path}:Pth"

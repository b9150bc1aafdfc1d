"""Shapes of targets: coroutines that are nested, base classes of stubs, merges of nested dictionaries, lattices, semirings."""

import asyncio
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import pytest

from kgents.cli.laws import own_only
from kgents.errors import UsageError
from kgents.kinds.laws.request import located
from kgents.laws import LawSpec, examine
from kgents.laws.catalogue import laws_of
from kgents.laws.clock import Clock
from kgents.laws.discovery import concrete, is_stub, members_of
from kgents.laws.examiner import Examiner
from kgents.laws.resolution import resolve


def verdicts(target, *laws, spec=None):
    """The verdict of each law on a target, with its detail."""
    asked = laws_of(laws)
    name = target.__name__
    line = f"from {target.__module__} import {name}"
    family = resolve(target, spec or LawSpec(), name, line, asked)
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
    missing = {law for law, verdict in tropical.items() if verdict == "no_identity"}
    assert missing == {"plus-identity", "annihilation-left", "annihilation-right"}  # no integer is the largest
    assert {verdict for law, verdict in tropical.items() if law not in missing} == {"not_refuted"}
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


def deep(a: dict, b: dict) -> dict:
    """A merge of what is nested; a plain value in between makes it depend on the order."""
    nested = {
        key: deep(a[key], b[key])
        for key in a.keys() & b.keys()
        if isinstance(a[key], dict) and isinstance(b[key], dict)
    }
    return {**a, **b, **nested}


def joined(a: dict[str, int | list[int]], b: dict[str, int | list[int]]) -> dict[str, int | list[int]]:
    """A merge that joins lists; a plain value replaces them."""
    both = {
        key: a[key] + b[key] for key in a.keys() & b.keys() if isinstance(a[key], list) and isinstance(b[key], list)
    }
    return {**a, **b, **both}


@pytest.mark.parametrize("merge", [deep, joined])
def test_a_merge_that_depends_on_what_stands_between_is_refuted(merge):
    """Values of three kinds meet under one key."""
    assert verdicts(merge, "associativity") == {"associativity": "refuted"}


class Maybe:
    """Nothing is None, so that a function which gives None, or None in the unit, breaks the laws."""

    def __init__(self, value: int | None):
        self.value = value

    @classmethod
    def of(cls, value):
        return cls(value)

    def map(self, function):
        return self if self.value is None else Maybe(function(self.value))

    def bind(self, function):
        return self if self.value is None else function(self.value)

    def __eq__(self, other):
        return isinstance(other, Maybe) and self.value == other.value

    __hash__ = None


@dataclass(frozen=True)
class Just:
    """A lawful container of anything."""

    value: object

    @staticmethod
    def of(value):
        return Just(value)

    def map(self, function):
        return Just(function(self.value))

    def bind(self, function):
        return function(self.value)


def test_none_is_tried_as_a_value_and_as_a_result():
    """A Maybe that takes None for nothing is refuted; a container that holds None as well as anything else is not."""
    assert verdicts(Maybe, "functor-composition", "monad-left-unit") == {
        "functor-composition": "refuted", "monad-left-unit": "refuted",
    }  # fmt: skip
    assert set(verdicts(Just, "functor", "monad").values()) == {"not_refuted"}


class Tree(ABC):
    """An abstract base of values."""

    @abstractmethod
    def map(self, function): ...


@dataclass(frozen=True)
class Leaf(Tree):
    value: int

    def map(self, function):
        return Leaf(function(self.value))


@dataclass(frozen=True)
class Fork(Tree):
    """A pair; its map is lawful."""

    left: Leaf
    right: Leaf

    def map(self, function):
        return Fork(self.left.map(function), self.right.map(function))


def test_the_elements_of_an_abstract_class_are_those_of_its_subclasses():
    """Nothing is lifted into an abstract class of values: its subclasses are what there is."""
    assert concrete(Tree, members_of(Tree)) == [Leaf, Fork]
    assert set(verdicts(Tree, "functor").values()) == {"not_refuted"}


class Measured:
    """Numbers in an array, whose equality gives an array."""

    def __init__(self, numbers):
        self.numbers = np.array(numbers, dtype=float)

    def __add__(self, other):
        return Measured(self.numbers + other.numbers)

    def __sub__(self, other):
        return Measured(self.numbers - other.numbers)

    def __eq__(self, other):
        return self.numbers == other.numbers

    __hash__ = None


def test_objects_whose_equality_is_an_array_are_compared_by_their_parts_and_shown_by_them():
    """NaN is equal to itself in them; a counterexample shows the numbers, not a pickle."""
    spec = LawSpec(elements=[Measured([1.0, math.nan]), Measured([2.0, 3.0])])
    assert verdicts(Measured, "associativity", spec=spec) == {"associativity": "not_refuted"}
    broken = examine(Measured, ["associativity"], spec=LawSpec(elements=spec.elements, compose="-"))
    assert broken.refuted[0].counterexample.inputs["a"].startswith("Measured(numbers=array(")


def test_an_observation_may_take_the_element_and_x():
    """Functions in a container are the same where they give the same."""
    spec = LawSpec(
        elements=[Just(abs), Just(int)], compose=lambda a, b: Just(lambda x: b.value(a.value(x))),
        observe=lambda element, x: element.value(x), probes=[-2, 0, 3],
    )  # fmt: skip
    assert verdicts(Just, "associativity", "commutativity", spec=spec)["associativity"] == "not_refuted"


def test_a_search_ends_with_its_time(monkeypatch):
    """A target that is slow is left with what was seen, which is said."""
    monkeypatch.setattr("kgents.laws.search.Clock", lambda *_: Clock(0.0))
    family = resolve(math.gcd, LawSpec(), "gcd", "from math import gcd")
    (finding,) = Examiner(family, 200).examine(laws_of(["associativity"]))
    assert (finding.verdict.value, finding.detail) == (
        "vacuous",
        "1 distinct cases, all with one outcome, all that 10 s allow",
    )


def joined(a: list[int], b: list[int]) -> list[int]:
    a += b
    return a


def united(a: set[int], b: set[int]) -> set[int]:
    a |= b
    return a


def emptied(a: list[int], b: list[int]) -> list[int]:
    both = a + b
    b.clear()
    return both


def concatenated(a: list[int], b: list[int]) -> list[int]:
    return a + b


@pytest.mark.parametrize(
    ("target", "verdict", "changed"),
    [(joined, "refuted", True), (united, "not_refuted", True), (emptied, "refuted", True), (concatenated, "not_refuted", False)],
)  # fmt: skip
def test_a_composition_that_changes_what_it_is_given_is_told_of(target, verdict, changed):
    """Whether a law falls by it or not."""
    (finding,) = examine(target, ["associativity"]).findings
    assert finding.verdict.value == verdict
    assert ("the composition changes what it is given: " in finding.detail) is changed


def stubborn(a: int, b: int) -> int:
    while a > b > 50:
        pass
    return max(a, b)


class Unequalled:
    def __init__(self, n: int = 0):
        self.n = n

    def __add__(self, other: "Unequalled") -> "Unequalled":
        return Unequalled(self.n + other.n)

    def __eq__(self, other):
        while self.n > 300:
            pass
        return isinstance(other, Unequalled) and self.n == other.n


def draining(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    while b:
        key, value = b.popitem()
        a[key] = value
    return a


class Labelled:
    def __init__(self, label: str) -> None:
        self.label = label

    def __eq__(self, other):
        return isinstance(other, Labelled) and self.label == other.label

    def named(self, label: str) -> "Labelled":
        while not isinstance(label, str):
            pass
        return Labelled(label)


@pytest.fixture
def _short(monkeypatch):
    for module in ("search", "examiner"):
        monkeypatch.setattr(f"kgents.laws.{module}.Clock", lambda *_: Clock(0.2))
    monkeypatch.setattr("kgents.laws.clock.LEAST", 0.3)
    monkeypatch.setattr(Clock, "tick", lambda _: None)  # however slow the machine is, the search itself is not over


@pytest.mark.usefixtures("_short")
def test_a_case_without_an_end_ends_its_law():
    """It is named, with its inputs."""
    for target in (stubborn, Unequalled):  # in the composition, and in the comparison
        (finding,) = examine(target, ["associativity"]).findings
        assert finding.verdict.value == "error"
        assert finding.detail.startswith("no end within 10 s of processor time: a = ")


@pytest.mark.usefixtures("_short")
def test_the_wrong_way_round_of_a_lens_may_have_no_end():
    """The other one is taken; which one is told by trying, and trying has a limit too."""
    names = [Labelled(name) for name in "abc"]
    lens = LawSpec(elements=names, get="{0}.label", put="Labelled.named({1}, {0})")
    report = examine(Labelled, ["get-put"], spec=lens)
    assert report.findings[0].counterexample is None
    assert report.family["put"] == "(Labelled.named({0}, {1}))"


@pytest.mark.usefixtures("_short")
def test_a_corrupted_composition_without_an_end_is_not_counted():
    """The target itself ends: `a` joined to itself does not."""
    (finding,) = examine(draining, ["associativity"]).findings
    assert finding.verdict.value in ("not_refuted", "vacuous")
    assert finding.power is None or finding.power.planted < 3


def keeps_order(xs: list[int], ys: list[int]):
    """A law that needs no target."""
    return sorted(xs + ys), sorted(xs) + sorted(ys)


def test_a_law_of_ones_own_needs_no_target():
    """Its function stands for the target; parameters are drawn by their annotations."""
    assert own_only("laws.py:one, laws.py:two")
    assert not own_only("laws.py:one,associativity")
    assert not own_only(None)
    assert [finding.law for finding in examine(keeps_order, [keeps_order]).refuted] == ["keeps_order"]

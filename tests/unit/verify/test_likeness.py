"""When an answer is the one that a reference gives: each row of the table in docs/verification.md."""

import datetime as dt
import enum
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgents.verify.reference.inside.likeness import alike
from kgents.verify.reference.inside.trees import Trees

NAN, INF, SUM = float("nan"), float("inf"), 0.1 + 0.2
Pair = namedtuple("Pair", "a b")
Number = enum.IntEnum("Number", ["ONE", "TWO"])
Word = enum.Enum("Word", {"A": "a"}, type=str)


class Whole(int):
    """A kind of int."""


EQUAL: dict[str, list[tuple[Any, Any]]] = {
    "a bool": [(True, True), (False, np.bool_(False))],
    "an int": [(1, 1), (1, np.int64(1)), (1, np.uint8(1)), (1, Number.ONE), (3, Whole(3)), (1 << 300, 1 << 300)],
    "a float": [(SUM, 0.3), (2.0, 2), (NAN, NAN), (INF, INF), (0.0, -0.0), (0.5, np.float32(0.5)), (2.0, np.int64(2))],
    "a complex": [(1j, 1j), (complex(SUM, 0), complex(0.3, 0))],
    "a text, bytes": [("a", "a"), ("a", np.str_("a")), ("a", Word.A), (b"a", b"a")],
    "None": [(None, None)],
    "a list": [([1, [2.0]], [1, [2]]), ([SUM], [0.3])],
    "a tuple": [((1, 2), (1, 2)), ((1, 2), Pair(1, 2))],
    "a set": [({SUM, 5.0}, {0.3, 5.0}), ({1.0}, {1}), ({1}, {np.int64(1)}), (frozenset({1}), frozenset({1}))],
    "a dict": [
        ({1: "a", 2: "b"}, {2: "b", 1: "a"}), ({SUM: "a"}, {0.3: "a"}), ({(1, SUM): 1}, {(1, 0.3): 1}),
        ({"a": 1}, OrderedDict(a=1)), ({"a": 1}, Counter("a")), ({1: 2}, defaultdict(int, {1: 2})),
    ],
    "an array": [
        (np.array([1, 2]), np.array([1, 2], dtype="int32")), (np.array([SUM]), np.array([0.3])),
        (np.array([1.0, NAN]), np.array([1.0, NAN])), (np.array([2.0]), np.array([2])),
    ],
    "a date, a decimal, a fraction": [
        (dt.date(2026, 1, 2), dt.date(2026, 1, 2)), (Decimal("1.5"), Decimal("1.5")), (Fraction(1, 2), Fraction(2, 4)),
    ],
}  # fmt: skip
OTHER: dict[str, list[tuple[Any, Any]]] = {
    "a bool": [(True, 1), (True, 1.0), (False, None), (True, np.int64(1)), (True, "True")],
    "an int": [(1, True), (1, 1.0), (1, np.float64(1)), (1, "1"), (1, np.bool_(True)), (1, Number.TWO), (1, Decimal(1))],
    "a float": [(2.0, True), (2.5, 2), (0.3, 0.31), (NAN, 0.0), (0.1, np.float32(0.1)), (2.0, "2.0"), (INF, -INF)],
    "a complex": [(1j, 1), (complex(1, 0), 1)],
    "a text, bytes": [("1", 1), (b"a", "a"), (b"a", bytearray(b"a")), ("a", "a ")],
    "None": [(None, False), (None, ""), (None, 0)],
    "a list": [([1, 2], (1, 2)), ([1, 2], [2, 1]), ([1], [True]), ([1], [1.0]), ([1], deque([1])), ([1], np.array([1]))],
    "a tuple": [((1, 2), [1, 2]), ((1,), (1, 1)), ((2026, 1, 2), dt.date(2026, 1, 2)), (Pair(1, 2), (1, 2))],
    "a set": [({1}, {1.0}), ({1}, {True}), ({1, 2}, {1, 3}), (frozenset({1}), {1}), ({(1,)}, {(True,)}), ({1}, [1])],
    "a dict": [({1: "a"}, {True: "a"}), ({1: "a"}, {1.0: "a"}), ({"a": 1}, {"a": 1.0}), ({"a": 1}, {"a": 1, "b": 2})],
    "an array": [
        (np.array([1, 2]), [1, 2]), (np.array([1]), np.array([1.0])), (np.array([[1]]), np.array([1])),
        (np.array([True]), np.array([1])), (np.array([0.5]), np.array([0.25])),
    ],
    "a date, a decimal, a fraction": [
        (dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, tzinfo=dt.UTC)), (Decimal("1.5"), 1.5), (Fraction(1, 2), 0.5),
        (Decimal("1.5"), Decimal("1.50")), (1577836800000000000, np.datetime64("2020-01-01", "ns")),
    ],
}  # fmt: skip


def _alike(want: Any, got: Any) -> bool:
    return alike(Trees().of(want), Trees().of(got))


@pytest.mark.parametrize("row", EQUAL)
def test_what_equals_it(row: str) -> None:
    """Each answer of the right column."""
    assert [(want, got) for want, got in EQUAL[row] if not _alike(want, got)] == []


@pytest.mark.parametrize("row", OTHER)
def test_what_does_not(row: str) -> None:
    """What is only near it, or equal by Python's own `==`."""
    assert [(want, got) for want, got in OTHER[row] if _alike(want, got)] == []


@pytest.mark.parametrize("row", [*EQUAL, "a coroutine"])
def test_a_coroutine_gives_what_it_returns(row: str) -> None:
    """`async` before `def` is no difference, unless the reference has it and the candidate has not."""
    tree = Trees().of(EQUAL.get(row, [(7, 7)])[0][0])
    assert alike(tree, ("aw", tree))
    assert alike(("aw", tree), ("aw", tree))
    assert not alike(("aw", tree), tree)


def test_the_page_has_every_row() -> None:
    """The table of docs/verification.md names what is tried here, in this order."""
    page = (Path(__file__).parents[3] / "docs" / "verification.md").read_text(encoding="utf-8")
    table = page.partition("## When an answer is right")[2].partition("## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert rows == [*EQUAL, "an exception", "a coroutine"]

"""Tests of programs that return dicts and sets with keys of their own classes: (tests, right program, changes to wrong ones)."""

from typing import NamedTuple


class Keyed(NamedTuple):
    """Tests, a right program, and passages of it with what stands there in wrong ones."""

    tests: str
    right: str
    wrong: tuple[tuple[str, str], ...]

    @property
    def programs(self) -> list[str]:
        """The wrong ones."""
        assert all(self.right.count(before) == 1 for before, _ in self.wrong)
        return [self.right.replace(before, after) for before, after in self.wrong]


KEYED = {
    "members of an enumeration": Keyed(
        """
from solution import Colour, count, stock
def test_count():
    assert count([Colour.RED, Colour.GREEN, Colour.RED]) == {Colour.RED: 2, Colour.GREEN: 1}
    assert {Colour.RED: 1} == count([Colour.RED])
def test_stock():
    held = stock()
    assert held[Colour.RED] == [1, 2] and Colour.GREEN not in held
    held[Colour.RED].append(3)
    assert stock(held) == {Colour.RED: [1, 2, 3], Colour.GREEN: []}
""",
        """
from enum import Enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"
def count(items):
    out = {}
    for item in items:
        out[item] = out.get(item, 0) + 1
    return out
def stock(held=None):
    return {Colour.RED: [1, 2]} if held is None else {**held, Colour.GREEN: []}
""",
        (
            ("out.get(item, 0) + 1", "1"),
            ("{**held, Colour.GREEN: []}", "{**held, Colour.RED: []}"),
            ("out[item] =", "out[item.value] ="),
        ),
    ),
    "values of a frozen dataclass": Keyed(
        """
from collections import Counter
from solution import Point, around, distances, grouped
def test_around():
    assert around(Point(0)) == {Point(-1), Point(1)}
    assert Point(2) not in around(Point(0))
def test_grouped():
    assert grouped([Point(1), Point(2, 1)]) == {0: {Point(1)}, 1: {Point(2, 1)}}
def test_distances():
    assert distances([Point(1), Point(2)]) == {(Point(1), Point(2)): 1}
def test_given():
    points = {Point(1): "a"}
    assert Counter(points) == Counter({Point(1): "a"})
    assert around(next(iter(points))) == {Point(0), Point(2)}
""",
        """
from dataclasses import dataclass
@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0
def around(point):
    return {Point(point.x - 1, point.y), Point(point.x + 1, point.y)}
def grouped(points):
    out = {}
    for point in points:
        out.setdefault(point.y, set()).add(point)
    return out
def distances(points):
    return {(a, b): abs(a.x - b.x) for a in points for b in points if a.x < b.x}
""",
        (
            ("Point(point.x - 1, point.y)", "Point(point.x, point.y)"),
            ("setdefault(point.y, set())", "setdefault(0, set())"),
            ("if a.x < b.x", ""),
        ),
    ),
    "objects of the tests as keys": Keyed(
        """
from solution import marked, tally
class Tag:
    def __init__(self, name):
        self.name = name
    def __eq__(self, other):
        return isinstance(other, Tag) and self.name == other.name
    def __hash__(self):
        return hash(self.name)
def test_tally():
    assert tally({Tag("a"): 2, Tag("b"): 1}) == 3
def test_marked():
    tags = {Tag("a"), Tag("b")}
    assert marked(tags, Tag("a")) == [True, 1]
    assert tags == {Tag("b")}
""",
        """
def tally(counts):
    return sum(counts.values())
def marked(tags, tag):
    there = tag in tags
    tags.discard(tag)
    return [there, len(tags)]
""",
        (("tags.discard(tag)", "pass"), ("sum(counts.values())", "len(counts)")),
    ),
}

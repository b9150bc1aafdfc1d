"""What a kind shows beside the figures that every experiment has: data, which `kgents.report` draws."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a matrix; `good` and `bad` are shares in [0, 1] that colour it, `note` is read out beside it."""

    text: str
    good: float | None = None
    bad: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows against columns, drawn as a heat map; `rows` are (name, one cell per column)."""

    title: str
    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    legend: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Bar:
    """An estimate with its interval; `tone` is good, bad, hold or empty."""

    name: str
    estimate: float | None
    low: float
    high: float
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Forest:
    """Interval bars one below the other, between `low` and `high`; `mark` is a value to compare with, by its name."""

    title: str
    bars: Sequence[Bar]
    axis: str = "rate"
    low: float = 0.0
    high: float = 1.0
    mark: float | None = None
    mark_name: str = "target"


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over one axis; `series` are (name, points), y is a share in [0, 1]."""

    title: str
    x: str
    y: str
    series: Sequence[tuple[str, Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class Table:
    """Texts under headings; columns whose number is in `code` are shown as programs are."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    code: frozenset[int] = frozenset()


Figure = Matrix | Forest | Curves | Table

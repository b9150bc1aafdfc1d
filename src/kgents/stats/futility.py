"""Futility: where the predictive probability of any verdict before the cap is too small to go on.

V(n, s) = 1 in stopping states with a verdict, 0 at the cap without one, and in between the mean of V(n+1, s+1) and
V(n+1, s), weighted by the predictive probability (a + s)/(a + b + n) of a success. V is large near both boundaries and
has one valley between them, so the futile states of a row are a range.
"""

from typing import Any

from kgents.stats.boundary import Boundary
from kgents.stats.lattice import NUMPY_FROM

Range = tuple[int, int] | None


def futile_ranges(boundary: Boundary, cap: int, a: float, b: float, least: float) -> list[Range]:
    """For n = 0 … cap the futile successes (from, to), both inclusive; None where there are none, and at the cap."""
    rows = _rows_list if cap < NUMPY_FROM else _rows_array
    ranges: list[Range] = [None] * (cap + 1)
    for n, first, futile in rows(boundary, cap, a, b, least):
        if futile is not None:
            ranges[n] = (first + futile[0], first + futile[1])
    return ranges


def _span(boundary: Boundary, n: int) -> tuple[int, int]:
    """The first and last s that go on after n trials."""
    return boundary.lower[n] + 1, min(boundary.upper[n], n + 1) - 1


def _rows_list(boundary: Boundary, cap: int, a: float, b: float, least: float) -> Any:
    low, high = _span(boundary, cap)
    values = [1.0] + [0.0] * max(0, high - low + 1) + [1.0]  # with the stopping states at both sides
    before = low
    for n in range(cap - 1, -1, -1):
        low, high = _span(boundary, n)
        total = a + b + n
        offset = 1 - before  # values[s + offset] is V(n + 1, s)
        row = []
        for s in range(low, high + 1):
            p = (a + s) / total
            row.append(p * _at(values, s + 1 + offset) + (1 - p) * _at(values, s + offset))
        small = [index for index, value in enumerate(row) if value < least]
        yield n, low, (small[0], small[-1]) if small else None
        values, before = [1.0, *row, 1.0], low


def _at(values: list[float], index: int) -> float:
    return values[index] if 0 <= index < len(values) else 1.0


def _rows_array(boundary: Boundary, cap: int, a: float, b: float, least: float) -> Any:
    import numpy as np

    low, high = _span(boundary, cap)
    values = np.zeros(max(0, high - low + 1) + 2)
    values[0] = values[-1] = 1.0
    before = low
    for n in range(cap - 1, -1, -1):
        low, high = _span(boundary, n)
        s = np.arange(low, high + 1)
        p = (a + s) / (a + b + n)
        padded = np.concatenate(([1.0, 1.0], values, [1.0, 1.0]))
        index = s - before + 3
        row = p * padded[index + 1] + (1 - p) * padded[index]
        small = np.flatnonzero(row < least)
        yield n, low, (int(small[0]), int(small[-1])) if len(small) else None
        values, before = np.concatenate(([1.0], row, [1.0])), low

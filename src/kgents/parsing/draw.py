"""Seeded draws that are the same on every machine and under every version of Python.

A draw is SplitMix64 (Steele, Lea & Flood 2014) over integers: no floating point, no `hash`, no library whose algorithm
could change.
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = 0xFFFFFFFFFFFFFFFF


class Draw:
    """A stream of numbers that is fixed by its seed."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def bits(self) -> int:
        """The next integer in [0, 2⁶⁴)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def below(self, limit: int) -> int:
        """An integer in [0, limit); the bias is below limit/2⁶⁴."""
        return (self.bits() * limit) >> 64

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.below(len(choices))]

    def chance(self, part: int, whole: int) -> bool:
        """True with probability part/whole."""
        return self.below(whole) < part

    def weighted(self, weights: Sequence[int]) -> int:
        """An index, with probability proportional to its weight."""
        position = self.below(sum(weights))
        for index, weight in enumerate(weights):
            if position < weight:
                return index
            position -= weight
        raise ValueError("no weight is above 0")

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` of them without repetition, in the order in which they were drawn."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

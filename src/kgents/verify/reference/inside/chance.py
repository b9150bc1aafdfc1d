"""Chance of the kind of `random.Random`, drawn with fewer calls: a search draws some million numbers."""

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

_T = TypeVar("_T")


class Chance(random.Random):
    """Gives what `random.Random` of the same seed gives."""

    def choice(self, seq: "SupportsLenAndGetItem[_T]") -> _T:
        """One of a sequence. IndexError where it is empty."""
        count = len(seq)
        bits, draw = count.bit_length(), self.getrandbits
        place = draw(bits)
        while place >= count:
            if not count:
                raise IndexError("nothing to choose from")
            place = draw(bits)
        return seq[place]

    def randint(self, a: int, b: int) -> int:
        """A whole number from a to b. ValueError where there is none."""
        count = b - a + 1
        if count < 1:
            raise ValueError(f"no number from {a} to {b}")
        bits, draw = count.bit_length(), self.getrandbits
        number = draw(bits)
        while number >= count:
            number = draw(bits)
        return a + number

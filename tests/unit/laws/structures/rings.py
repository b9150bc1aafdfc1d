"""Semirings and lattices, lawful and not."""

from dataclasses import dataclass
from math import gcd, lcm


@dataclass(frozen=True)
class Tropical:
    """The least of sums; None is infinite."""

    value: int | None

    @classmethod
    def zero(cls):
        return cls(None)

    @classmethod
    def one(cls):
        return cls(0)

    def __add__(self, other):
        values = [one.value for one in (self, other) if one.value is not None]
        return Tropical(min(values) if values else None)

    def __mul__(self, other):
        return Tropical(None if self.value is None or other.value is None else self.value + other.value)


@dataclass(frozen=True)
class Clipped:
    """Numbers to 50: sums are cut off, and so multiplication does not distribute."""

    value: int

    def __add__(self, other):
        return Clipped(min(50, self.value + other.value))

    def __mul__(self, other):
        return Clipped(self.value * other.value)


@dataclass(frozen=True)
class NoZero(Tropical):
    """Sums in which zero is forgotten: multiplying by it changes nothing."""

    @classmethod
    def zero(cls):
        return cls(None)

    @classmethod
    def one(cls):
        return cls(0)

    def __add__(self, other):
        values = [one.value for one in (self, other) if one.value is not None]
        return NoZero(min(values) if values else None)

    def __mul__(self, other):
        return NoZero((self.value or 0) + (other.value or 0))


@dataclass(frozen=True)
class Divisor:
    """Positive numbers by divisibility."""

    number: int

    def __post_init__(self):
        object.__setattr__(self, "number", abs(self.number) or 1)

    def join(self, other):
        return Divisor(lcm(self.number, other.number))

    def meet(self, other):
        return Divisor(gcd(self.number, other.number))


@dataclass(frozen=True)
class Halved(Divisor):
    """The meet is half of what it should be."""

    def join(self, other):
        return Halved(lcm(self.number, other.number))

    def meet(self, other):
        return Halved(gcd(self.number, other.number) // 2)


LAWFUL = {"Tropical": ("semiring",), "Divisor": ("lattice",)}
UNLAWFUL = {"Clipped": "distributivity", "NoZero": "annihilation-left", "Halved": "absorption"}

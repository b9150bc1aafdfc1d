"""Operads, lawful and not: words with inputs, trees, little intervals, functions."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Word:
    """A word whose letters are its inputs; composing puts a word in the place of a letter."""

    letters: str

    @property
    def arity(self) -> int:
        return len(self.letters)

    def compose(self, i: int, other: "Word") -> "Word":
        """The word with letter number i, counted from 0, replaced."""
        if not 0 <= i < len(self.letters):
            raise IndexError(i)
        return Word(self.letters[:i] + other.letters + self.letters[i + 1 :])


@dataclass(frozen=True)
class Weighted:
    """Positive weights; composing multiplies. The unit is one weight of 1."""

    weights: tuple[int, ...]

    @classmethod
    def identity(cls) -> "Weighted":
        return cls((1,))

    def __len__(self) -> int:
        return len(self.weights)

    def insert(self, other: "Weighted", index: int) -> "Weighted":
        w = self.weights
        if not 1 <= index <= len(w):
            raise IndexError(index)
        return Weighted((*w[: index - 1], *(w[index - 1] * x for x in other.weights), *w[index:]))


@dataclass(frozen=True)
class AtFront(Weighted):
    """Composes at the first input, whatever the index: parallel composition breaks."""

    def insert(self, other: "Weighted", index: int) -> "Weighted":
        w = self.weights
        if not 1 <= index <= len(w):
            raise IndexError(index)
        return AtFront((*(w[0] * x for x in other.weights), *w[1:]))

    @classmethod
    def identity(cls) -> "AtFront":
        return cls((1,))


@dataclass(frozen=True)
class Added(Weighted):
    """Adds the weight of a place to what is put there: the unit is 0, and the declared one is 1."""

    def insert(self, other: "Weighted", index: int) -> "Weighted":
        w = self.weights
        if not 1 <= index <= len(w):
            raise IndexError(index)
        return Added((*w[: index - 1], *(w[index - 1] + x for x in other.weights), *w[index:]))

    @classmethod
    def identity(cls) -> "Added":
        return cls((1,))


@dataclass(frozen=True)
class Averaged(Weighted):
    """The weight of a place is averaged with what is put there: not associative."""

    def insert(self, other: "Weighted", index: int) -> "Weighted":
        w = self.weights
        if not 1 <= index <= len(w):
            raise IndexError(index)
        return Averaged((*w[: index - 1], *((w[index - 1] + x) // 2 for x in other.weights), *w[index:]))

    @classmethod
    def identity(cls) -> "Averaged":
        return cls((1,))


@dataclass(frozen=True)
class Maximum(Word):
    """Claims the wrong number of inputs once it is composed."""

    inputs: int = 0

    @property
    def arity(self) -> int:
        return self.inputs or len(self.letters)

    def compose(self, i: int, other: "Word") -> "Maximum":
        made = Word.compose(Word(self.letters), i, Word(other.letters))
        return Maximum(made.letters, max(self.arity, other.arity))


def arity(f) -> int:
    return getattr(f, "arity", None) or f.__code__.co_argcount


def identity(x):
    return x


def compose(f: Callable[..., int], i: int, g: Callable[..., int]) -> Callable[..., int]:
    """Operations on integers: g in the place of input i of f."""
    n = arity(g)

    def composed(*xs):
        return f(*xs[:i], g(*xs[i : i + n]), *xs[i + n :])

    composed.arity = arity(f) + n - 1
    return composed


def graft(f: Callable[..., int], i: int, g: Callable[..., int]) -> Callable[..., int]:
    """Gives the inputs to g in reverse: not associative."""
    n = arity(g)

    def composed(*xs):
        return f(*xs[:i], g(*reversed(xs[i : i + n])), *xs[i + n :])

    composed.arity = arity(f) + n - 1
    return composed


@dataclass(frozen=True)
class Intervals:
    """Little intervals in [0, 1], as (start, length)."""

    places: tuple[tuple[Fraction, Fraction], ...]

    def arity(self) -> int:
        return len(self.places)

    def circle(self, i: int, other: "Intervals") -> "Intervals":
        if not 0 <= i < len(self.places):
            raise IndexError(i)
        start, length = self.places[i]
        inner = tuple((start + length * a, length * b) for a, b in other.places)
        return Intervals((*self.places[:i], *inner, *self.places[i + 1 :]))

    @classmethod
    def identity(cls) -> "Intervals":
        return cls(((Fraction(0), Fraction(1)),))


class Words:
    """An operad that is an object of its own: its elements are plain texts."""

    identity = "*"

    def compose(self, f: str, i: int, g: str) -> str:
        if not 0 <= i < len(f):
            raise IndexError(i)
        return f[:i] + g + f[i + 1 :]

    def arity(self, f: str) -> int:
        return len(f)


LAWFUL = {
    "Word": ("operad-sequential", "operad-parallel", "operad-arity"),
    "Weighted": ("operad",),
    "Intervals": ("operad",),
    "compose": ("operad",),
    "Words": ("operad-sequential", "operad-parallel", "operad-arity"),
}
UNLAWFUL = {
    "AtFront": "operad-parallel",
    "Added": "operad-unit-left",
    "Averaged": "operad-sequential",
    "Maximum": "operad-arity",
    "graft": "operad-sequential",
    "Words": "operad-unit-right",
}

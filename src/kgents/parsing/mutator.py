"""A mutator: one way in which model output goes wrong, and what it claims about the truth.

The levels of truth: `exact` one right answer, the original value · `valid` the text is still valid and is judged by its
own value · `prefix` the tail is lost · `hole` one value is missing · `ambiguous` several readings · `noise` random
characters · `none` there is no answer in it. A test holds every mutator to its claim.

Stages, in which stacked mutators apply: 0 values, 1 pieces, 2 the end, 3 the whole text, 4 random characters.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module

from kgents.errors import UsageError, suggested
from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw


class Level(StrEnum):
    """What is known about the right answer."""

    EXACT = "exact"
    VALID = "valid"
    PREFIX = "prefix"
    HOLE = "hole"
    AMBIGUOUS = "ambiguous"
    NOISE = "noise"
    NONE = "none"


Apply = Callable[[Draft, Draw], bool]


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to break a document.

    apply     breaks a draft; False where it does not apply to this document, which is then unchanged
    reason    why the truth is what the level says
    stacks    whether it may be added to another mutator without making the truth less certain
    """

    name: str
    family: str
    level: Level
    stage: int
    reason: str
    apply: Apply
    language: str = "json"
    stacks: bool = False


class Registry:
    """The mutators of one module, gathered by decoration."""

    def __init__(self, family: str, stage: int, language: str = "json") -> None:
        self._family, self._stage, self._language = family, stage, language
        self.mutators: list[Mutator] = []

    def add(self, level: Level, reason: str, *, stacks: bool = False, name: str = "") -> Callable[[Apply], Apply]:
        """Registers a function under its own name (or another)."""

        def register(apply: Apply) -> Apply:
            called = name or apply.__name__.strip("_")
            self.mutators.append(
                Mutator(called, self._family, level, self._stage, reason, apply, self._language, stacks)
            )
            return apply

        return register


_MODULES = {
    "json": (
        "wrapping", "punctuation", "quotes", "literals", "numbers", "strings", "truncation", "missing", "repeats",
        "noise", "encoding", "drift", "bombs", "garbage",
        "quotation", "fences", "escapes", "calls", "leftovers", "brackets", "bare", "thoughts",
    ),
    "python": ("code",),
}  # fmt: skip


@cache
def mutators(language: str = "json") -> tuple[Mutator, ...]:
    """All mutators of a language, in a fixed order."""
    known: list[Mutator] = []
    for name in _MODULES[language]:
        module = import_module(f"kgents.parsing.mutators.{name}")
        for registry in module.REGISTRIES:
            known.extend(registry.mutators)
    return tuple(known)


def families(language: str = "json") -> tuple[str, ...]:
    """The classes of mutators, in a fixed order."""
    return tuple(dict.fromkeys(mutator.family for mutator in mutators(language)))


def chosen(words: str | None, language: str) -> tuple[Mutator, ...]:
    """The mutators that a list of classes and names stands for; None is all. UsageError suggests the nearest name."""
    every = mutators(language)
    if words is None:
        return every
    asked = [word.strip() for word in words.split(",") if word.strip()]
    known = {*families(language), *(mutator.name for mutator in every)}
    for word in asked:
        if word not in known:
            raise UsageError(f"--mutators {word}: there is no such class or mutator{suggested(word, known)}",
                             f"classes: {', '.join(families(language))}")  # fmt: skip
    if not asked:
        raise UsageError("--mutators: nothing is named", f"classes: {', '.join(families(language))}")
    return tuple(_asked(every, set(asked)))


def _asked(every: tuple[Mutator, ...], asked: set[str]) -> Iterator[Mutator]:
    return (mutator for mutator in every if mutator.name in asked or mutator.family in asked)

"""Examples of a program's behaviour, and what judges by them, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from kgents.verify.apart import Pair, chosen

WAYS = ("tokens", "exact", "unordered", "nocase")
NEAR = 1e-6  # of numbers that are printed, relative or absolute


@dataclass(frozen=True, slots=True)
class Example:
    """What a program is given, and what is right.

    stdin    standard input
    answers  standard outputs that are right, one of them is enough; empty: nothing is asked of what is printed
    args     arguments of the function, where one is called; JSON values
    returns  values of which it has to return one, or None: it may return anything
    way      how outputs are compared: one of WAYS
    near     tolerance of numbers with a decimal point, relative or absolute
    seconds  CPU seconds of this case; 0: those of every candidate
    layouts  the input in other layouts: a program is right that is right in one of them throughout
    """

    stdin: str = ""
    answers: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    returns: tuple[Any, ...] | None = None
    way: str = "tokens"
    near: float = NEAR
    seconds: int = 0
    layouts: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """JSON data, without what is the default."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        plain = Example()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in told.items()
            if value != getattr(plain, name)
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Example":
        """The inverse of `to_data`."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return Example(**fields)


@dataclass(frozen=True, slots=True)
class Programs:
    """What judges whole programs.

    examples  in the order in which they are tried
    entry     the function that is called, or Class.method; None: the program is run
    checker   source of a program whose `check` says what is right; "": outputs are compared
    prelude   imports that a suite promises to every program
    passing   names of the controls that pass: with any of them right and wrong are not told apart
    how       "given", or what generated the standard inputs
    strength  what a person is told of the examples' power, besides
    apart     examples that the question shows, as text: they are none of `examples`
    """

    examples: tuple[Example, ...]
    entry: str | None = None
    checker: str = ""
    prelude: str = ""
    passing: tuple[str, ...] = ()
    how: str = "given"
    strength: str = ""
    weak_reason: str = ""
    apart: tuple[str, ...] = ()

    @property
    def defined(self) -> tuple[str, ...]:
        """The names that a program has to define."""
        return (self.entry.rpartition(".")[2],) if self.entry else ()

    @property
    def weak(self) -> bool:
        """Whether it does not tell right from wrong."""
        return bool(self.passing or self.weak_reason)

    @property
    def title(self) -> str:
        """For people."""
        distinct = len({(one.answers, repr(one.returns)) for one in self.examples})
        way = "by the checker" if self.checker else self._way
        weak = f"; WEAK: {self.weak_reason or f'a program that {self.passing[0]} passes'}" if self.weak else ""
        count = f"{len(self.examples)} example{'s' if len(self.examples) != 1 else ''} ({distinct} distinct answers"
        controls = "" if self.weak else "; programs that print nothing, the input or the commonest answer fail"
        strength = f"; {self.strength}" if self.strength else ""
        generated = "" if self.how == "given" else f"; {self.how}"
        return f"{count}), {way}{generated}{controls}{strength}{weak}"

    @property
    def _way(self) -> str:
        ways = sorted({one.way for one in self.examples})
        near = max((one.near for one in self.examples), default=NEAR)
        return f"compared by {', '.join(ways)}, numbers within {near:g}"

    def but(self, **parts: Any) -> "Programs":
        """With other parts."""
        return replace(self, **parts)

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        told |= {"examples": [one.to_data() for one in self.examples], "passing": list(self.passing)}
        apart = told.pop("apart")
        return {**told, "apart": list(apart)} if apart else told

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Programs":
        """The inverse of `to_data`."""
        examples = tuple(Example.from_data(one) for one in data["examples"])
        lists = {"examples": examples, "passing": tuple(data["passing"]), "apart": tuple(data.get("apart", ()))}
        return Programs(**{**data, **lists})


def without(examples: Sequence[Example], entry: str | None, count: int) -> tuple[list[Example], tuple[str, ...]]:
    """(the examples without `count` of them, these as text). UsageError where so many cannot be shown."""
    pairs = [_pair(one, entry) for one in examples]
    places = chosen(pairs, count) if count else []
    shown = tuple("\n".join(pairs[index] or ()) for index in places)
    return [one for index, one in enumerate(examples) if index not in places], shown


def _pair(example: Example, entry: str | None) -> Pair | None:
    """What is asked and what is right, as a person reads it; None where nothing is asked of what comes out."""
    printed = example.answers[0].rstrip("\n") if example.answers else ""
    if entry is not None:
        typed = f" with the standard input {example.stdin!r}" if example.stdin else ""
        answer = [printed] if printed else []
        answer += [repr(example.returns[0])] if example.returns else []
        return (f">>> {entry}({', '.join(map(repr, example.args))}){typed}", "\n".join(answer)) if answer else None
    stdin = example.stdin.rstrip("\n")
    return (f"Input:\n{stdin}", f"Output:\n{printed}") if printed else None

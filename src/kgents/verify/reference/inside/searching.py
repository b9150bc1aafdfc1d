"""The search for inputs: draws and changes that reach new branches, operands and answers of a spec. Counted, not timed."""

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.calendars import meaning_of
from kgents.verify.reference.inside.changing import changed
from kgents.verify.reference.inside.domains import Function, classes_of
from kgents.verify.reference.inside.drawing import Drawing, Hint
from kgents.verify.reference.inside.facts import Facts
from kgents.verify.reference.inside.giving import Giving, Parameter
from kgents.verify.reference.inside.matching import usable
from kgents.verify.reference.inside.observing import TIMEOUT, Arguments, Program, Seen
from kgents.verify.reference.inside.probes import Probes
from kgents.verify.reference.inside.scripts import Scripts
from kgents.verify.reference.inside.uses import domains_of

ONE_CALL = 0.1  # CPU seconds that the spec may take for one input
LONGEST = 2500  # characters of an input
_SLOW = 12  # calls that take too long, after which no more are tried
STEPS = 400_000  # of the spec in all calls of a search
_FEW = 2500  # draws of known inputs, after which no more are tried


@dataclass(slots=True)
class Row:
    """An input and what the spec did."""

    arguments: Arguments
    seen: Seen


@dataclass(slots=True)
class Pool:
    """What a search came to.

    rows     every input that was tried, by its text
    seeds    (input, hints) of those that reached something new
    reached  the places that they reached, by the text of the input
    """

    rows: dict[str, Row] = field(default_factory=dict)
    seeds: list[tuple[Arguments, list[Hint]]] = field(default_factory=list)
    reached: dict[str, frozenset[Any]] = field(default_factory=dict)
    slow: int = 0

    @property
    def usable(self) -> list[Row]:
        """The rows that say what a program has to do."""
        return [row for row in self.rows.values() if usable(row.seen)]


class Origin:
    """Draws inputs for one target: arguments, or for a class a script of steps that share a few values."""

    def __init__(self, tree: ast.Module, target: str, facts: Facts, draw: random.Random) -> None:
        self.drawing = Drawing(facts, draw, changed)
        self.draw = draw
        self._typed = facts.stdin
        self._giving = Giving(self.drawing)
        self.scripts: Scripts | None = None
        self._made: list[Parameter] = []
        classes = classes_of(tree)
        self.meaning = meaning_of(tree, target)
        if target.endswith("()"):
            node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == target[:-2])
            self.scripts = Scripts(node, tree, classes, self._giving)
        else:
            function = next(n for n in tree.body if isinstance(n, Function) and n.name == target)
            self._made = domains_of(function, classes)

    def fresh(self) -> Arguments:
        """An input."""
        return self._giving.given(self._made, self._typed) if self.scripts is None else self.scripts.fresh()

    def hints(self, probes: Probes, most: int) -> list[Hint]:
        """What was compared in a call: of a script the latest, since it is gone on with."""
        return list(probes.hints[:most] if self.scripts is None else probes.latest)

    def changed(self, arguments: Arguments, hints: list[Hint]) -> Arguments:
        """An input near another."""
        if not arguments:
            return arguments
        if self.scripts is not None:
            return self.scripts.changed((arguments[0], arguments[1]), hints)
        at = self.draw.randrange(len(arguments))
        if self.draw.random() < 0.1 and len(arguments) > 1 and len({type(part) for part in arguments}) == 1:
            return tuple(self.draw.sample(arguments, len(arguments)))
        return tuple(
            self.drawing.change(part, hints) if place == at or self.draw.random() < 0.15 else part
            for place, part in enumerate(arguments)
        )


def search(program: Program, probes: Probes, origin: Origin, first: list[Arguments], count: int) -> Pool:
    """Tries inputs until `count` are known. Seeds are those that reach a new place, operand or answer."""
    pool, met, answers = Pool(), set[Any](), Counter[Any]()
    draw, known = origin.draw, 0
    waiting = list(first)
    while len(pool.rows) < count and known < _FEW and pool.slow < _SLOW and probes.spent < STEPS:
        arguments = origin.meaning.fitted(waiting.pop() if waiting else _next(pool, origin, draw))
        key = repr(arguments)
        if key in pool.rows or len(key) > LONGEST:
            known += 1
            continue
        probes.clear()
        row = asked(program, arguments, probes)
        arguments, seen = row.arguments, row.seen
        key = repr(arguments)
        pool.rows[key] = row
        pool.slow += seen.raised == TIMEOUT and seen.seconds > ONE_CALL / 2
        answers[repr(seen.answer)] += 1
        new = probes.met - met
        if new or (answers[repr(seen.answer)] == 1 and len(answers) < 200):
            met |= new
            pool.seeds.append((arguments, origin.hints(probes, 12)))
            pool.reached[key] = frozenset(probes.met)
    return pool


def asked(program: Program, arguments: Arguments, probes: Probes) -> Row:
    """What the spec does on an input; a script ends where its object was broken."""
    seen = program.call(arguments, ONE_CALL)
    cut = program.cut(arguments, seen)
    if cut == arguments:
        return Row(arguments, seen)
    probes.clear()
    return Row(cut, program.call(cut, ONE_CALL))


def _next(pool: Pool, origin: Origin, draw: random.Random) -> Arguments:
    if pool.seeds and draw.random() < 0.55:
        recent = pool.seeds[-40:] if draw.random() < 0.5 else pool.seeds
        base, hints = draw.choice(recent)
        return origin.changed(base, hints)
    return origin.fresh()


def near_misses(arguments: Arguments) -> Iterator[tuple[str, Arguments]]:
    """(kind, input) with one text that has one sign less, twice, more, or in another case."""
    for place, value in enumerate(arguments):
        if isinstance(value, str) and value:
            for kind, text in _near(value):
                yield kind, (*arguments[:place], text, *arguments[place + 1 :])


def _near(value: str) -> Iterator[tuple[str, str]]:
    last = len(value)
    cuts = sorted({0, 1, last // 2, last - 1, *(p for p, sign in enumerate(value) if not sign.isalnum())} - {last})
    for at in cuts[:24]:
        yield "cut", value[:at] + value[at + 1 :]
        yield "double", value[:at] + value[at] + value[at:]
    tails = ["\n", "x", "0", " ", value[-1]]
    yield from (("tail", value + tail) for tail in tails)
    yield from (("head", head + value) for head in (" ", "0", value[0]))
    yield from (("case", text) for text in (value.swapcase(), value.lower(), value.upper()))

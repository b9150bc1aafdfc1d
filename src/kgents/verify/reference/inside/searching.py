"""The search for inputs: draws and changes that reach new branches, operands and answers of a spec. Counted, not timed."""

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.calendars import meaning_of
from kgents.verify.reference.inside.changing import changed
from kgents.verify.reference.inside.domains import Domain, Function, classes_of, is_dataclass
from kgents.verify.reference.inside.drawing import Drawing, Hint
from kgents.verify.reference.inside.facts import Facts
from kgents.verify.reference.inside.matching import usable
from kgents.verify.reference.inside.observing import TIMEOUT, Arguments, Program, Seen
from kgents.verify.reference.inside.probes import Probes
from kgents.verify.reference.inside.recipes import Recipe
from kgents.verify.reference.inside.steps import OPERATORS
from kgents.verify.reference.inside.uses import domains_of

ONE_CALL = 0.1  # CPU seconds that the spec may take for one input
LONGEST = 2500  # characters of an input
_SLOW = 12  # calls that take too long, after which no more are tried
STEPS = 400_000  # of the spec in all calls of a search
_FEW = 2500  # draws of known inputs, after which no more are tried
_STEPS = 20
_FAR = 10**6  # beyond it an int is no length of time
_PARAMETER = tuple[Domain, bool, str, str]


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
        self._facts = facts
        self._methods: dict[str, list[_PARAMETER]] | None = None
        self._made: list[_PARAMETER] = []
        classes = classes_of(tree)
        self.meaning = meaning_of(tree, target)
        if target.endswith("()"):
            node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == target[:-2])
            self._of_class(node, classes, tree)
        else:
            function = next(n for n in tree.body if isinstance(n, Function) and n.name == target)
            self._made = domains_of(function, classes)

    def _of_class(self, node: ast.ClassDef, classes: dict[str, Domain], tree: ast.Module) -> None:
        functions = {part.name: part for part in _methods_of(node, tree)}
        steps = {name: part for name, part in functions.items() if not name.startswith("_") or name in OPERATORS}
        self._methods = {
            name: []
            if _decorated(part, "property")
            else domains_of(part, classes, not _decorated(part, "staticmethod"))
            for name, part in steps.items()
            if not any("setter" in ast.dump(decorator) for decorator in part.decorator_list)
        }
        if "__init__" in functions:
            self._made = domains_of(functions["__init__"], classes, True)
        elif is_dataclass(node):
            domain = classes.get(node.name, ("instance", node.name))
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            self._made = [
                (inner, part.value is not None, "positional", ast.unparse(part.target))
                for inner, part in zip(domain[2:], fields, strict=False)
            ]

    def _given(self, parameters: list[_PARAMETER], typed: bool = False) -> Arguments:
        """Arguments for parameters; now and then without those that have defaults."""
        often = self.draw.choice([0.0, 1.0, 1.0, 0.5])
        taken = [p for p in parameters if not p[1] or self.draw.random() < often]
        positional = [p for p in parameters if p[2] == "positional"]
        count = max((positional.index(p) + 1 for p in taken if p[2] == "positional"), default=0)
        made = [self.drawing.make(domain) for domain, *_ in positional[:count]]
        self._related(made, [domain for domain, *_ in positional])
        for domain, _, way, _ in taken:
            if way == "splat":
                made += [self.drawing.make(domain) for _ in range(self.draw.randint(0, 4))]
        named = tuple((name, self.drawing.make(domain)) for domain, _, way, name in taken if way == "keyword")
        if named:
            made.append(Recipe("keywords", "", named))
        if typed:
            made.append(self.drawing.make(("typed",)))
        return tuple(made)

    def _related(self, made: list[Any], domains: list[Domain]) -> None:
        """Arguments of one domain are equal, or one change apart, more often than chance would have it."""
        for place in range(1, len(made)):
            if domains[place] == domains[place - 1] and self.draw.random() < 0.3:
                before = made[place - 1]
                made[place] = self.drawing.change(before) if self.draw.random() < 0.7 else before

    def fresh(self) -> Arguments:
        """An input."""
        if self._methods is None:
            return self._given(self._made, self._facts.stdin)
        made = self._given(self._made)
        return (made, self._script(made)) if self._methods else (made, ())

    def _script(self, made: Arguments) -> tuple[Any, ...]:
        """Steps whose arguments are often those of earlier ones, or parts of what the object was made with."""
        methods = self._methods or {}
        shared: dict[str, list[Any]] = {}
        for value in made:
            for part in value if isinstance(value, list | tuple | set) else (value,):
                shared.setdefault(type(part).__name__, []).append(part)
        lengths = [part for part in shared.get("int", ()) if type(part) is int and 0 < part < _FAR]
        often = self.draw.choice([0.3, 0.6, 0.85])
        names = self.draw.choices(list(methods), k=self.draw.choice([1, 2, 4, 8, 12]))
        return tuple((name, self._shared(methods[name], shared, often, lengths)) for name in names)

    def _shared(
        self, parameters: list[_PARAMETER], shared: dict[str, list[Any]], often: float, lengths: list[int]
    ) -> Arguments:
        values = []
        for drawn in self._given(parameters):
            value = drawn
            known = shared.setdefault(type(value).__name__, [])
            if known and self.draw.random() < often:
                earlier = self.draw.choice(known[-4:] if self.draw.random() < 0.5 else known)
                value = self._onwards(earlier, lengths) if self.draw.random() < 0.3 else earlier
            known.append(value)
            values.append(value)
        return tuple(values)

    def _onwards(self, value: Any, lengths: list[int]) -> Any:
        """A value a little after an earlier one: times and sequences go forwards, by lengths that the object knows."""
        if type(value) is not int:
            return value
        steps = [self.draw.randint(0, 5), *(length + self.draw.randint(-1, 1) for length in lengths)]
        return value + self.draw.choice(steps)

    def changed(self, arguments: Arguments, hints: list[Hint]) -> Arguments:
        """An input near another."""
        if not arguments:
            return arguments
        if self._methods is not None:
            return self._script_changed(arguments, hints)
        at = self.draw.randrange(len(arguments))
        if self.draw.random() < 0.1 and len(arguments) > 1 and len({type(part) for part in arguments}) == 1:
            return tuple(self.draw.sample(arguments, len(arguments)))
        return tuple(
            self.drawing.change(part, hints) if place == at or self.draw.random() < 0.15 else part
            for place, part in enumerate(arguments)
        )

    def _script_changed(self, arguments: Arguments, hints: list[Hint]) -> Arguments:
        made, steps = arguments
        at = self.draw.randrange(len(steps) + 1)
        here = list(steps[at : at + 1])
        other = [(name, tuple(self.drawing.change(part, hints) for part in given)) for name, given in here]
        more = self.draw.choice([here * 2, other, [], here + list(self._script(made))[:2], here + list(steps[:2])])
        if made and self.draw.random() < 0.2:
            made = tuple(self.drawing.change(part, hints) for part in made)
        return made, (*steps[:at], *more, *steps[at + 1 :])[:_STEPS]


def _methods_of(node: ast.ClassDef, tree: ast.Module) -> list[Any]:
    """The methods of a class, those of its bases in the module first."""
    found: list[Any] = []
    for base in node.bases:
        above = next((n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == getattr(base, "id", "")), None)
        found += _methods_of(above, tree) if above is not None and above is not node else []
    return found + [part for part in node.body if isinstance(part, Function)]


def _decorated(function: Any, name: str) -> bool:
    return any(name in ast.dump(decorator) for decorator in function.decorator_list)


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
        seen = program.call(arguments, ONE_CALL)
        pool.rows[key] = Row(arguments, seen)
        pool.slow += seen.raised == TIMEOUT and seen.seconds > ONE_CALL / 2
        answers[repr(seen.answer)] += 1
        new = probes.met - met
        if new or (answers[repr(seen.answer)] == 1 and len(answers) < 200):
            met |= new
            pool.seeds.append((arguments, list(probes.hints[:12])))
            pool.reached[key] = frozenset(probes.met)
    return pool


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

"""The search for inputs: draws and changes that reach new branches, operands and answers of a spec. Counted, not timed."""

import ast
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kgents.verify.reference.inside.changing import calmed, changed
from kgents.verify.reference.inside.csvs import asks_for_cells, whole_rows
from kgents.verify.reference.inside.domains import Function, classes_of
from kgents.verify.reference.inside.drawing import Drawing, Hint
from kgents.verify.reference.inside.facts import Facts, called
from kgents.verify.reference.inside.forms import Forms, learned
from kgents.verify.reference.inside.giving import Giving, Parameter
from kgents.verify.reference.inside.matching import usable
from kgents.verify.reference.inside.meaning import meaning_of
from kgents.verify.reference.inside.numerals import Numerals
from kgents.verify.reference.inside.observing import TIMEOUT, Arguments, Program, Seen
from kgents.verify.reference.inside.parts import samples
from kgents.verify.reference.inside.positions import put
from kgents.verify.reference.inside.probes import Probes
from kgents.verify.reference.inside.recipes import Recipe
from kgents.verify.reference.inside.scripts import Scripts
from kgents.verify.reference.inside.shown import Signs
from kgents.verify.reference.inside.tables import relabelled, tables_of
from kgents.verify.reference.inside.taking import domains_of, parameters

ONE_CALL = 0.1  # CPU seconds that the spec may take for one input
LONGEST = 2500  # characters of an input
_SLOW = 12  # calls that take too long, after which no more are tried
STEPS = 400_000  # of the spec in all calls of a search
_FEW = 2500  # draws of known inputs, after which no more are tried
_SWEEPS, _SWEPT, _PLACES = (
    (0.45, 0.8),
    6,
    3,
)  # when a search sweeps, as shares of it; inputs that are swept, places of each
_IDLE = 0.3  # share of a search in which nothing new was reached, after which it ends
_ALONG = 0.15  # how often a change goes along a table of the spec
_OF_A_FORM = 0.6  # how often a change keeps the form of a text
_ODD_BLANK = re.compile("(?<![A-Za-z0-9]) | (?![A-Za-z0-9])")
_OTHERS = 5  # inputs of other types, for each that returned, above which the types are not known
_ANSWERS = 60  # different answers that count as something new
_PATHS = 300  # ways through a function that are told apart
_TOO_MUCH = 8  # answers too large to be compared, after which numbers in texts are kept small


@dataclass
class Row:
    """An input and what the spec did."""

    arguments: Arguments
    seen: Seen
    formed: bool = True  # whether its texts are of the forms that the spec is made for
    read: bool = True  # whether the numbers that the spec read in its texts are written as people do
    typed: bool = True  # whether it may be of the types that the spec is made for

    @cached_property
    def key(self) -> str:
        """The input as text, by which it is known."""
        return repr(self.arguments)

    @cached_property
    def meant(self) -> bool:
        """Whether it is a question: that a blank in an odd place is refused is nothing that anybody asks of a program."""
        if not self.formed or not (self.read or self.seen.raised):
            return False
        texts = [part for part in self.arguments if type(part) is str]
        return not (self.seen.raised and any(_ODD_BLANK.search(text) for text in texts))


@dataclass(slots=True)
class Pool:
    """What a search came to.

    rows     every input that was tried, by its text
    seeds    (input, hints) of those that reached something new
    reached  the places that they reached, by the text of the input
    slow, large  calls that took too long, and whose answers were too large to be compared
    idle     inputs since the last that reached something new
    """

    rows: dict[str, Row] = field(default_factory=dict)
    seeds: list[tuple[Arguments, list[Hint]]] = field(default_factory=list)
    reached: dict[str, frozenset[Any]] = field(default_factory=dict)
    slow: int = 0
    idle: int = 0
    large: int = 0
    met: set[Any] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    paths: set[frozenset[Any]] = field(default_factory=set)

    @property
    def rare(self) -> list[Arguments]:
        """Seeds, those first that reached what few reached."""
        counts = Counter(index for places in self.reached.values() for index in places)
        order = sorted(self.reached, key=lambda key: min((counts[index] for index in self.reached[key]), default=10**9))
        return [self.rows[key].arguments for key in order[:40]]

    @property
    def deep(self) -> list[Arguments]:
        """Seeds, those first that reached most."""
        order = sorted(self.reached, key=lambda key: -len(self.reached[key]))
        return [self.rows[key].arguments for key in order[:40]]

    @property
    def usable(self) -> list[Row]:
        """The rows that say what a program has to do. Where a file that is not there is an accident, whether it is met at all
        depends on the order of what is done: rows without such a file that returned say nothing.
        """
        rows = self._of_its_types([row for row in self.rows.values() if usable(row.seen) and row.meant])
        lost = {id(row) for row in rows if any(_is_missing(part) for part in row.arguments)}
        if any(id(row) in lost and row.seen.raised[:1] == ("FileNotFoundError",) for row in rows):
            return [row for row in rows if id(row) not in lost or not row.seen.returned]
        return rows

    def _of_its_types(self, rows: list[Row]) -> list[Row]:
        """Those that may be of the types that the spec is made for; all where these are few, which is told of the spec."""
        typed = [row for row in rows if row.typed]
        returned = sum(row.seen.returned for row in typed)
        return typed if len(rows) - len(typed) <= _OTHERS * returned else rows


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
        self._meaning = meaning_of(tree, target)
        self._forms, self._numerals = Forms(), Numerals(tree, target, facts)
        self._signs = Signs(self.drawing.texts.letters, sorted(facts.separators), _hexadecimal(tree))
        self._prose, self._refuses, self._untold = "", False, False
        self._tables: list[int] = []
        self._entries = tables_of(tree)
        self.calm = False  # whether numbers are kept small: large ones made the spec do too much
        if target.endswith("()"):
            node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == target[:-2])
            self.scripts = Scripts(node, tree, classes, self._giving)
        else:
            function = next(n for n in tree.body if isinstance(n, Function) and n.name == target)
            self._made = domains_of(function, classes)
            self._prose = ast.get_docstring(function) or ""
            self._untold = any(part.annotation is None for part, *_ in parameters(function))
            tables = [index for index, (domain, *_) in enumerate(self._made) if domain[0] == "csv"]
            self._tables = [] if asks_for_cells(tree) else tables
            self._refuses = any(isinstance(node, ast.Raise) for node in ast.walk(function))

    def learn_forms(self, program: Program, probes: Probes) -> bool:
        """Asks the spec for the examples of its docstring: whether it is made for texts of their forms, which is told.

        One that refuses by a `raise` says itself what it is made for; of its docstring only ranges count.
        """
        if self.scripts is not None or any(way != "positional" for *_, way, _ in self._made):
            return False

        def ask(arguments: Arguments) -> Seen:
            probes.clear()
            return program.call(arguments, ONE_CALL)

        domains = [domain for domain, *_ in self._made]
        examples = [] if self._refuses else samples(self._prose)
        self._forms = learned(ask, self._fresh, domains, examples, self._prose, self._signs)
        return bool(self._forms)

    def row(self, arguments: Arguments, seen: Seen, probes: Probes) -> Row:
        """An input and what the spec did, and the probes have met."""
        formed = self._forms.meant(arguments, seen)
        read = self._numerals.meant(probes.numbers) and self._numerals.numbers_are(arguments)
        return Row(arguments, seen, formed, read, not (self._untold and of_other_types(seen)))

    def fresh(self) -> Arguments:
        """An input."""
        made = self._fresh()
        return self._forms.drawn(made, self.draw) if self._forms else made

    def _fresh(self) -> Arguments:
        return self._giving.arguments_for(self._made, self._typed) if self.scripts is None else self.scripts.fresh()

    @property
    def notable(self) -> list[Arguments]:
        """Inputs that are asked whatever the search finds."""
        return list(self._meaning.notable)

    def fitted(self, arguments: Arguments) -> Arguments:
        """The arguments as what is meant by them, their numbers small where large ones are too much for the spec."""
        fitted = self._meaning.fitted(calmed(arguments) if self.calm else arguments)
        for index in self._tables:
            fitted = put(fitted, (index,), whole_rows)
        return fitted

    def hints(self, probes: Probes, most: int) -> list[Hint]:
        """What was compared in a call: of a script the latest, since it is gone on with."""
        return list(probes.hints[:most] if self.scripts is None else probes.latest)

    def swept(self, arguments: Arguments) -> list[Arguments]:
        """Inputs with one sign of one text in every other way, at a few places."""
        texts = [index for index, part in enumerate(arguments) if type(part) is str and part]
        if self.scripts is not None or not texts:
            return []
        swept = []
        for _ in range(_PLACES):
            at = self.draw.choice(texts)
            others = self.drawing.texts.swept(arguments[at])
            swept += [self.fitted((*arguments[:at], text, *arguments[at + 1 :])) for text in others]
        return swept

    def changed(self, arguments: Arguments, hints: list[Hint]) -> Arguments:
        """An input near another."""
        if not arguments:
            return arguments
        if self.scripts is not None:
            return self.scripts.changed((arguments[0], arguments[1]), hints)
        if self._forms and self.draw.random() < _OF_A_FORM:
            return self._forms.changed(arguments, self.draw)
        if self._entries and self.draw.random() < _ALONG:
            return relabelled(arguments, self._entries, self.draw)  # type: ignore[no-any-return]
        at = self.draw.randrange(len(arguments))
        alike = len(arguments) > 1 and len({repr(domain) for domain, *_ in self._made[: len(arguments)]}) == 1
        if self.draw.random() < 0.1 and alike:
            return tuple(self.draw.sample(arguments, len(arguments)))
        return tuple(
            self.drawing.change(part, hints) if index == at or self.draw.random() < 0.15 else part
            for index, part in enumerate(arguments)
        )


def of_other_types(seen: Seen) -> bool:
    """Whether a call merely happened to end in what values of other types than a program is made for end in."""
    return not seen.explicit and seen.raised[:1] in (("TypeError",), ("AttributeError",))


def _hexadecimal(tree: ast.Module) -> bool:
    """Whether numbers to the base of 16 are read."""
    return any(
        isinstance(node, ast.Call)
        and (called(node) in ("fromhex", "unhexlify") or (called(node) == "int" and _sixteen(node)))
        for node in ast.walk(tree)
    )


def _sixteen(node: ast.Call) -> bool:
    bases = [*node.args[1:2], *(part.value for part in node.keywords if part.arg == "base")]
    return any(isinstance(base, ast.Constant) and base.value == 16 for base in bases)


def search(program: Program, probes: Probes, origin: Origin, first: list[Arguments], count: int) -> Pool:
    """Tries inputs until `count` are known. Seeds are those that reach a new place, operand or answer."""
    pool = Pool()
    waiting, known, sweeps = list(first), 0, [share * count for share in _SWEEPS]
    while len(pool.rows) < count and known < _FEW and pool.slow < _SLOW and probes.spent < STEPS:
        if pool.idle > _IDLE * count and not sweeps and not waiting:
            break
        if sweeps and len(pool.rows) > sweeps[0]:
            del sweeps[0]
            waiting += [new for base in [*pool.rare[:_SWEPT], *pool.deep[:_SWEPT]] for new in origin.swept(base)]
        arguments = waiting.pop() if waiting else origin.fitted(_next(pool, origin, origin.draw))
        known += not _tried(program, probes, origin, pool, arguments)
    return pool


def _tried(program: Program, probes: Probes, origin: Origin, pool: Pool, arguments: Arguments) -> bool:
    """Asks the spec once more, unless it is known what it says; whether it was asked."""
    key = repr(arguments)
    if key in pool.rows or len(key) > LONGEST:
        return False
    probes.clear()
    row = asked(program, arguments, probes, origin, key)
    key = row.key
    pool.rows[key] = row
    pool.large += row.seen.raised[:1] in (("TooLarge",), TIMEOUT)
    origin.calm = pool.large > _TOO_MUCH
    pool.slow += row.seen.raised == TIMEOUT and row.seen.seconds > ONE_CALL / 2
    answer = repr(row.seen.answer)
    pool.answers[answer] += 1
    path = frozenset(index for index in probes.met if len(index) == 2) if origin.scripts is None else frozenset()
    another = bool(path) and path not in pool.paths and len(pool.paths) < _PATHS
    if another:
        pool.paths.add(path)
    new = probes.met - pool.met
    pool.idle += 1
    if new or another or (pool.answers[answer] == 1 and len(pool.answers) < _ANSWERS):
        pool.met |= new
        pool.idle = 0
        for part in row.arguments if row.seen.returned else ():
            if type(part) is str:
                origin.drawing.texts.learn(part)
        pool.seeds.append((row.arguments, origin.hints(probes, 12)))
        pool.reached[key] = frozenset(probes.met)
    return True


def asked(program: Program, arguments: Arguments, probes: Probes, origin: Origin, key: str) -> Row:
    """What the spec does on an input, whose text is `key`; a script ends where its object was broken."""
    seen = program.call(arguments, ONE_CALL)
    cut = program.cut(arguments, seen)
    if cut is arguments or cut == arguments:
        row = origin.row(arguments, seen, probes)
        row.key = key
        return row
    probes.clear()
    return origin.row(cut, program.call(cut, ONE_CALL), probes)


def _next(pool: Pool, origin: Origin, draw: random.Random) -> Arguments:
    if pool.seeds and draw.random() < 0.55:
        recent = pool.seeds[-40:] if draw.random() < 0.5 else pool.seeds
        base, hints = draw.choice(recent)
        return origin.changed(base, hints)
    return origin.fresh()


def _is_missing(part: Any) -> bool:
    """Whether an argument is the path of a file that is not there."""
    return isinstance(part, Recipe) and part.kind == "path" and part.name == "missing"


def echoes(arguments: Arguments, answer: Any) -> Iterator[Arguments]:
    """Inputs with a list of texts that has a text of its answer in it, which it did not have, at its beginning and its end."""
    fresh = (
        [part for part in answer[1:] if type(part) is str] if isinstance(answer, tuple) and answer[:1] == ("l",) else []
    )
    for index, value in enumerate(arguments):
        if type(value) is list and value and all(type(part) is str for part in value):
            for text in [part for part in fresh if part not in value][:1]:
                yield (*arguments[:index], [text, *value], *arguments[index + 1 :])
                yield (*arguments[:index], [*value, text], *arguments[index + 1 :])


def near_misses(arguments: Arguments) -> Iterator[tuple[str, Arguments]]:
    """(kind, input) with one text that has one sign less, twice, more, or in another case."""
    for index, value in enumerate(arguments):
        if isinstance(value, str) and value:
            for kind, text in _near(value):
                yield kind, (*arguments[:index], text, *arguments[index + 1 :])


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

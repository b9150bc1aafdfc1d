"""The oracle of a spec, derived where the spec runs: inputs, what is expected on them, and what they tell apart."""

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from kgents.sandbox.inside import values
from kgents.verify.reference.inside.chance import Chance
from kgents.verify.reference.inside.domains import Function
from kgents.verify.reference.inside.effects import effects_of
from kgents.verify.reference.inside.facts import Facts, facts_of
from kgents.verify.reference.inside.folder import WorkingFolder
from kgents.verify.reference.inside.guards import Guards
from kgents.verify.reference.inside.inert import inert
from kgents.verify.reference.inside.keeping import may_keep
from kgents.verify.reference.inside.matching import differs, identical, usable
from kgents.verify.reference.inside.mutants import controls, mutants
from kgents.verify.reference.inside.observing import NOT_SHARED, PLAIN, PROMISED, Arguments, Program
from kgents.verify.reference.inside.probes import Probes, instrumented
from kgents.verify.reference.inside.recipes import packed, unpacked
from kgents.verify.reference.inside.searching import ONE_CALL, Origin, Row, search
from kgents.verify.reference.inside.selecting import (
    Chosen,
    Wrong,
    common_answers,
    distinct,
    diverse,
    echoed,
    hunt,
    missed,
    select,
    settled,
)
from kgents.verify.reference.inside.selectors import FROM_POOL, selectors

_NEW = re.compile(r"\ba (new|fresh) |\ba (deep |shallow )?copy\b", re.IGNORECASE)
POOL, HUNT = 4000, 12_000
SCRIPTS, SCRIPTS_HUNT = 1500, 4_000  # of a class: a script holds many calls
SEED = 12345
IN_ORDER = 150  # calls of a spec that keeps state
# Of mutants that are left, to those that are told apart: above it forms are given up where other texts tell more.
_LEFT = 0.11
ALL_CALLS = 2.0  # CPU seconds of the spec on all rows together


@dataclass(slots=True)
class Derived:
    """What is said of one target.

    rows      [arguments, what was seen] each
    killed    places of mutants that an input tells apart
    alive     [place, operator, line, text of the line] of mutants that no input tells apart
    passing   controls that no input tells apart
    """

    target: str
    rows: list[Any] = field(default_factory=list)
    killed: list[int] = field(default_factory=list)
    alive: list[tuple[int, str, int, str]] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    returned: int = 0
    raised: int = 0
    answers: int = 0
    keeps_state: bool = False
    shown: dict[str, list[str]] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        return {name: getattr(self, name) for name in self.__slots__}


class Derivation:
    """Derives for one spec: `targets` are functions, and `Name()` for classes."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._source: str = job["source"]
        self._given = [unpacked(row) for row in job["given"]] if job.get("given") is not None else None
        self._scale = float(job.get("scale", 1.0))
        self._tree = ast.parse(self._source)
        self._facts: Facts = facts_of(self._tree)
        self._folder = WorkingFolder() if self._facts.files else None
        self._examples: list[Arguments] = []
        self._formed = False

    def refused(self) -> list[str]:
        """Kinds of effects that the spec names."""
        return effects_of(self._tree)

    def target(self, target: str) -> dict[str, Any]:
        """The rows of one target, and what they tell apart; `effects` where the spec reached the world while it ran.

        Where texts of the forms of the docstring tell too little apart, others may tell more.
        """
        told = self._target(target, forms=True)
        if self._given is not None or "effects" in told or len(told["alive"]) <= _LEFT * len(told["killed"]):
            return told
        other = self._target(target, forms=False) if self._formed else told
        return other if "effects" in other or len(other["killed"]) > len(told["killed"]) else told

    def _target(self, target: str, forms: bool) -> dict[str, Any]:
        draw = Chance(SEED)
        probes, derived = Probes(), Derived(target)
        with Guards() as guards:
            by_user = self._given is not None
            source = self._source if by_user else instrumented(self._source)
            program = Program(source, target, self._folder, names=probes.names, short=not by_user)
            origin = Origin(self._tree, target, self._facts, draw)
            chosen = self._found(program, probes, origin, forms)
            derived.shown = {name: sorted(names) for name, names in program.trees.met.items()}
            clean = self._loaded(target, derived)
            derived.keeps_state = self._unstable(chosen, clean)
        if guards.met:
            return {"effects": list(guards.met)}
        if derived.keeps_state:
            self._in_order(chosen, target, derived, origin)
        else:
            self._tell_apart(chosen, origin, probes, derived)
        self._count(chosen, derived)
        return derived.to_data()

    def _loaded(self, target: str, derived: Derived, text: str | None = None) -> Program:
        return Program(self._source if text is None else text, target, self._folder, derived.shown)

    def _found(self, program: Program, probes: Probes, origin: Origin, forms: bool) -> Chosen:
        if self._given is not None:
            rows = [Row(arguments, program.call(arguments, 5 * ONE_CALL)) for arguments in self._given]
            chosen = Chosen([row for row in rows if usable(row.seen)])
            chosen.pool.rows = {row.key: row for row in chosen.rows}
            return chosen
        self._formed = forms and origin.learn_forms(program, probes)
        first = [*examples_of(self._tree, program.target), *origin.notable]
        most = POOL if origin.scripts is None else SCRIPTS
        pool = search(program, probes, origin, first, int(most * self._scale))
        near = [*missed(pool, program, probes, origin), *echoed(pool, program, probes, origin)]
        shown = [row for row in (pool.rows.get(repr(arguments)) for arguments in first) if row is not None]
        return Chosen([*(row for row in shown if usable(row.seen)), *diverse(pool), *near], [], pool)

    def _unstable(self, chosen: Chosen, clean: Program) -> bool:
        """Whether the spec answers otherwise in another order of calls: it keeps something from call to call.

        Of a spec that cannot keep anything the inputs are left out on which it is inexact.
        """
        sample = distinct([*chosen.rows, *chosen.pool.usable[:: max(1, len(chosen.pool.rows) // 200)]])
        differing: set[str] = set()
        for row in reversed(sample):
            again = clean.call(row.arguments, 5 * ONE_CALL)
            if usable(row.seen) and usable(again) and differs(row.seen, again):
                differing.add(row.key)
        if differing and not may_keep(self._tree):
            chosen.rows = [row for row in chosen.rows if row.key not in differing]
            for key in differing:
                chosen.pool.rows.pop(key, None)
                chosen.pool.reached.pop(key, None)
            return False
        return bool(differing)

    def _wrong(self, target: str, rows: list[Row]) -> list[Wrong]:
        every = [Wrong(name, text) for name, text in controls(self._source, target, common_answers(rows))]
        every += [Wrong(name, text, index) for name, text, index in mutants(self._source, target)]
        more = selectors(self._source, target)
        return every + [Wrong(name, text, 0, counted=False, sought=name not in FROM_POOL) for name, text in more]

    def _tell_apart(self, chosen: Chosen, origin: Origin, probes: Probes, derived: Derived) -> None:
        target = derived.target
        chosen.wrong = self._wrong(target, chosen.rows)
        select(chosen, lambda text: self._loaded(target, derived, text))
        if self._given is None:
            spec = Program(instrumented(self._source), target, self._folder, derived.shown, probes.names, True)
            most = HUNT if origin.scripts is None else SCRIPTS_HUNT
            hunt(chosen, origin, spec, probes, int(most * self._scale))
            self._inert(chosen, derived)
        settled(chosen, "number" in self._facts.parsers)
        self._affordable(chosen)
        clean = self._loaded(target, derived)
        for row in chosen.rows:
            row.seen = clean.call(row.arguments, 5 * ONE_CALL)
        chosen.rows = [row for row in chosen.rows if usable(row.seen)]
        if promises_new(self._tree, target) and {row.seen.shares for row in chosen.rows} <= {NOT_SHARED, PLAIN}:
            for row in chosen.rows:
                row.seen.shares = PROMISED if row.seen.shares else PLAIN

    def _inert(self, chosen: Chosen, derived: Derived) -> None:
        """Takes out the mutants that went another way on many inputs without any difference."""

        def load(tree: ast.Module, names: dict[str, Any]) -> Program:
            return Program(tree, derived.target, self._folder, derived.shown, names)

        rows = [row for row in chosen.pool.usable if row.seen.returned]
        for wrong in chosen.wrong:
            left = wrong.fate == "alive" and wrong.counted and not wrong.control
            if left and inert(self._source, wrong.text, rows, load):
                wrong.fate = "equivalent"

    def _affordable(self, chosen: Chosen) -> None:
        """Leaves out the slowest rows where all together would take too long."""
        spent, kept = 0.0, set()
        for row in sorted(chosen.rows, key=lambda row: row.seen.seconds):
            spent += row.seen.seconds
            if spent < ALL_CALLS:
                kept.add(id(row))
        chosen.rows = [row for row in chosen.rows if id(row) in kept]

    def _in_order(self, chosen: Chosen, target: str, derived: Derived, origin: Origin) -> None:
        """Rows for a spec that keeps state: one order, from a fresh program, on both sides."""
        inputs = [row.arguments for row in distinct(chosen.rows)[:IN_ORDER]]
        if self._given is None:
            short = sorted(inputs, key=lambda arguments: len(repr(arguments)))[:6] or inputs
            inputs = [origin.draw.choice(short) if origin.draw.random() < 0.5 else one for one in inputs * 2]
            far = max((number for number in self._facts.integers if 100 < number <= 2000), default=0)
            inputs += [short[index % len(short)] for index in range(far + 30 - len(inputs))] if far and short else []
        program = self._loaded(target, derived)
        chosen.rows = [Row(arguments, program.call(arguments, ONE_CALL)) for arguments in inputs]
        chosen.rows = chosen.rows[: next((n for n, row in enumerate(chosen.rows) if not usable(row.seen)), None)]
        chosen.wrong = self._wrong(target, chosen.rows)
        for wrong in chosen.wrong:
            self._played(wrong, chosen.rows, target, derived)

    def _played(self, wrong: Wrong, rows: list[Row], target: str, derived: Derived) -> None:
        try:
            program = self._loaded(target, derived, wrong.text)
        except BaseException:
            wrong.fate = "killed"
            return
        unlike = False
        for row in rows:
            got = program.call(row.arguments, ONE_CALL)
            if differs(row.seen, got):
                wrong.fate = "killed"
                return
            unlike = unlike or not identical(row.seen, got)
        wrong.fate = "equivalent" if unlike and not wrong.control else wrong.fate

    def _count(self, chosen: Chosen, derived: Derived) -> None:
        derived.rows = [[[packed(part) for part in row.arguments], row.seen.to_wire()] for row in chosen.rows]
        derived.returned = sum(row.seen.returned for row in chosen.rows)
        derived.raised = len(chosen.rows) - derived.returned
        derived.answers = len({repr((row.seen.answer, row.seen.printed)) for row in chosen.rows if row.seen.returned})
        derived.passing = [wrong.name for wrong in chosen.wrong if wrong.control and wrong.fate != "killed"]
        mistakes = [wrong for wrong in chosen.wrong if wrong.counted and not wrong.control]
        derived.killed = [wrong.index for wrong in mistakes if wrong.fate == "killed"]
        derived.alive = [self._told(wrong) for wrong in mistakes if wrong.fate in ("alive", "unlike")]

    def _told(self, wrong: Wrong) -> tuple[int, str, int, str]:
        """(place, operator, line of the spec, how it reads in the mutant)."""
        before = ast.unparse(self._tree).splitlines()
        after = wrong.text.splitlines()
        pairs = zip(before, after, strict=False)
        index = next((n for n, (one, two) in enumerate(pairs) if one != two), min(len(before), len(after)) - 1)
        return wrong.index, wrong.name, index + 1, after[index].strip()[:100]


def promises_new(tree: ast.Module, target: str) -> bool:
    """Whether the docstring of a function says that it returns a new object, or a copy."""
    node = next((n for n in tree.body if isinstance(n, Function) and n.name == target), None)
    return node is not None and bool(_NEW.search(ast.get_docstring(node) or ""))


def observed_again(job: dict[str, Any]) -> list[list[Any]]:
    """What the spec does on rows, in a process of its own: for those who ask whether it says the same twice."""
    tree = ast.parse(job["source"])
    folder = WorkingFolder() if facts_of(tree).files else None
    program = Program(job["source"], job["target"], folder, job["shown"])
    return [program.call(tuple(unpacked(part) for part in row), 5 * ONE_CALL).to_wire() for row in job["rows"]]


def examples_of(tree: ast.Module, target: str) -> list[Arguments]:
    """Arguments of calls of the function that its docstring shows, where they are literals."""
    node = next((n for n in tree.body if isinstance(n, Function) and n.name == target), None)
    examples: list[Arguments] = []
    for text in (
        re.findall(rf"{re.escape(target)}\((.*?)\)\s*(?:$|==|->|\n)", ast.get_docstring(node) or "") if node else ()
    ):
        try:
            examples.append(tuple(ast.literal_eval(f"({text},)")))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return examples


def derive_main(fd: int) -> None:
    """Answers questions of the side that judges: effects, a target, or the same calls once more."""
    channel = values.Channel(fd)
    while True:
        try:
            job = channel.receive()
        except EOFError:
            return
        try:
            channel.send(_derived(job))
        except BaseException as wrong:
            channel.send({"failed": [type(wrong).__name__, str(wrong)[:300]]})


def _derived(job: dict[str, Any]) -> dict[str, Any]:
    if job["do"] == "again":
        return {"seen": observed_again(job)}
    deriving = Derivation(job)
    effects = deriving.refused()
    if effects and job["do"] == "effects":
        return {"effects": effects}
    if job["do"] == "effects":
        return {"effects": []}
    answer: dict[str, Any] = deriving.target(job["target"])
    return answer

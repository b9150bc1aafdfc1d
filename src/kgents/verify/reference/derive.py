"""Deriving from outside: is a spec refused, what are its rows, and do they tell right from wrong."""

import ast
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.sandbox.syntax import parse as parse_source
from kgents.verify.apart import chosen
from kgents.verify.reference.inside.matching import differs, usable
from kgents.verify.reference.inside.observing import seen_of
from kgents.verify.reference.inside.recipes import packed
from kgents.verify.reference.kept import code_digest, keep, key_of, recalled
from kgents.verify.reference.processes import asked
from kgents.verify.reference.showing import pair_shown
from kgents.verify.spec import Spec

VERSION = 2  # of the algorithm; oracles of version 1 are still judged as they were
FULL, LEAST = 0.95, 0.90  # share of the mutants that are told apart: for the full label, for any
FEW, ALIVE = 20, 2  # with fewer mutants than FEW at most so many may be left
FEW_ANSWERS, ACCIDENTS = 3, 5  # fewer answers are too few where so many times more inputs raised by accident
_PURE = frozenset(
    {"math", "cmath", "re", "string", "itertools", "functools", "collections", "dataclasses", "typing", "enum", "decimal",
     "fractions", "json", "heapq", "bisect", "operator", "copy", "statistics", "textwrap", "csv", "io", "numbers", "abc"}
)  # fmt: skip
INEXACT = 0.02  # share of the inputs that are left out where a spec disagrees with itself on no more
APART = 1.0  # seconds between two runs of a spec
_REMEDY = (
    "give --inputs FILE, --tests FILE or examples in the docstring; --allow-weak-oracle judges all the same (tier WEAK)"
)


@dataclass(frozen=True, slots=True)
class Strength:
    """What the rows tell apart.

    killed, mutants            wrong programs one mistake away from the spec that are told apart, of how many
    returned, raised, answers  inputs that returned, that raised, and different answers
    alive                      mutants that no input tells apart: operator, line, text
    accidents                  inputs on which the spec merely happened to raise
    """

    killed: int
    mutants: int
    returned: int
    raised: int
    answers: int
    alive: tuple[tuple[str, int, str], ...] = ()
    passing: tuple[str, ...] = ()
    keeps_state: bool = False
    accidents: int = 0

    @property
    def share(self) -> float:
        """Of the mutants, those that are told apart."""
        return self.killed / self.mutants if self.mutants else 1.0

    @property
    def weak(self) -> bool:
        """Whether the oracle must not judge, unless it is allowed to be weak."""
        few = self.mutants < FEW and len(self.alive) > ALIVE
        scarce = self.answers < FEW_ANSWERS and self.accidents > ACCIDENTS * self.returned
        return bool(self.passing) or not self.returned or few or scarce or (self.mutants >= FEW and self.share < LEAST)

    @property
    def sentence(self) -> str:
        """For the plan."""
        state = "; keeps state: judged in one order" if self.keeps_state else ""
        return (
            f"the reference kills {self.killed} of {self.mutants} mutants of the spec; {self.returned} inputs returned, "
            f"{self.raised} raised, {self.answers} distinct answers{state}"
        )

    @property
    def survivors(self) -> str:
        """The mutants that are left, in one line."""
        return "; ".join(f"line {line}, {operator}: {text}" for operator, line, text in self.alive[:4])

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        names = ("killed", "mutants", "returned", "raised", "answers", "keeps_state", "accidents")
        told = {name: getattr(self, name) for name in names}
        return {**told, "alive": [list(mutant) for mutant in self.alive], "passing": list(self.passing)}

    @staticmethod
    def from_data(data: dict[str, Any]) -> "Strength":
        """The inverse of `to_data`."""
        alive = tuple((str(a), int(b), str(c)) for a, b, c in data["alive"])
        return Strength(**{**data, "alive": alive, "passing": tuple(data["passing"])})


@dataclass(frozen=True, slots=True)
class Corpus:
    """What every candidate of an experiment is asked.

    rows   version 2: (packed arguments, what was seen of the spec, target); version 1: (arguments, expectation, target)
    shown  public attributes of objects by their class
    apart  calls that the question shows, as text: they are no rows
    """

    rows: tuple[tuple[Any, Any, str], ...]
    how: str
    version: int = VERSION
    strength: Strength | None = None
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    apart: tuple[str, ...] = ()


def derive(
    spec: Spec,
    sandbox: Sandbox,
    inputs: list[tuple[Any, ...]] | None = None,
    allow_weak: bool = False,
    pause: Callable[[float], None] = time.sleep,
    apart: int = 0,
) -> Corpus:
    """The corpus of a runnable spec.

    apart  so many calls are taken out, to be shown; what the others tell apart is found out again
    pause  waits so many seconds between two runs of the spec, which tell a clock
    UsageError where the spec reads the world, disagrees with itself, or cannot tell right from wrong (unless `allow_weak`).
    """
    targets = [spec.entry.name] if inputs is not None and spec.entry is not None else list(spec.targets)
    key = key_of(_dependencies(spec, sandbox, targets, inputs, apart))
    known = recalled(key)
    if known is not None:
        with suppress(KeyError, TypeError, ValueError):
            return _accepted(known, targets[-1], _how(inputs), allow_weak)
    told = _told(spec, sandbox, targets, inputs, pause)
    if apart:
        told[targets[-1]] = _without(spec, sandbox, targets[-1], told[targets[-1]], apart)
    keep(key, told)
    return _accepted(told, targets[-1], _how(inputs), allow_weak)


def _dependencies(
    spec: Spec, sandbox: Sandbox, targets: Sequence[str], inputs: list[tuple[Any, ...]] | None, apart: int
) -> dict[str, object]:
    """All that a corpus is a function of."""
    packed_inputs = None if inputs is None else [packed(list(row)) for row in inputs]
    parts = {
        "version": VERSION,
        "code": code_digest("verify/reference/inside"),
        "spec": spec.text,
        "targets": list(targets),
        "inputs": packed_inputs,
    }
    parts |= {"apart": apart} if apart else {}
    return {**parts, "environment": sandbox.environment.digest, "recipe": sandbox.name}


def _how(inputs: list[tuple[Any, ...]] | None) -> str:
    return "given" if inputs is not None else "the text of the spec"


def _told(
    spec: Spec,
    sandbox: Sandbox,
    targets: Sequence[str],
    inputs: list[tuple[Any, ...]] | None,
    pause: Callable[[float], None],
) -> dict[str, dict[str, Any]]:
    """What the deriving processes say of every target that can be judged."""
    job = {"source": spec.text, "given": [packed(list(row)) for row in inputs] if inputs is not None else None}
    effects = asked(sandbox, {**job, "do": "effects"})
    _refuse(effects)
    told = {target: asked(sandbox, {**job, "do": "target", "target": target}) for target in targets}
    for answer in told.values():
        _refuse(answer, fatal=False)
    good = {target: answer for target, answer in told.items() if "rows" in answer}
    if targets[-1] not in good:
        _refuse(told[targets[-1]])
    for target, answer in good.items():
        _agrees(spec.text, target, answer, sandbox, pause)
    return good


def _without(spec: Spec, sandbox: Sandbox, target: str, answer: dict[str, Any], count: int) -> dict[str, Any]:
    """What a process said of a target, without the calls that are to be shown: `apart` has these, as text."""
    if answer["keeps_state"] or target.endswith("()"):
        why = "its answers depend on the calls before" if answer["keeps_state"] else "what it judges are whole scripts"
        raise UsageError(f"--show-examples: {target} keeps state, {why}", "--describe TEXT")
    rows = answer["rows"]
    pairs = [pair_shown(target, row[0], seen_of(row[1])) for row in rows]
    places = chosen(pairs, count)
    rest = [row for index, row in enumerate(rows) if index not in places]
    job = {"source": spec.text, "given": [row[0] for row in rest], "do": "target", "target": target}
    again = asked(sandbox, job)
    if "rows" not in again:
        _refuse(again)
        raise UsageError("--show-examples: the rest of the inputs could not be tried", "leave it out")
    return {
        **again,
        "rows": rest,
        "shown": answer["shown"],
        "apart": ["\n".join(pairs[index] or ()) for index in places],
    }


def _refuse(answer: dict[str, Any], fatal: bool = True) -> None:
    """UsageError where a process says why a spec cannot be the oracle."""
    if answer.get("effects"):
        kinds = ", ".join(answer["effects"])
        raise UsageError(
            f"--spec reads {kinds}: what it answers is no measure for another program", "give --tests FILE"
        )
    if "failed" in answer and fatal:
        name, text = answer["failed"]
        raise UsageError(f"--spec cannot be run: {name}: {text}"[:300], "correct it, or give --tests FILE")
    if "died" in answer and fatal:
        raise UsageError(
            "--spec could not be tried: its process ended or took too long", "give --inputs FILE or --tests FILE"
        )


def _agrees(text: str, target: str, answer: dict[str, Any], sandbox: Sandbox, pause: Callable[[float], None]) -> None:
    """UsageError where the spec says something else a second later, under another hash seed. Single rows are left out."""
    if not _pure(text):
        pause(APART)
    job = {"do": "again", "source": text, "target": target, "shown": answer["shown"]}
    again = asked(sandbox, {**job, "rows": [row[0] for row in answer["rows"]]}, hash_seed="4242")
    if "seen" not in again:
        _refuse(again)
        return
    pairs = [(row, seen_of(row[1]), seen_of(seen)) for row, seen in zip(answer["rows"], again["seen"], strict=False)]
    differing = [index for index, (_, one, two) in enumerate(pairs) if usable(two) and differs(one, two)]
    if len(differing) > INEXACT * len(pairs):
        raise UsageError(
            f"--spec: {target} disagrees with itself on {len(differing)} of {len(pairs)} inputs: it is not deterministic",
            "a reference that changes its answers judges nothing; give --tests FILE",
        )
    answer["rows"] = [row for index, row in enumerate(answer["rows"]) if index not in differing]


def _pure(text: str) -> bool:
    """Whether a spec imports nothing that could know the time, so that two runs need not be apart."""
    nodes = list(ast.walk(parse_source(text)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    dynamic = any(isinstance(node, ast.Name) and node.id in ("__import__", "eval", "exec") for node in nodes)
    return not dynamic and {name.partition(".")[0] for name in names} <= _PURE


def _accepted(told: dict[str, dict[str, Any]], main: str, how: str, allow_weak: bool) -> Corpus:
    """The corpus of the main target and of all others that controls do not pass."""
    kept = [
        target for target, answer in told.items() if target == main or (answer["returned"] and not answer["passing"])
    ]
    strength = _strength([told[target] for target in kept], told[main]["passing"])
    if strength.weak and not allow_weak:
        raise UsageError(f"--spec: {_reason(main, strength)}", _REMEDY)
    rows = tuple((row[0], row[1], target) for target in kept for row in told[target]["rows"])
    shown: dict[str, tuple[str, ...]] = {}
    for target in kept:
        shown.update({name: tuple(names) for name, names in told[target]["shown"].items()})
    apart = tuple(str(text) for text in told[main].get("apart", ()))
    return Corpus(json.loads(json.dumps(rows)), how, VERSION, strength, tuple(sorted(shown.items())), apart)


def _strength(answers: Sequence[dict[str, Any]], passing: Sequence[str]) -> Strength:
    """Of all targets together: a mutant is killed where one of them kills it."""
    killed = {index for answer in answers for index in answer["killed"]}
    alive = {mutant[0]: mutant[1:] for answer in answers for mutant in answer["alive"] if mutant[0] not in killed}
    left = tuple((str(a), int(b), str(c)) for _, (a, b, c) in sorted(alive.items()))
    counts = {name: sum(int(answer[name]) for answer in answers) for name in ("returned", "raised", "answers")}
    accidents = sum(bool(row[1][1]) and not row[1][3] for answer in answers for row in answer["rows"])
    state = any(answer["keeps_state"] for answer in answers)
    return Strength(
        len(killed),
        len(killed) + len(left),
        **counts,
        alive=left,
        passing=tuple(passing),
        keeps_state=state,
        accidents=accidents,
    )


def _reason(target: str, strength: Strength) -> str:
    if not strength.returned:
        return f"no input was found on which {target} returns: it cannot tell right from wrong"
    if strength.passing:
        names: Sequence[str] = strength.passing[:3]
        return f"a program that only answers {', '.join(names)} passes as {target}: the inputs do not tell right from wrong"
    return f"{strength.sentence}: too few; alive: {strength.survivors}"[:600]

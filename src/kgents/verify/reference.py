"""The reference oracle: the spec itself is runnable, and a candidate has to do what it does.

The corpus is frozen: every trial of an experiment faces the same rows, the smallest first. Every public function of a
spec is a target; a class is one, too, by what its objects do (`scripts`). A reference that disagrees with itself under
another hash seed is refused.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.batch import Patience, slow
from kgents.sandbox.inside import values as codec
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.difference import equal
from kgents.verify.inputs import ONE_CALL, WALL, inputs_of, said_of
from kgents.verify.scripts import scripts_of
from kgents.verify.spec import Spec

KEPT = 120
EXCEPTIONAL = 20
ALL_CALLS = 1.0  # CPU seconds that the reference may take for all that are kept: a candidate has ten times as many

Row = tuple[Any, Any]  # encoded arguments, {"value": …} or {"raised": name}


@dataclass(frozen=True, slots=True)
class Corpus:
    """What every candidate of an experiment is asked: (encoded arguments, expectation, target)."""

    rows: tuple[tuple[Any, Any, str], ...]
    how: str  # where the types of the arguments came from


def derive(spec: Spec, sandbox: Sandbox, given: list[tuple[Any, ...]] | None = None) -> Corpus:
    """The corpus of a runnable spec. UsageError where it is not deterministic, never returns, or takes nothing we know."""
    if given is not None:
        assert spec.entry is not None
        inputs = [list(row) for row in given]
        return Corpus(_targeted(spec.entry.name, agreed(spec.text, spec.entry.name, inputs, sandbox)), "given")
    rows: list[tuple[Any, Any, str]] = []
    hows: dict[str, None] = {}
    for target in spec.targets:
        inputs, how = _asked(spec, target, sandbox)
        try:
            rows += _targeted(target, agreed(spec.text, target, inputs, sandbox))
            hows[how] = None
        except Underived:
            if target == spec.targets[-1] and not rows:
                raise
    return Corpus(tuple(rows), ", ".join(hows))


def _asked(spec: Spec, target: str, sandbox: Sandbox) -> tuple[list[Any], str]:
    if target.endswith("()"):
        return scripts_of(spec, target.removesuffix("()"))
    return inputs_of(spec.only(target), sandbox)


def _targeted(target: str, rows: Sequence[Row]) -> tuple[tuple[Any, Any, str], ...]:
    return tuple((arguments, expected, target) for arguments, expected in rows)


class Underived(UsageError):
    """No input was found for which a reference gives an answer that can be compared."""


def agreed(text: str, entry: str, inputs: Sequence[Any], sandbox: Sandbox) -> list[Row]:
    """What the reference says to these inputs, where it says the same twice; the smallest first."""
    encoded = list({codec.dumps(row): row for row in map(_encoded, inputs) if row is not None}.values())
    first = sandbox.calls(text, entry, encoded, WALL, ONE_CALL, enough=Patience())
    if first.load is not None:
        hint = "a spec that runs is its own oracle; else give --tests"
        raise UsageError(f"--spec cannot be loaded: {said_of(first)}", hint)
    answered = [(arguments, one) for arguments, one in zip(encoded, first.answers, strict=False) if not slow(one)]
    again = [arguments for arguments, _ in answered]
    second = sandbox.calls(text, entry, again, WALL, 5 * ONE_CALL, other_hashes=True)
    rows: list[tuple[Row, float]] = []
    differing = 0
    for (arguments, one), two in zip(answered, second.answers, strict=False):
        row = _row(arguments, one, two)
        differing += row is None
        if row is not None and row[1]:
            rows.append((row, one["cpu_s"]))
    if differing > max(2, len(encoded) // 10):
        raise UsageError(
            f"--spec: {entry} disagrees with itself on {differing} of {len(encoded)} inputs: it is not deterministic",
            "a random reference judges nothing; give --tests FILE",
        )
    if not rows or _strange(rows):
        raise Underived(
            f"--spec: no input was found for which {entry} gives an answer that can be compared",
            "give --inputs FILE (one JSON list of arguments a line), or --tests FILE",
        )
    return sorted(_chosen(_affordable(rows)), key=lambda row: len(codec.dumps(row[0])))


def _strange(rows: Sequence[tuple[Row, float]]) -> bool:
    """Whether nearly all inputs are of types that the function does not take, and the others say next to nothing."""
    answers = {codec.dumps(expected) for (_, expected), _ in rows if "value" in expected}
    refused = sum(expected.get("raised") in ("TypeError", "AttributeError") for (_, expected), _ in rows)
    return len(answers) < 2 and refused > 0.5 * len(rows)


def _affordable(rows: list[tuple[Row, float]]) -> list[Row]:
    """The rows in their order, without the slowest where all of them together would take too long."""
    places = sorted(range(len(rows)), key=lambda place: rows[place][1])
    spent, kept = 0.0, set()
    for place in places:
        spent += rows[place][1]
        if spent > ALL_CALLS:
            break
        kept.add(place)
    return [row for place, (row, _) in enumerate(rows) if place in kept]


def _encoded(arguments: Any) -> Any:
    try:
        row = codec.encode(list(arguments))
    except (codec.TooLarge, UnicodeEncodeError):
        return None
    return row if len(codec.dumps(row)) < 4000 else None


def _row(arguments: Any, one: Any, two: Any) -> Row | None:
    """A row, one with an empty expectation where nothing can be compared, None where the reference disagrees with itself."""
    if "raised" in one or "raised" in two:
        names = {answer["raised"][0] if "raised" in answer else "" for answer in (one, two)}
        if "_CallTimeout" in names:
            return arguments, {}
        return (arguments, {"raised": one["raised"][0]}) if len(names) == 1 else None
    if b'"o":' in codec.dumps(one["value"]):
        return arguments, {}
    said = [[answer["value"], answer.get("args", arguments)] for answer in (one, two)]
    if codec.dumps(said[0]) != codec.dumps(said[1]):
        try:
            if not equal(*map(codec.decode, said)):
                return None
        except (ValueError, TypeError):
            return None
    expected = {"value": one["value"]}
    if "args" in one:
        expected["args"] = one["args"]
    return arguments, expected


def _chosen(rows: list[Row]) -> list[Row]:
    """Different answers first, then more of each; a few that raise."""
    groups: dict[bytes, list[Row]] = {}
    for row in rows:
        if "value" in row[1]:
            groups.setdefault(codec.dumps(row[1]), []).append(row)
    picked: list[Row] = []
    for layer in itertools.zip_longest(*groups.values()):
        picked += [row for row in layer if row is not None]
    raising = [row for row in rows if "raised" in row[1]]
    return [*picked[:KEPT], *raising[: EXCEPTIONAL if picked else KEPT]]

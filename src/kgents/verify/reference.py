"""The reference oracle: the spec itself is runnable, and a candidate has to do what it does.

Inputs come from annotations, then from the docstring's examples, then from probing the reference in the sandbox; values
from Hypothesis, from constants that the code mentions, and from mutating the examples. The corpus is frozen: every trial
of an experiment faces the same rows. A reference that disagrees with itself under another hash seed is refused.
"""

import itertools
import math
import random
import warnings
from dataclasses import dataclass
from typing import Any

from kgents.errors import UsageError
from kgents.verify import codec
from kgents.verify.domains import PROBES, Domain, domain_of, from_annotation, strategy, union
from kgents.verify.sandbox import Sandbox
from kgents.verify.spec import Spec, constants, examples_in, parameters
from kgents.verify.variation import vary

GENERATED = 220
VARIED = 160
KEPT = 120
EXCEPTIONAL = 20
WALL = 20.0
ONE_CALL = 0.1  # CPU seconds that the reference may take for one input of the corpus
ALL_CALLS = 1.0  # CPU seconds that it may take for all that are kept: a candidate has ten times as many
SLOW = 30  # inputs that take longer than ONE_CALL, after which no more are tried
COMBINATIONS = 1200

Row = tuple[Any, Any]  # encoded arguments, {"value": …} or {"raised": name}


@dataclass(frozen=True, slots=True)
class Corpus:
    """What every candidate of an experiment is asked."""

    entry: str
    rows: tuple[Row, ...]
    how: str  # where the types of the arguments came from


def derive(spec: Spec, sandbox: Sandbox, given: list[tuple[Any, ...]] | None = None) -> Corpus:
    """The corpus of a runnable spec. UsageError where it is not deterministic, never returns, or takes nothing we know."""
    assert spec.entry is not None
    entry = spec.entry.name
    inputs, how = ([list(row) for row in given], "given") if given else _inputs(spec, sandbox)
    encoded = list({codec.dumps(row): row for row in map(_encoded, inputs) if row is not None}.values())
    first = sandbox.calls(spec.text, entry, encoded, WALL, ONE_CALL, enough=_Patience())
    if first.load is not None:
        raise UsageError(
            f"--spec cannot be loaded: {_said(first.load)}", "a spec that runs is its own oracle; else give --tests"
        )
    answered = [(arguments, one) for arguments, one in zip(encoded, first.answers, strict=False) if not _slow(one)]
    again = [arguments for arguments, _ in answered]
    second = sandbox.calls(spec.text, entry, again, WALL, 5 * ONE_CALL, other_hashes=True)
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
    if not rows:
        raise UsageError(
            f"--spec: no input was found for which {entry} gives an answer that can be compared",
            "give --inputs FILE (one JSON list of arguments a line), or --tests FILE",
        )
    return Corpus(entry, tuple(_chosen(_affordable(rows))), how)


class _Patience:
    """Ends a batch when too many of its inputs take too long."""

    def __init__(self) -> None:
        self._slow = 0

    def __call__(self, index: int, answer: Any) -> bool:
        self._slow += _slow(answer)
        return self._slow >= SLOW


def _slow(answer: Any) -> bool:
    return isinstance(answer, dict) and "raised" in answer and answer["raised"][0] == "_CallTimeout"


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


def _said(loaded: Any) -> str:
    raised = loaded.get("raised") if isinstance(loaded, dict) else None
    return f"{raised[0]}: {raised[2]}" if raised else "no reason given"


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


def _inputs(spec: Spec, sandbox: Sandbox) -> tuple[list[Any], str]:
    examples = examples_in(spec)
    domains, how = _domains(spec, examples, sandbox)
    integers, floats, strings = constants(spec)
    generated: list[Any] = []
    for place, domain in enumerate(domains[:2]):
        generated += _generated(domain, integers, floats, strings, GENERATED if place == 0 else GENERATED // 3)
    seeds = examples or generated[:20]
    return [*examples, *generated, *vary(seeds, VARIED, random.Random(12345), integers, strings)], how


def _generated(
    domain: tuple[Domain, ...], integers: list[int], floats: list[float], strings: list[str], count: int
) -> list[Any]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    found: list[Any] = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*[strategy(kind, integers, floats, strings) for kind in domain]))
    def collect(arguments: Any) -> None:
        found.append(arguments)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            collect()
        except HypothesisException:
            return found
    return found


def _domains(spec: Spec, examples: list[tuple[Any, ...]], sandbox: Sandbox) -> tuple[list[tuple[Domain, ...]], str]:
    """The domains of the arguments, best first, and where they came from."""
    assert spec.entry is not None
    known: list[Domain | None] = []
    for place, parameter in enumerate(parameters(spec.entry)):
        shown = [example[place] for example in examples if len(example) > place]
        known.append(
            from_annotation(parameter.annotation) or (union([domain_of(value) for value in shown]) if shown else None)
        )
    if all(known):
        return [tuple(domain for domain in known if domain)], "annotations and examples"
    return _probed(spec, known, sandbox), "probing"


def _probed(spec: Spec, known: list[Domain | None], sandbox: Sandbox) -> list[tuple[Domain, ...]]:
    assert spec.entry is not None
    options = [[domain] if domain else list(PROBES) for domain in known]
    combinations = list(itertools.islice(itertools.product(*options), COMBINATIONS))
    calls, owners = [], []
    for number, combination in enumerate(combinations):
        for turn in range(3):
            calls.append(codec.encode([_sample(domain, turn) for domain in combination]))
            owners.append(number)
    batch = sandbox.calls(spec.text, spec.entry.name, calls, WALL, ONE_CALL, enough=_Patience())
    if batch.load is not None:
        raise UsageError(f"--spec cannot be loaded: {_said(batch.load)}", "correct it, or give --tests")
    worked = [0] * len(combinations)
    refused = [0] * len(combinations)
    for number, answer in zip(owners, batch.answers, strict=False):
        if "value" in answer:
            worked[number] += 1
        elif answer["raised"][0] in ("TypeError", "AttributeError", "_CallTimeout"):
            refused[number] += 1
    good = [combination for combination, w, r in zip(combinations, worked, refused, strict=True) if w and not r]
    if good:
        return good
    ranked = sorted(range(len(combinations)), key=lambda number: -worked[number])
    return [combinations[number] for number in ranked[:2] if worked[number]] or [tuple(("int",) for _ in known)]


def _sample(domain: Domain, turn: int) -> Any:
    if domain in PROBES:
        return PROBES[domain][turn]
    match domain:
        case ("none",):
            return None
        case ("bytes",):
            return b"ab"
        case ("list", inner) | ("many", inner) | ("set", inner):
            made = [_sample(inner, turn)]
            return made if domain[0] == "list" else tuple(made) if domain[0] == "many" else set(made)
        case ("tuple", *inners):
            return tuple(_sample(inner, turn) for inner in inners)
        case ("dict", key, value):
            return {_sample(key, turn): _sample(value, turn)}
        case ("or", *inners):
            return _sample(inners[turn % len(inners)], turn)
        case _:
            return turn


def equal(expected: Any, got: Any, tolerance: float = 1e-9) -> bool:
    """Whether two plain values are the same: floats within a relative tolerance, NaN equals NaN, True is not 1."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return type(expected) is type(got) and expected == got
    if isinstance(expected, float) or isinstance(got, float):
        return _close(expected, got, tolerance)
    if isinstance(expected, complex) and isinstance(got, complex):
        return _close(expected.real, got.real, tolerance) and _close(expected.imag, got.imag, tolerance)
    if isinstance(expected, list | tuple) and type(expected) is type(got):
        pairs = zip(expected, got, strict=False)
        return len(expected) == len(got) and all(equal(one, two, tolerance) for one, two in pairs)
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(equal(expected[key], got[key], tolerance) for key in expected)
    return type(expected) is type(got) and bool(expected == got)


def _close(one: Any, two: Any, tolerance: float) -> bool:
    if not isinstance(one, int | float) or not isinstance(two, int | float):
        return False
    if isinstance(one, float) and isinstance(two, float) and math.isnan(one) and math.isnan(two):
        return True
    try:
        return one == two or math.isclose(one, two, rel_tol=tolerance, abs_tol=1e-12)
    except OverflowError:
        return False

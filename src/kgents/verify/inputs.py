"""Arguments to try on a function: types from annotations, from the docstring's examples, or from probing the function in
the sandbox; values from Hypothesis, from constants that the code mentions, and from mutating the examples.
"""

import itertools
import random
import warnings
from typing import Any

from kgents.errors import UsageError
from kgents.sandbox.batch import Batch, Patience
from kgents.sandbox.inside import values as codec
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.domains import PROBES, Domain, domain_of, from_annotation, strategy, union
from kgents.verify.spec import Spec, constants, examples_in, parameters
from kgents.verify.variation import vary

GENERATED = 220
VARIED = 160
WALL = 20.0
ONE_CALL = 0.1  # CPU seconds that the reference may take for one input
COMBINATIONS = 1200


def inputs_of(spec: Spec, sandbox: Sandbox) -> tuple[list[Any], str]:
    """Argument tuples for the function in question, and where their types came from."""
    examples = examples_in(spec)
    domains, how = _domains(spec, examples, sandbox)
    integers, floats, strings = constants(spec)
    found: list[Any] = []
    for place, domain in enumerate(domains[:2]):
        found += generated(domain, integers, floats, strings, GENERATED if place == 0 else GENERATED // 3)
    seeds = examples or found[:20]
    return [*examples, *found, *vary(seeds, VARIED, random.Random(12345), integers, strings)], how


def generated(
    domain: tuple[Domain, ...], integers: list[int], floats: list[float], strings: list[str], count: int
) -> list[Any]:
    """`count` argument tuples of a domain, the same ones every time."""
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
    batch = sandbox.calls(spec.text, spec.entry.name, calls, WALL, ONE_CALL, enough=Patience())
    if batch.load is not None:
        raise UsageError(f"--spec cannot be loaded: {said_of(batch)}", "correct it, or give --tests")
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


def said_of(batch: Batch) -> str:
    """Why a text could not be loaded."""
    raised = batch.load.get("raised") if isinstance(batch.load, dict) else None
    return f"{raised[0]}: {raised[2]}" if raised else "no reason given"

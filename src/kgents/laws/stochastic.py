"""Stochastic targets: P(the law holds) ≥ t as a Bernoulli stream, decided by the ordinary stopping rules.

Rule: the elements come from the declared sampler `LawSpec(sample=…)`, seeded per trial: independent draws, which a
search for counterexamples does not give. A law between noisy outputs in distribution is another question (see `probe`).
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from kgents.domain.seeds import derive
from kgents.errors import UsageError
from kgents.laws.family import Family, LawSpec, resolve
from kgents.laws.law import Law, laws_of
from kgents.laws.observation import observe, same
from kgents.laws.search import sides_of
from kgents.stats import Design, Side, boundary


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a law held, and on which side of the target rate that is; None where the design is not decided."""

    side: Side | None
    trials: int
    held: int


def rate(target: Any, law: str, spec: LawSpec, design: Design, seed: int = 0) -> Rate:
    """Draws until the design decides. UsageError where no sampler is declared or the law needs more than elements."""
    if spec.sample is None:
        raise UsageError("a stochastic target needs a sampler", "LawSpec(sample=lambda random: …)")
    name = target.__name__
    family = resolve(target, spec, name, "")
    (wanted,) = laws_of((law,))
    if "e" in wanted.needs:
        family = family.with_identity(family.identities[0])
    rule, held, trials = boundary(design), 0, 0
    loop = asyncio.new_event_loop()
    try:
        while rule.decide(trials, held) is None and trials < (design.max_trials or 100_000):
            held += _holds(wanted, family, spec, derive(seed, trials), loop)
            trials += 1
    finally:
        loop.close()
    return Rate(rule.decide(trials, held), trials, held)


def _holds(law: Law, family: Family, spec: LawSpec, seed: int, loop: asyncio.AbstractEventLoop) -> bool:
    draw = random.Random(seed)
    environment = dict(family.environment)
    for name in law.variables:
        if name not in ("a", "b", "c"):
            raise UsageError(
                f"the law {law.name} needs more than elements", "identity, associativity, commutativity, …"
            )
        assert spec.sample is not None
        environment[name] = spec.sample(draw)
    environment["x"] = draw.randint(-100, 100)
    left, right = sides_of(law, family.operations, family)
    return same(observe(left, environment, loop), observe(right, environment, loop))

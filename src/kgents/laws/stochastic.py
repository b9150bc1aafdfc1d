"""Stochastic targets: P(the law holds) ≥ t as a Bernoulli stream, decided by the ordinary stopping rules.

Rule: the elements come from the declared sampler `LawSpec(sample=…)`, seeded per trial: independent draws, which a
search for counterexamples does not give. A law between noisy outputs in distribution is another question (see `probe`).
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.domain.seeds import derive
from kgents.errors import UsageError
from kgents.laws.catalogue import laws_of
from kgents.laws.examination import declared, named
from kgents.laws.observation import Observed, observe, same
from kgents.laws.program import sides_of
from kgents.laws.resolution import resolve
from kgents.laws.spec import LawSpec
from kgents.stats import Design, Side, boundary


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a law held, and on which side of the target rate that is; None where the design is not decided."""

    side: Side | None
    trials: int
    held: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: the elements by name, what the two sides came to, and whether they are the same."""

    inputs: Mapping[str, str]
    left: str
    right: str
    held: bool


class Sampler:
    """Draws elements of a target and sees whether a law holds on them."""

    def __init__(self, target: Any, law: str, spec: LawSpec) -> None:
        """UsageError where no sampler is declared or the law needs more than elements."""
        name, origin, target_object = named(target)
        spec = declared(target_object, spec)
        if spec.sample is None:
            raise UsageError(
                "a stochastic target needs a sampler",
                "--sample 'Name(random.randint(0, 9))', or LawSpec(sample=lambda random: …)",
            )
        (self._law,) = laws_of((law,))
        if any(variable not in ("a", "b", "c") for variable in self._law.variables):
            raise UsageError(f"the law {law} needs more than elements", "identity, associativity, commutativity, …")
        family = resolve(target_object, spec, name, origin)
        if "e" in self._law.needs:
            family = family.with_identity(family.identities[0])
        missing = [need for need in self._law.needs if need not in family.operations]
        if missing:
            raise UsageError(f"the law {law} needs {', '.join(missing)}", "give them, or name another law")
        self._family = family
        self._sample = spec.sample
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """Lets go of the event loop."""
        self._loop.close()

    def draw(self, seed: int) -> Draw:
        """One independent draw."""
        source = random.Random(seed)
        environment = dict(self._family.environment)
        drawn = {name: self._element(source, environment) for name in self._law.variables}
        environment.update(drawn)
        environment["x"] = source.randint(-100, 100)
        left, right = sides_of(self._law, self._family.operations, self._family)
        sides = observe(left, environment, self._loop), observe(right, environment, self._loop)
        shown = {name: str(Observed(value)) for name, value in drawn.items()}
        return Draw(shown, str(sides[0]), str(sides[1]), same(*sides))

    def _element(self, source: random.Random, environment: Mapping[str, object]) -> Any:
        if callable(self._sample):
            return self._sample(source)
        drawn = eval(str(self._sample), {**environment, "random": source})
        return drawn(source) if callable(drawn) and "random" in _names_of(drawn) else drawn


def _names_of(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return () if code is None else tuple(code.co_varnames[: code.co_argcount])


def rate(target: Any, law: str, spec: LawSpec, design: Design, seed: int = 0) -> Rate:
    """Draws until the design decides. UsageError where no sampler is declared or the law needs more than elements."""
    sampler = Sampler(target, law, spec)
    rule, held, trials = boundary(design), 0, 0
    try:
        while rule.decide(trials, held) is None and trials < (design.max_trials or 100_000):
            held += sampler.draw(derive(seed, trials)).held
            trials += 1
    finally:
        sampler.close()
    return Rate(rule.decide(trials, held), trials, held)

"""A stochastic target is a Bernoulli stream with a declared sampler."""

import random

import pytest

from kgents.errors import UsageError
from kgents.laws import LawSpec, examine
from kgents.laws.finding import LawVerdict
from kgents.laws.stochastic import rate
from kgents.stats import Design, Prior, Rule, Side

NOISE = random.Random(3)
DESIGN = Design(Rule.CALIBRATED, 0.8, 0.95, 100, Prior(), 0.0)


class Noisy:
    """Adds one now and then."""

    def __init__(self, n: int):
        self.n = n

    def __add__(self, other):
        return Noisy(self.n + other.n + (NOISE.random() < 0.3))


class Exact(Noisy):
    def __add__(self, other):
        return Exact(self.n + other.n)


def test_a_lawful_target_is_supported_and_a_noisy_one_refuted():
    spec = LawSpec(sample=lambda draw: Exact(draw.randint(0, 9)))
    assert rate(Exact, "associativity", spec, DESIGN).side is Side.SUPPORTED
    spec = LawSpec(sample=lambda draw: Noisy(draw.randint(0, 9)))
    assert rate(Noisy, "associativity", spec, DESIGN).side is Side.REFUTED


def test_a_search_on_a_random_target_does_not_say_refuted_where_it_does_not_replay():
    (found,) = examine(Noisy, ("commutativity",), cases=50).findings
    assert found.verdict in (LawVerdict.ERROR, LawVerdict.REFUTED)
    assert found.verdict is LawVerdict.ERROR, "the noise replayed three times"


def test_without_a_sampler_it_is_a_usage_error():
    with pytest.raises(UsageError, match="sampler"):
        rate(Exact, "associativity", LawSpec(), DESIGN)

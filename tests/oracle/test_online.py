"""Decisions of a history that stand together: the false discovery rate, exactly for short ones and simulated for long ones."""

import math
from itertools import product

import numpy as np
import pytest

from kgents.stats import Design, Rule, boundary, e_lond, log_rate_above, share_of

DESIGN = Design(Rule.CALIBRATED, 0.5, 0.9, 60)


def stops(design: Design, p: float) -> list[tuple[float, float]]:
    """(probability, logarithm of the e-value) of every state in which a run stops."""
    rule, found, going = boundary(design), [], {(0, 0): 1.0}
    while going:
        following: dict[tuple[int, int], float] = {}
        for (n, s), mass in going.items():
            if rule.decide(n, s) is not None:
                found.append((mass, log_rate_above(n, s, design.target or 0.5)))
                continue
            for more, chance in ((0, 1 - p), (1, p)):
                following[n + 1, s + more] = following.get((n + 1, s + more), 0.0) + mass * chance
        going = {state: mass for state, mass in following.items() if mass}
    return found


def test_the_shares_add_up_to_one() -> None:
    """Any number of hypotheses have less than the whole."""
    assert math.fsum(map(share_of, range(1, 200))) == pytest.approx(1 - 1 / math.log2(201))
    assert all(share_of(place) > share_of(place + 1) > 0 for place in range(1, 10_000))


def test_every_rejection_makes_later_levels_larger() -> None:
    """αγ(R + 1), with R rejections before."""
    stands = e_lond([math.log(60), 0.0, math.log(1000), math.log(100)], 0.05)
    assert [stand.rejected for stand in stands] == [True, False, True, False]
    before = (1, 2, 2, 3)
    assert [stand.level for stand in stands] == pytest.approx([0.05 * share_of(t + 1) * before[t] for t in range(4)])
    assert e_lond([], 0.05) == []


def test_an_e_value_has_expectation_one_at_most_wherever_a_run_stops() -> None:
    """Exactly one at the target, less below it."""
    assert sum(mass * math.exp(log) for mass, log in stops(DESIGN, 0.5)) == pytest.approx(1)
    for p in (0.1, 0.3, 0.49):
        assert sum(mass * math.exp(log) for mass, log in stops(DESIGN, p)) < 1


@pytest.mark.parametrize("rates", [(0.5, 0.5, 0.5), (0.95, 0.5, 0.4), (0.95, 0.9, 0.5), (0.5, 0.95, 0.5)])
def test_the_rate_of_wrong_ones_among_three_is_at_most_alpha(rates: tuple[float, ...]) -> None:
    """Every way in which three runs can end; the second design has a small cap to keep them few."""
    small = Design(Rule.CALIBRATED, 0.5, 0.8, 8)
    for alpha in (0.2, 0.5, 0.9):
        expected = 0.0
        for way in product(*(stops(small, rate) for rate in rates)):
            stands = e_lond([log for _, log in way], alpha)
            called = [rate <= 0.5 for rate, stand in zip(rates, stands, strict=True) if stand.rejected]
            expected += math.prod(mass for mass, _ in way) * sum(called) / max(1, len(called))
        assert expected <= alpha


def test_a_thousand_histories_of_a_hundred_runs() -> None:
    """One in ten above the target, the others exactly at it: FDR at most α, within three standard errors; and some power."""
    random, alpha, wrong, right = np.random.default_rng(7), 0.05, [], 0
    ends = {rate: stops(Design(Rule.CALIBRATED, 0.5, 0.9999, 100), rate) for rate in (0.5, 0.95)}
    drawn = {
        rate: random.choice(len(rows), (1000, 100), p=np.array([mass for mass, _ in rows]) / sum(m for m, _ in rows))
        for rate, rows in ends.items()
    }
    true = random.random((1000, 100)) < 0.1
    for history in range(1000):
        rates = [0.95 if above else 0.5 for above in true[history]]
        logs = [ends[rate][drawn[rate][history, place]][1] for place, rate in enumerate(rates)]
        called = [rate for rate, stand in zip(rates, e_lond(logs, alpha), strict=True) if stand.rejected]
        wrong.append(called.count(0.5) / max(1, len(called)))
        right += called.count(0.95)
    assert np.mean(wrong) <= alpha + 3 * np.std(wrong) / math.sqrt(1000)
    assert right > 1000

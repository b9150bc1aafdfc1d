"""E-values by exact enumeration: under the law their mean is 1, and intervals cover."""

from collections import Counter
from copy import deepcopy
from itertools import permutations, product

import pytest

from kgents.stats.evalues import Betting, KSample, MeanInterval, OddOneOut, RateAbove, average, drop, e_bh, excess


def _sequences(masses, length):
    """Every sequence of blocks with its probability, both sides drawn from `masses`."""
    blocks = []
    for block in product(range(len(masses)), repeat=4):
        chance = 1.0
        for answer in block:
            chance *= masses[answer]
        blocks.append((block, chance))
    for sequence in product(blocks, repeat=length):
        chance = 1.0
        for _, mass in sequence:
            chance *= mass
        yield [block for block, _ in sequence], chance


@pytest.mark.parametrize("block", list(product(range(3), repeat=4)))
def test_d_has_mean_zero_over_the_orders_of_a_block(block):
    assert sum(excess(order) for order in permutations(block)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("masses", [(0.5, 0.5), (0.9, 0.1)])
def test_e_values_have_mean_one_under_the_law(masses):
    totals = [0.0, 0.0, 0.0]
    for blocks, chance in _sequences(masses, 3):
        betting, odd = Betting(), OddOneOut()
        for block in blocks:
            betting.see(excess(block))
            odd.see(block)
        values = average([betting.log]), average([odd.log]), average([betting.log, odd.log])
        totals = [total + chance * value for total, value in zip(totals, values, strict=True)]
    assert totals == pytest.approx([1, 1, 1], abs=1e-9)


def test_e_values_grow_where_the_law_is_broken():
    betting, odd = Betting(), OddOneOut()
    for _ in range(30):
        betting.see(excess((0, 0, 1, 1)))
        odd.see((0, 0, 1, 1))
    assert average([betting.log, odd.log]) > 1e6


@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
def test_the_k_sample_e_value_has_mean_at_most_one(p):
    total = 0.0
    for answers in product((0, 1), repeat=8):
        chance = 1.0
        for answer in answers:
            chance *= (p, 1 - p)[answer]
        test = KSample()
        for plain, transformed in zip(answers[::2], answers[1::2], strict=True):
            test.see(plain, transformed)
        total += chance * average([test.log])
    assert total <= 1 + 1e-9


@pytest.mark.parametrize("value", [excess, drop])
@pytest.mark.parametrize("level", [0.5, 0.8])
def test_the_confidence_sequence_covers_at_every_look(value, level):
    """P(the true mean is ever outside) ≤ 1 − level, by enumeration; the true mean is 0 under the law.

    Blocks of one value are one: the interval sees nothing else of them. A sequence that is outside is not gone on with.
    """
    values = Counter()
    for (block,), chance in _sequences((0.7, 0.3), 1):
        values[value(block)] += chance
    missed, open_ = 0.0, [(MeanInterval(-1.0, 1.0, level), 1.0)]
    for _ in range(3):
        longer = []
        for interval, chance in open_:
            for seen, share in values.items():
                more = deepcopy(interval)
                more.see(seen)
                longer.append((more, chance * share))
        missed += sum(chance for interval, chance in longer if not interval.low <= 0 <= interval.high)
        open_ = [(interval, chance) for interval, chance in longer if interval.low <= 0 <= interval.high]
    assert missed <= 1 - level


def test_e_bh_rejects_by_rank():
    assert e_bh([100, 30, 1], 0.1) == [True, True, False]
    assert e_bh([9, 9, 1], 0.1) == [False, False, False]


@pytest.mark.parametrize(("rate", "limit"), [(0.1, 0.1), (0.3, 0.3), (0.05, 0.2)])
def test_the_e_value_of_a_rate_has_mean_at_most_one_at_or_below_its_limit(rate, limit):
    total = 0.0
    for events in product((0, 1), repeat=12):
        test = RateAbove(limit)
        for event in events:
            test.see(bool(event))
        total += average([test.log]) * rate ** sum(events) * (1 - rate) ** (12 - sum(events))
    assert total <= 1 + 1e-9


def test_the_interval_of_a_mean_narrows_around_it():
    """No bet puts more than half of the wealth at risk, so no single value leaves out the mean."""
    interval = MeanInterval(0.0, 1.0, 0.95)
    for turn in range(84):
        interval.see(float(turn % 14 != 6))
        assert interval.low <= 13 / 14 <= interval.high
    assert interval.low > 0.75

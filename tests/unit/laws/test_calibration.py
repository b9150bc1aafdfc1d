"""The instrument calibrated on a reasoner with a known truth: type-I error, power and coverage, beside modes of samples.

What is random is judged by a sequential test of our own at an error of 1e-9: `RateAbove` reaches 1e9 only if a rate is
above its limit.
"""

import math
import random
from collections import Counter

import pytest

from kgents.engine.blocks import Blocks
from kgents.stats import Design, Prior, Rule
from kgents.stats.evalues import Betting, KSample, MeanInterval, OddOneOut, RateAbove, average, drop, excess

ALPHA = 0.05
SURE = math.log(1e9)


def masses(s, k=6):
    """Share s on one answer, Zipf on the rest."""
    weights = [1 / rank for rank in range(1, k)]
    return [s, *[(1 - s) * weight / sum(weights) for weight in weights]]


def answers(draw, s, d, count):
    """So many answers, a share d of them moved to another."""
    drawn = draw.choices(range(6), masses(s), k=count)
    return [99 if draw.random() < d else answer for answer in drawn]


def block(draw, s, d):
    return (*answers(draw, s, 0.0, 2), *answers(draw, s, d, 2))


def violated(draw, shares, d, blocks=100):
    """The block at which a suite is called violated, or None: both e-values, and the pairs of a single problem."""
    betting, odd, pairs = Betting(), OddOneOut(), KSample()
    for number in range(blocks):
        score = block(draw, shares[number % len(shares)], d)
        betting.see(excess(score))
        odd.see(score)
        logs = [betting.log, odd.log]
        if len(shares) == 1:
            pairs.see(score[0], score[2])
            pairs.see(score[1], score[3])
            logs.append(pairs.log)
        if average(logs) >= 1 / ALPHA:
            return number + 1
    return None


@pytest.mark.parametrize("shares", [(0.98, 0.9, 0.7, 0.45), (0.6,), (0.95,), (0.4,)])
def test_false_alarms_are_rarer_than_alpha_looking_after_every_block(shares):
    """600 null suites of 100 blocks."""
    draw = random.Random(hash(shares))
    error = RateAbove(ALPHA)
    for _ in range(600):
        error.see(violated(draw, shares, 0.0) is not None)
    assert error.log < SURE


def test_the_comparison_of_modes_cries_wolf():
    """Without any effect the most frequent of ten answers differs from that of ten others far too often."""
    draw = random.Random(5)
    error = RateAbove(0.2)
    for _ in range(600):
        sides = [Counter(answers(draw, 0.4, 0.0, 10)).most_common(1)[0][0] for _ in range(2)]
        error.see(sides[0] != sides[1])
    assert error.log > SURE


@pytest.mark.parametrize(("s", "d", "most"), [(0.95, 0.3, 40), (0.8, 0.3, 60), (0.8, 0.6, 25), (0.6, 0.6, 40)])
def test_power(s, d, most):
    """At least nine of ten suites with an effect are found, in so many blocks on average."""
    draw = random.Random(7)
    found = [violated(draw, (s,), d, 200) for _ in range(60)]
    hits = [blocks for blocks in found if blocks is not None]
    assert len(hits) >= 54
    assert sum(hits) / len(hits) <= most


def test_modes_are_blind_to_a_shift_that_spares_the_mode():
    draw = random.Random(9)
    seen = 0
    for _ in range(300):
        sides = [Counter(answers(draw, 0.8, d, 10)).most_common(1)[0][0] for d in (0.0, 0.3)]
        seen += sides[0] != sides[1]
    assert seen / 300 < 0.4
    assert sum(violated(draw, (0.8,), 0.3, 100) is not None for _ in range(60)) / 60 > 0.9


@pytest.mark.parametrize("d", [0.0, 0.3])
def test_limits_hold_at_every_look(d):
    """The truth is outside at some block in at most a share α of the runs."""
    p = [*masses(0.8), 0.0]
    q = [*[(1 - d) * mass for mass in p[:-1]], d]
    cross = sum(a * b for a, b in zip(p, q, strict=True))
    kappa, moved = sum(a * a for a in p), sum(b * b for b in q)
    draw, missed = random.Random(11), RateAbove(ALPHA)
    for _ in range(40):
        limits = ((MeanInterval(-0.5, 1.0, 0.95), (kappa + moved) / 2 - cross, excess),
                  (MeanInterval(-1.0, 1.0, 0.95), kappa - cross, drop))  # fmt: skip
        out = False
        for _ in range(60):
            score = block(draw, 0.8, d)
            for interval, truth, value in limits:
                interval.see(value(score))
                out = out or not interval.low <= truth <= interval.high
        missed.see(out)
    assert missed.log < SURE


def test_several_transformations_share_plain_answers_and_the_family_errs_at_most_alpha():
    """Three null laws on the same plain answers, stopped by the decider itself."""
    draw, error = random.Random(13), RateAbove(ALPHA)
    for _ in range(60):
        decider = Blocks(Design(Rule.FIXED, None, 1 - ALPHA, 40, Prior(), 0.0), 3, 0.05, single=(0, 1, 2))
        index = 0
        while decider.decision() is None:
            plain = answers(draw, 0.6, 0.0, 2)
            for arm in range(3):
                score = tuple(answer + 1 for answer in (*plain, *answers(draw, 0.6, 0.0, 2)))
                decider.consume(arm, index, True, score)
            index += 1
        words = [law["verdict"] for law in decider.decision().detail["laws"]]
        error.see(bool({"violated", "measurable"} & set(words)))
    assert error.log < SURE

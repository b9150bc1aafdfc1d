"""The monitor of a series: its average run length, by every sequence and by a simulation with its Monte-Carlo error."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from kgents.stats import FallDetector

TWO = {0.0: Fraction(1, 4), 1.0: Fraction(3, 4)}
THREE = {0.0: Fraction(1, 8), 0.5: Fraction(1, 4), 1.0: Fraction(5, 8)}  # of mean 3/4


@pytest.mark.parametrize(("law", "length"), [(TWO, 13), (THREE, 8)])
@pytest.mark.parametrize("average", [1.5, 3.0, 8.0])
def test_an_alarm_without_a_fall_takes_so_many_trials_at_least(
    law: dict[float, Fraction], length: int, average: float
) -> None:
    """By every sequence of a law at the limit: A P(N ≤ n) ≤ E min(N, n) for all n, from which E N ≥ A follows."""
    alarms, lasted = [Fraction(0)] * (length + 1), [Fraction(0)] * (length + 1)
    for path in product(law, repeat=length):
        detector, chance = FallDetector(0.75, average), Fraction(1)
        for x in path:
            detector.add(x)
            chance *= law[x]
        for n in range(1, length + 1):
            over = detector.alarm is not None and detector.alarm <= n
            alarms[n] += chance * over
            lasted[n] += chance * (min(detector.alarm, n) if detector.alarm is not None else n)
    assert all(Fraction(average) * early <= run for early, run in zip(alarms, lasted, strict=True))
    assert alarms[-1] > 0


def test_the_average_run_length_of_a_thousand_series() -> None:
    """At a rate exactly at the limit, average run length 50, fixed seed; three standard errors are taken off."""
    random, lengths = Random(19), []
    for _ in range(1000):
        detector = FallDetector(0.9, 50)
        while detector.alarm is None:
            detector.add(float(random.random() < 0.9))
        lengths.append(detector.alarm)
    mean = sum(lengths) / len(lengths)
    error = (sum((length - mean) ** 2 for length in lengths) / len(lengths) ** 2) ** 0.5
    assert mean - 3 * error >= 50


def test_a_fall_is_found_and_dated() -> None:
    """Nine of ten, then one of two from trial 201 on: an alarm soon after, dated near it; what follows changes nothing."""
    detector = FallDetector(0.85, 1000)
    for place in range(200):
        detector.add(float(place % 10 != 0))
    assert detector.alarm is None
    for place in range(200):
        detector.add(float(place % 2 == 0))
    assert detector.alarm is not None
    assert 203 <= detector.alarm <= 225
    start = detector.since()
    assert start is not None
    assert 195 <= start <= 206


def test_what_has_no_meaning_is_refused() -> None:
    for limit, average in ((0.0, 10.0), (1.0, 10.0), (0.5, 1.0)):
        with pytest.raises(ValueError, match="limit"):
            FallDetector(limit, average)
    with pytest.raises(ValueError, match="from 0 to 1"):
        FallDetector(0.5, 10).add(1.5)

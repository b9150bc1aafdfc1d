"""pass@k and suites: against fractions, mpmath, Clopper–Pearson and the enumeration of every outcome."""

import itertools
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from math import comb

import mpmath
import pytest

from kgents.domain.plan import Plan
from kgents.domain.prefix import Prefix, Tally, Totals
from kgents.domain.summary import Summary
from kgents.kinds.suite.total import estimator, total
from kgents.stats import (
    Boundary,
    Design,
    Interval,
    Rule,
    boundary,
    pass_at_k,
    pass_at_k_interval,
    pass_at_k_stopped,
    suite_difference,
    suite_mean,
)
from kgents.stats.analysis import clopper_pearson
from kgents.stats.bounded import mean_limits
from kgents.stats.lattice import forward
from kgents.stats.stopped import unbiased_rate

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_pass_at_k_is_the_quotient_of_binomial_coefficients() -> None:
    for n in range(1, 25):
        for c, k in itertools.product(range(n + 1), range(1, n + 1)):
            exact = 1 - Fraction(comb(n - c, k), comb(n, k))
            assert math.isclose(pass_at_k(n, c, k), float(exact), rel_tol=1e-14)


@pytest.mark.parametrize(("n", "c", "k"), [(200, 3, 100), (10**7, 2, 10**6), (10**7, 10**6, 5), (10**7, 3000, 3000)])
def test_pass_at_k_of_many_samples(n: int, c: int, k: int) -> None:
    with mpmath.workdps(40):
        log = sum(map(mpmath.loggamma, (n - c + 1, n - k + 1))) - sum(map(mpmath.loggamma, (n - c - k + 1, n + 1)))
        exact = float(1 - mpmath.exp(log))
    assert math.isclose(pass_at_k(n, c, k), exact, rel_tol=1e-13)


@pytest.mark.parametrize(("n", "c", "k"), [(5, 6, 1), (5, -1, 1), (5, 2, 6), (5, 2, 0), (0, 0, 1)])
def test_pass_at_k_of_nothing_is_an_error(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(n, c, k)


def _interrupted(found: Boundary, rounds: int) -> Iterator[tuple[int, int, int]]:
    """(trials, successes, number of paths) of every state in which a task is when its run ends after so many rounds."""
    paths = {0: 1}
    for n in range(1, rounds + 1):
        following: dict[int, int] = {}
        for s, ways in paths.items():
            for further in (s, s + 1):
                following[further] = following.get(further, 0) + ways
        stopped = {s for s in following if found.decide(n, s) is not None}
        yield from ((n, s, following[s]) for s in sorted(stopped))
        paths = {s: ways for s, ways in following.items() if s not in stopped}
    yield from ((rounds, s, ways) for s, ways in paths.items())


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("rounds", [8, 15, 25])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.9])
def test_a_task_of_a_suite_that_a_budget_ends_has_an_unbiased_estimate(target: float, rounds: int, k: int) -> None:
    """Over all paths of an adaptive task that is decided or interrupted, whichever comes first (s/n errs by up to .026)."""
    design = Design(Rule.CALIBRATED, target, 0.95, 100)
    estimate = estimator(design)
    states = list(_interrupted(boundary(design), rounds))
    values = [estimate(n, s, k) for n, s, _ in states]
    for p in (0.05, 0.3, 0.62, 0.85, 0.97):
        masses = [ways * p**s * (1 - p) ** (n - s) for n, s, ways in states]
        assert math.isclose(sum(masses), 1, rel_tol=1e-12)
        mean = sum(mass * value for mass, value in zip(masses, values, strict=True) if value is not None)
        assert math.isclose(mean, 1 - (1 - p) ** k, abs_tol=1e-11)


def test_a_suite_whose_tasks_are_left_out_by_their_outcome_has_no_estimate() -> None:
    """pass@10 after five rounds: tasks decided by then are all successes, and a mean over them alone would say 1."""
    design = Design(Rule.CALIBRATED, 0.5, 0.95, 100)
    assert boundary(design).decide(8, 8) is not None
    planned = Plan("exp-x", "suite", "0" * 64, design, "d", 1, ("a", "b"))
    totals = Totals([Tally(8, 8), Tally(8, 3)])
    summary = Summary(planned, NOW, NOW, totals=totals, prefix=Prefix(totals))
    config = {"suite": "s", "suite_digest": "d", "left_out": 0, "k": [1, 10]}
    config["tasks"] = [{"id": name, "oracle": {"kind": "tests", "inside": False}} for name in "ab"]
    found = total(config, summary)["pass_at_k"]
    assert found["1"]["tasks"] == 2
    assert found["10"] is None


@pytest.mark.parametrize(("n", "k"), [(1, 1), (7, 3), (12, 12)])
def test_pass_at_k_is_unbiased(n: int, k: int) -> None:
    p = Fraction(3, 10)
    mean = sum(comb(n, c) * p**c * (1 - p) ** (n - c) * Fraction(pass_at_k(n, c, k)) for c in range(n + 1))
    assert math.isclose(mean, 1 - (1 - p) ** k, rel_tol=1e-13)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize(
    "design", [Design(Rule.CALIBRATED, 0.5, 0.9, 20), Design(Rule.SPRT, 0.4, 0.8, 30, margin=0.1, futility=0.0)]
)
def test_pass_at_k_is_unbiased_after_stopping_too(design: Design, k: int) -> None:
    found = boundary(design)
    for p in (0.1, 0.45, 0.8):
        mean = 0.0
        for row in forward(found, p, design.max_trials or 0):
            groups = (
                (row.supported_from, row.supported),
                (row.refuted_from, row.refuted),
                (row.inconclusive_from, row.inconclusive),
            )
            for first, masses in groups:
                for s, mass in enumerate(masses, first):
                    if not mass:
                        continue
                    value = pass_at_k_stopped(found, row.n, s, k)
                    assert value is not None
                    mean += mass * value
                    assert k > 1 or math.isclose(value, unbiased_rate(found, row.n, s), abs_tol=1e-12)
        assert math.isclose(mean, 1 - (1 - p) ** k, abs_tol=1e-12)


def test_after_stopping_no_more_is_known_than_the_design_looks_at() -> None:
    found = boundary(Design())
    assert pass_at_k_stopped(found, 7, 7, 7) == 1.0
    assert pass_at_k_stopped(found, 7, 0, 7) == 0.0
    assert pass_at_k_stopped(found, 7, 0, 8) is None


def test_an_interval_of_the_rate_is_one_of_pass_at_k() -> None:
    found = pass_at_k_interval(Interval(0.95, 0.1, 1.0), 3)
    assert math.isclose(found.low, 1 - 0.9**3, rel_tol=1e-15)
    assert (found.level, found.high) == (0.95, 1.0)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("n", "s"), [(1, 0), (5, 5), (30, 12), (1000, 998), (100_000, 3000)])
def test_limits_of_zeros_and_ones_are_those_of_clopper_and_pearson(n: int, s: int, level: float) -> None:
    exact = clopper_pearson(n, s, level)
    low, high = mean_limits([1.0] * s + [0.0] * (n - s), 0, 1, level)
    assert math.isclose(low, exact.low, abs_tol=2e-9)
    assert math.isclose(high, exact.high, abs_tol=2e-9)


def test_limits_move_with_the_range() -> None:
    values = [0.2, 0.9, 0.4, 0.4]
    low, high = mean_limits(values, 0, 1, 0.9)
    shifted = mean_limits([3 - 2 * value for value in values], 1, 3, 0.9)
    assert math.isclose(shifted[0], 3 - 2 * high, abs_tol=1e-9)
    assert math.isclose(shifted[1], 3 - 2 * low, abs_tol=1e-9)
    assert mean_limits([1.0] * 20, -1, 1, 0.95)[1] == 1.0


def configurations(total: int, law: list[float]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every way in which `total` independent draws fall, with its probability."""
    if len(law) == 1:
        yield (total,), law[0] ** total
        return
    for count in range(total + 1):
        share = comb(total, count) * law[0] ** count
        for rest, chance in configurations(total - count, law[1:]):
            yield (count, *rest), share * chance


def law_of(n: int, mixture: list[tuple[float, float]]) -> list[float]:
    """Of the successes of a task whose rate is drawn from the mixture."""
    return [sum(w * comb(n, c) * p**c * (1 - p) ** (n - c) for w, p in mixture) for c in range(n + 1)]


MIXTURES = [
    [(1.0, 0.5)],
    [(0.5, 0.05), (0.5, 0.95)],
    [(0.9, 1.0), (0.1, 0.0)],
    [(0.8, 0.02), (0.2, 0.5)],
]


@cache
def interval_of(n: int, k: int, tasks: tuple[int, ...]) -> Interval:
    """Of a suite in which so many tasks passed 0, 1, … of their n samples."""
    return suite_mean([(n, c) for c, x in enumerate(tasks) for _ in range(x)], k, 0.9).interval


@pytest.mark.parametrize(("tasks", "n", "k"), [(8, 1, 1), (12, 2, 1), (12, 2, 2), (6, 3, 2)])
@pytest.mark.parametrize("mixture", MIXTURES)
def test_the_interval_of_a_suite_covers(mixture: list[tuple[float, float]], tasks: int, n: int, k: int) -> None:
    truth = sum(w * (1 - (1 - p) ** k) for w, p in mixture)
    covered = 0.0
    for counts, chance in configurations(tasks, law_of(n, mixture)):
        if chance > 1e-9:
            interval = interval_of(n, k, counts)
            covered += chance * (interval.low <= truth <= interval.high)
    assert covered >= 0.9 - 1e-6


def test_a_difference_counts_tasks_not_samples() -> None:
    a, b = [(10, 9)] * 40 + [(10, 2)] * 5, [(10, 5)] * 40 + [(10, 2)] * 5
    found = suite_difference(a, b)
    assert (found.a_better, found.b_better, found.tasks) == (40, 0, 45)
    assert math.isclose(found.difference, 40 * 0.4 / 45)
    assert suite_difference([(1, 1), (9, 3)], [(1, 0), (9, 3)], k=2).left_out == 1
    with pytest.raises(ValueError, match="pass@11"):
        suite_difference(a, b, k=11)


def test_what_would_halve_the_width() -> None:
    samples = suite_mean([(4, 2)] * 25).to_halve  # all alike: only sampling varies
    assert samples.within_share == 1.0
    assert samples.samples_factor == 4.0
    between = suite_mean([(1000, 0)] * 10 + [(1000, 1000)] * 10).to_halve
    assert between.within_share < 0.001
    assert between.samples_factor is None
    assert between.tasks == 80
    mixed = [(8, c) for c in (3, 4, 5, 4, 3, 5, 6, 2)]
    factor = suite_mean(mixed).to_halve.samples_factor
    assert factor is not None
    assert factor > 1


CLUSTERED = [  # (probability of a cluster, its tasks, how many of them pass): tasks of one origin pass or fail together
    [(0.35, 3, 3), (0.35, 3, 0), (0.15, 1, 1), (0.15, 1, 0)],
    [(0.45, 4, 4), (0.05, 4, 0), (0.5, 1, 0)],
    [(0.5, 2, 2), (0.5, 2, 0)],
]


@pytest.mark.parametrize("law", CLUSTERED)
def test_limits_over_clusters_cover_where_those_over_tasks_do_not(law: list[tuple[float, int, int]]) -> None:
    """Six clusters, exactly, over all ways in which they can be drawn: the mean over tasks is E S / E T."""
    truth = sum(p * passed for p, _, passed in law) / sum(p * size for p, size, _ in law)
    covered = naive = 0.0
    for drawn in combinations_with_replacement(range(len(law)), 6):
        ways = math.factorial(6) / math.prod(math.factorial(drawn.count(kind)) for kind in set(drawn))
        chance = ways * math.prod(law[kind][0] for kind in drawn)
        tasks = [
            (place, (1, int(task < law[kind][2]))) for place, kind in enumerate(drawn) for task in range(law[kind][1])
        ]
        counts, owners = [count for _, count in tasks], [place for place, _ in tasks]
        found = suite_mean(counts, level=0.9, clusters=owners).interval
        passed = sum(success for _, (_, success) in tasks)
        alone = interval_of(1, 1, (len(tasks) - passed, passed))
        covered += chance * (found.low <= truth <= found.high)
        naive += chance * (alone.low <= truth <= alone.high)
    assert covered >= 0.9
    assert naive < 0.9


def test_clusters_of_one_task_are_tasks_and_alike_ones_of_two_are_half_as_many() -> None:
    counts = [(1, 1)] * 7 + [(1, 0)] * 3
    alone, single = suite_mean(counts), suite_mean(counts, clusters=range(10))
    assert single.interval == alone.interval
    assert (single.clusters, alone.clusters) == (10, None)
    doubled = suite_mean([count for count in counts for _ in (0, 1)], clusters=[place // 2 for place in range(20)])
    assert (doubled.tasks, doubled.clusters) == (20, 10)
    assert doubled.interval.low == pytest.approx(alone.interval.low, abs=1e-6)
    assert doubled.interval.high == pytest.approx(alone.interval.high, abs=1e-6)
    assert doubled.to_halve.tasks == 40

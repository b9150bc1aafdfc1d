"""Many tasks: the mean of pass@k and its interval, and two models task by task. The unit is the task.

A task is (trials, successes). The tasks are taken for a sample of all tasks of their kind, and each gives one number
between 0 and 1: its unbiased estimate. Estimates of different tasks are independent, and their spread holds both what
differs between tasks and what the samples within a task add; so the limits of `bounded`, a bootstrap over tasks without
simulation and without a normal approximation, are those of the mean. A posterior of each task only says how much of the
spread is the samples', that is, whether more samples or more tasks would help.

Tasks of one origin, such as questions about one text, are no independent draws. Then the unit is the cluster: clusters are
taken for a sample of all clusters, with S the sum of the estimates of one and T its number of tasks, and the mean over tasks is
E S/E T. It is not m where the limits of the mean of S − mT leave out 0; that number lies in a known range where no cluster has
more tasks than the largest that was seen. With one task in each these are the limits above.

References
[1] Miller 2024, Adding Error Bars to Evals (tasks as clusters, paired differences).
[2] Chen et al. 2021 (pass@k).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kgents.stats.bounded import lower_mean, mean_limits
from kgents.stats.design import Prior
from kgents.stats.interval import Interval
from kgents.stats.passk import pass_at_k

Count = tuple[int, int]
_BISECTIONS = 24
Estimate = Callable[[int, int, int], float | None]


@dataclass(frozen=True, slots=True)
class Outlay:
    """What would halve the width of an interval over tasks, about.

    within_share      the share of the variance that the samples within tasks add; the rest is between tasks
    samples_factor    so many times the samples per task; None: no number of samples would
    tasks             so many tasks in all, or so many clusters where tasks come in clusters
    """

    within_share: float
    samples_factor: float | None
    tasks: int


@dataclass(frozen=True, slots=True)
class SuiteMean:
    """The mean of pass@k over tasks; `left_out` have no estimate (fewer than k trials) and are not in it.

    clusters  how many the tasks come from; None: each task stands for itself
    """

    k: int
    tasks: int
    left_out: int
    mean: float
    interval: Interval
    to_halve: Outlay
    clusters: int | None = None


@dataclass(frozen=True, slots=True)
class SuiteDifference:
    """pass@k of a minus that of b, by task.

    a_better, b_better  tasks on which the estimate of the one is larger; on the rest they are equal

    No error is promised here: who stops a comparison by its results needs `means.paired_mean`.
    """

    k: int
    tasks: int
    left_out: int
    difference: float
    a_better: int
    b_better: int
    to_halve: Outlay


def suite_mean(
    tasks: Sequence[Count],
    k: int = 1,
    level: float = 0.95,
    prior: Prior = Prior(),
    estimate: Estimate | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> SuiteMean:
    """The mean over the tasks that have an estimate. ValueError where none has.

    `estimate` (trials, successes, k) is unbiased, in [0, 1], or None: without it `pass_at_k`, for a number of trials that
    was fixed beforehand; for tasks that stopped by a rule `pass_at_k_stopped` with their boundary. `clusters` names the
    cluster of every task.
    """
    places, values = _estimates([(task,) for task in tasks], k, estimate)
    noise = _average([_noise(*tasks[number], k, prior) for number in places])
    owners = range(len(places)) if clusters is None else [clusters[number] for number in places]
    totals = _totals(owners, values)
    low, high = _ratio_limits(totals, level) if len(totals) < len(values) else mean_limits(values, 0.0, 1.0, level)
    return SuiteMean(
        k,
        len(places),
        len(tasks) - len(places),
        _average(values),
        Interval(level, low, high),
        _outlay(totals, noise),
        None if clusters is None else len(totals),
    )


def _totals(owners: Iterable[Hashable], values: Sequence[float]) -> list[tuple[float, int]]:
    """(sum of the estimates, number of tasks) of every cluster."""
    of: dict[Hashable, list[float]] = defaultdict(list)
    for owner, value in zip(owners, values, strict=True):
        of[owner].append(value)
    return [(math.fsum(own), len(own)) for own in of.values()]


def _ratio_limits(totals: Sequence[tuple[float, int]], level: float) -> tuple[float, float]:
    """Limits of E S/E T, on the outer side by the last bisection."""
    largest, tail = max(size for _, size in totals), (1 - level) / 2
    failed = [(size - total, size) for total, size in totals]
    return _lowest_ratio(totals, largest, tail), 1 - _lowest_ratio(failed, largest, tail)


def _lowest_ratio(totals: Sequence[tuple[float, int]], largest: int, tail: float) -> float:
    """The least m at which S + m (largest − T), in [0, largest], can have the mean m · largest."""
    below, above = 0.0, math.fsum(total for total, _ in totals) / sum(size for _, size in totals)
    for _ in range(_BISECTIONS if above else 0):
        middle = (below + above) / 2
        shares = [(total + middle * (largest - size)) / largest for total, size in totals]
        below, above = (middle, above) if lower_mean(shares, tail) > middle else (below, middle)
    return below


def suite_difference(
    a: Sequence[Count],
    b: Sequence[Count],
    k: int = 1,
    prior: Prior = Prior(),
    estimate: Estimate | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> SuiteDifference:
    """Two models on the same tasks, in the same order. ValueError where the numbers differ or no task has estimates.

    `clusters` as of `suite_mean`: the spread is then that between clusters.
    """
    places, values = _estimates(list(zip(a, b, strict=True)), k, estimate)
    noise = _average([_noise(*a[number], k, prior) + _noise(*b[number], k, prior) for number in places])
    return SuiteDifference(
        k,
        len(places),
        len(a) - len(places),
        _average(values),
        sum(value > 0 for value in values),
        sum(value < 0 for value in values),
        _outlay(_totals(range(len(places)) if clusters is None else [clusters[n] for n in places], values), noise),
    )


def _estimates(tasks: Sequence[tuple[Count, ...]], k: int, estimate: Estimate | None) -> tuple[list[int], list[float]]:
    """The places of the tasks in which every model has an estimate; and per task the first model's, less the second's if
    there is one."""
    ask = estimate or _fixed
    known = {count: ask(*count, k) if count[0] else None for task in tasks for count in task}
    kept, values = [], []
    for number, task in enumerate(tasks):
        known_values = [value for value in map(known.get, task) if value is not None]
        if len(known_values) == len(task):
            kept.append(number)
            values.append(known_values[0] - sum(known_values[1:]))
    if not kept:
        raise ValueError(f"no task has an estimate of pass@{k}; that needs {k} trials or more")
    return kept, values


def _fixed(n: int, c: int, k: int) -> float | None:
    return pass_at_k(n, c, k) if n >= k else None


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


@lru_cache(maxsize=4096)
def _noise(n: int, c: int, k: int, prior: Prior) -> float:
    """What sampling adds to the variance of a task's estimate.

    The posterior variance of pass@k, times (n + a + b)/n: at k = 1 that is the variance of c/n on average over the prior.
    """
    a, b = prior.a + c, prior.b + n - c
    once, twice = _failing(a, b, k), _failing(a, b, 2 * k)
    return max(0.0, twice - once * once) * (n + prior.a + prior.b) / n


def _failing(a: float, b: float, k: int) -> float:
    """E(1 − p)ᵏ for p from Beta(a, b)."""
    return math.exp(math.lgamma(b + k) - math.lgamma(b) + math.lgamma(a + b) - math.lgamma(a + b + k))


def _outlay(totals: Sequence[tuple[float, int]], noise: float) -> Outlay:
    """From (B + W/m)/T = (B + W)/(4T), with B the variance between tasks (what clusters add is in it) and W within:
    m = W/((B + W)/4 − B)."""
    tasks = sum(size for _, size in totals)
    mean = math.fsum(total for total, _ in totals) / tasks
    squares = math.fsum((total - size * mean) ** 2 for total, size in totals)
    spread = squares * len(totals) / max(1, len(totals) - 1) / tasks
    total = max(spread, noise)
    needed = total / 4 - (total - noise)
    return Outlay(noise / total, noise / needed if needed > 0 else None, 4 * len(totals))

"""Coders over a suite, task by task: the difference of every two of them.

A comparison stops where its trials decide, so what is said over the tasks has to hold at every moment: the first answers
of both to each task are pairs in random order, and their mean difference has a confidence sequence. More answers to the
tasks of a suite that was gone through say nothing new about tasks, and are in the estimate only.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from kgents.domain.ports import Slot, Trial
from kgents.domain.summary import Summary
from kgents.kinds.suite.assignment import PAIRED, place_of
from kgents.kinds.suite.options import DifferenceData, SuiteConfig, SuiteEvidence
from kgents.kinds.suite.total import halve_data
from kgents.stats import paired_mean, suite_difference

Counts = Sequence[tuple[int, int]]  # (trials, successes) of each task


def differences(config: SuiteConfig, summary: Summary, trials: Sequence[Trial]) -> SuiteEvidence:
    """`differences`: one entry per pair of coders, over the tasks that both answered."""
    names = summary.plan.arms
    counts = [_counts(config, trials, arm) for arm in range(len(names))]
    data: list[DifferenceData] = []
    for a, b in combinations(range(len(names)), 2):
        common = sorted(counts[a].keys() & counts[b].keys())
        if common:
            pair = ([(counts[arm][task][0], counts[arm][task][1]) for task in common] for arm in (a, b))
            first = _first(trials, a, b, len(config["tasks"]))
            data.append(_difference(names[a], names[b], summary, first, *pair))
    return {"suite": {"suite": config["suite"], "suite_digest": config["suite_digest"]}, "differences": data}


def _counts(config: SuiteConfig, trials: Sequence[Trial], arm: int) -> dict[int, list[int]]:
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for trial in trials:
        if trial.arm == arm and trial.success is not None:
            task, _ = place_of(PAIRED, Slot(arm, trial.index, 0), len(config["tasks"]), config["order"])
            counts[task][0] += 1
            counts[task][1] += trial.success
    return counts


def _first(trials: Sequence[Trial], a: int, b: int, tasks: int) -> list[int]:
    """a's first answer minus b's, task by task in the order of launch, up to the first pair that is not complete.

    A pair with an error of the world is left out.
    """
    outcomes = {(trial.arm, trial.index): trial.success for trial in trials if trial.index < tasks}
    pairs = []
    for index in range(tasks):
        if (a, index) not in outcomes or (b, index) not in outcomes:
            break
        x, y = outcomes[a, index], outcomes[b, index]
        if x is not None and y is not None:
            pairs.append(int(x) - int(y))
    return pairs


def _difference(a: str, b: str, summary: Summary, first: list[int], x: Counts, y: Counts) -> DifferenceData:
    design = summary.plan.design
    whole = suite_difference(x, y, 1, design.prior)
    paired = paired_mean(first, 1, design.confidence, design.margin)
    return {
        "a": a,
        "b": b,
        "k": 1,
        "tasks": whole.tasks,
        "difference": whole.difference,
        "interval": {"level": paired.interval.level, "low": paired.interval.low, "high": paired.interval.high},
        "interval_pairs": paired.pairs,
        "time_uniform": True,
        "a_better": whole.a_better,
        "b_better": whole.b_better,
        "p_value": paired.p_value,
        "verdict": {"a": a, "b": b}.get(paired.verdict, paired.verdict),
        "to_halve": halve_data(whole.to_halve),
    }

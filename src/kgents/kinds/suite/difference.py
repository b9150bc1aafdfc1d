"""Coders over a suite, task by task: the difference of every two of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from kgents.domain.ports import Slot, Trial
from kgents.domain.summary import Summary
from kgents.kinds.suite.assignment import PAIRED, place_of
from kgents.stats import suite_difference


def differences(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> dict[str, Any]:
    """`differences`: one entry per pair of coders, over the tasks that both answered."""
    names = summary.plan.arms
    counts = [_counts(config, trials, arm) for arm in range(len(names))]
    found = []
    for a, b in combinations(range(len(names)), 2):
        common = sorted(counts[a].keys() & counts[b].keys())
        if common:
            pair = ([(counts[arm][task][0], counts[arm][task][1]) for task in common] for arm in (a, b))
            found.append(_difference(names[a], names[b], summary, *pair))
    return {"suite": {"suite": config["suite"], "suite_digest": config["suite_digest"]}, "differences": found}


def _counts(config: Mapping[str, Any], trials: Sequence[Trial], arm: int) -> dict[int, list[int]]:
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for trial in trials:
        if trial.arm == arm and trial.success is not None:
            task, _ = place_of(PAIRED, Slot(arm, trial.index, 0), len(config["tasks"]), config["order"])
            counts[task][0] += 1
            counts[task][1] += trial.success
    return counts


def _difference(a: str, b: str, summary: Summary, first: Any, second: Any) -> dict[str, Any]:
    design = summary.plan.design
    found = suite_difference(first, second, 1, design.confidence, design.margin, design.prior)
    return {
        "a": a,
        "b": b,
        "k": 1,
        "tasks": found.tasks,
        "difference": found.difference,
        "interval": {"level": found.interval.level, "low": found.interval.low, "high": found.interval.high},
        "a_better": found.a_better,
        "b_better": found.b_better,
        "p_value": found.p_value,
        "verdict": {"a": a, "b": b}.get(found.verdict, found.verdict),
        "to_halve": asdict(found.to_halve),
    }

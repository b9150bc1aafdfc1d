"""Coders over a suite, task by task: the difference of every two of them.

A comparison stops where its trials decide, so what is said over the tasks has to hold at every moment: the first answers
of both to each task are pairs in random order, and their mean difference has a confidence sequence. More answers to a task
say nothing new about tasks, and are in the estimate only.

Where tasks come in clusters, the clusters are pairs of sums in random order, an order that is drawn by the seed alone, so that
what counts hangs neither on outcomes nor on sizes. The task of a pair is drawn, and so the first task of a cluster that is asked
may be each of its tasks: as many times as the cluster has tasks, its difference stands for their sum, which it is on average.
Those count that come before the first one that was not drawn yet. In records whose tasks come in turns the sums are those of all
tasks, of the clusters before the first one of which a task has no answer yet.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from random import Random

from kgents.domain.ports import Slot, Trial
from kgents.domain.summary import Summary
from kgents.kinds.suite.assignment import PAIRED, place_of
from kgents.kinds.suite.options import DifferenceData, SuiteConfig, SuiteEvidence
from kgents.kinds.suite.total import clusters_of, halve_data
from kgents.stats import PairedMean, SuiteDifference, paired_clusters, paired_mean, suite_difference


def differences(config: SuiteConfig, summary: Summary, trials: Sequence[Trial]) -> SuiteEvidence:
    """`differences`: one entry per pair of coders, over the tasks that both answered."""
    names, design = summary.plan.arms, summary.plan.design
    counts = [_counts(config, trials, arm) for arm in range(len(names))]
    data: list[DifferenceData] = []
    clusters = clusters_of(config["tasks"])
    for a, b in combinations(range(len(names)), 2):
        common = sorted(counts[a].keys() & counts[b].keys())
        if not common:
            continue
        x, y = ([(counts[arm][task][0], counts[arm][task][1]) for task in common] for arm in (a, b))
        owners = None if clusters is None else [clusters[task] for task in common]
        whole = suite_difference(x, y, 1, design.prior, clusters=owners)
        if clusters is None:
            paired = paired_mean(_first(config, trials, a, b), 1, design.confidence, design.margin)
            data.append(_difference(names[a], names[b], whole, paired))
            continue
        in_turns = config["way"] == PAIRED
        totals = (_totals if in_turns else _drawn_totals)(config, trials, a, b, clusters)
        paired = paired_clusters(totals, 1, max(Counter(clusters).values()), design.confidence, design.margin)
        told = _difference(names[a], names[b], whole, paired)
        told["interval_pairs"] = paired.pairs if in_turns else len(totals)
        data.append({**told, "interval_clusters": len(totals)})
    return {"suite": {"suite": config["suite"], "suite_digest": config["suite_digest"]}, "differences": data}


def _counts(config: SuiteConfig, trials: Sequence[Trial], arm: int) -> dict[int, list[int]]:
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for trial in trials:
        if trial.arm == arm and trial.success is not None:
            task, _ = place_of(config["way"], Slot(arm, trial.index, 0), len(config["tasks"]), config["order"])
            counts[task][0] += 1
            counts[task][1] += trial.success
    return counts


def _first(config: SuiteConfig, trials: Sequence[Trial], a: int, b: int) -> list[int]:
    """a's first answer minus b's, task by task in the order of launch, up to the first pair that is not complete.

    A pair with an error of the world is left out, and its task with it.
    """
    outcomes = {(trial.arm, trial.index): trial.success for trial in trials}
    pairs, seen = [], set[int]()
    for index in range(max((index for _, index in outcomes), default=-1) + 1):
        task, _ = place_of(config["way"], Slot(a, index, 0), len(config["tasks"]), config["order"])
        if task in seen:
            continue
        seen.add(task)
        if (a, index) not in outcomes or (b, index) not in outcomes:
            break
        x, y = outcomes[a, index], outcomes[b, index]
        if x is not None and y is not None:
            pairs.append(int(x) - int(y))
    return pairs


def _totals(
    config: SuiteConfig, trials: Sequence[Trial], a: int, b: int, clusters: Sequence[tuple[str, ...]]
) -> list[tuple[int, int]]:
    """(sum of a's first answers minus b's, number of pairs) of the clusters that count; a pair with an error is left out."""
    tasks, answers = len(config["tasks"]), dict[tuple[int, int], bool | None]()
    for trial in trials:
        task, turn = place_of(PAIRED, Slot(trial.arm, trial.index, 0), tasks, config["order"])
        if turn == 0:
            answers[trial.arm, task] = trial.success
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for task, cluster in enumerate(clusters):
        members[cluster].append(task)
    totals = []
    for cluster in _in_order(config, members):
        if any((arm, task) not in answers for task in members[cluster] for arm in (a, b)):
            break
        pairs = [(answers[a, task], answers[b, task]) for task in members[cluster]]
        differences = [int(x) - int(y) for x, y in pairs if x is not None and y is not None]
        if differences:
            totals.append((sum(differences), len(differences)))
    return totals


def _drawn_totals(
    config: SuiteConfig, trials: Sequence[Trial], a: int, b: int, clusters: Sequence[tuple[str, ...]]
) -> list[tuple[int, int]]:
    """(what stands for the sum of the differences, number of tasks) of the clusters that count, by the first pair of each.

    A pair with an error is left out, and its cluster with it.
    """
    outcomes = {(trial.arm, trial.index): trial.success for trial in trials}
    drawn: dict[tuple[str, ...], int] = {}
    for index in range(max((index for _, index in outcomes), default=-1) + 1):
        task, _ = place_of(config["way"], Slot(a, index, 0), len(config["tasks"]), config["order"])
        drawn.setdefault(clusters[task], index)
    sizes, totals = Counter(clusters), []
    for cluster in _in_order(config, sizes):
        first = drawn.get(cluster, -1)
        if (a, first) not in outcomes or (b, first) not in outcomes:
            break
        x, y = outcomes[a, first], outcomes[b, first]
        if x is not None and y is not None:
            totals.append(((int(x) - int(y)) * sizes[cluster], sizes[cluster]))
    return totals


def _in_order(config: SuiteConfig, clusters: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The clusters in the order in which they count."""
    named = list(clusters)
    return Random(f"{config['order']}:clusters").sample(named, len(named))


def _difference(a: str, b: str, whole: SuiteDifference, paired: PairedMean) -> DifferenceData:
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

"""What a suite came to: pass@k of every task and of all of them, with intervals over tasks and samples together."""

from collections.abc import Callable, Sequence
from functools import partial

from kgents.domain.json import member, optional
from kgents.domain.summary import Summary
from kgents.domain.words import level, number
from kgents.kinds.suite.options import DifferenceData, HalveData, SuiteConfig, SuiteEvidence, TaskConfig, TotalData
from kgents.stats import Boundary, Design, Rule, boundary, pass_at_k, pass_at_k_stopped, suite_mean
from kgents.stats.suite import Outlay

Estimate = Callable[[int, int, int], float | None]
SHOWN = 12  # tasks that people see by name


def total(config: SuiteConfig, summary: Summary) -> SuiteEvidence:
    """`pass_at_k` by k, and `tasks`: what the kind adds to the evidence."""
    counts = counts_of(summary)
    estimate = estimator(summary.plan.arm_design)
    clusters = clusters_of(config["tasks"])
    return {
        "suite": {"suite": config["suite"], "suite_digest": config["suite_digest"], "left_out": config["left_out"]},
        "pass_at_k": {str(k): _total(counts, k, estimate, summary, clusters) for k in config["k"]},
        "tasks": [
            {
                "id": task["id"],
                "oracle": member(task["oracle"], "kind", str),
                "inside": optional(task["oracle"], "inside", bool) or False,
                "trials": n,
                "successes": c,
                "pass_at_k": {str(k): estimate(n, c, k) if n else None for k in config["k"]},
            }
            for task, (n, c) in zip(config["tasks"], counts, strict=True)
        ],
    }


def clusters_of(tasks: Sequence[TaskConfig]) -> list[tuple[str, ...]] | None:
    """The cluster of every task, its own where it names none; None where none does."""
    named = [task.get("cluster") for task in tasks]
    if not any(name is not None for name in named):
        return None
    return [("", task["id"]) if name is None else (name,) for task, name in zip(tasks, named, strict=True)]


def counts_of(summary: Summary) -> list[tuple[int, int]]:
    """(trials, successes) of every arm: those that decided, else those that count so far."""
    if summary.decision is not None:
        return [(n, s) for n, s in summary.decision.counts]
    return [(tally.trials, tally.successes) for tally in summary.counted.tallies]


def estimator(design: Design) -> Estimate:
    """The unbiased estimate of pass@k of one task under this design; None where there is none."""
    return _fixed if design.rule is Rule.FIXED else partial(_stopped, boundary(design))


def _fixed(n: int, c: int, k: int) -> float | None:
    return abs(pass_at_k(n, c, k)) if n >= k else None


def _stopped(boundary: Boundary, n: int, c: int, k: int) -> float | None:
    """Also where the run itself was stopped, by its budget or a person: tasks that are decided early have the share of
    paths, and only with that of the others is the mean over both unbiased."""
    if n < k and boundary.decide(n, c) is None:
        return None
    return pass_at_k_stopped(boundary, n, c, k)


def _total(
    counts: Sequence[tuple[int, int]],
    k: int,
    estimate: Estimate,
    summary: Summary,
    clusters: Sequence[tuple[str, ...]] | None,
) -> TotalData | None:
    design = summary.plan.design
    values = [estimate(n, c, k) for n, c in counts if n]
    early = design.rule is not Rule.FIXED and any(0 < n < k for n, _ in counts)
    if all(value is None for value in values) or (
        early and None in values
    ):  # who is left out must not hang on outcomes
        return None
    mean = suite_mean(counts, k, design.confidence, design.prior, estimate, clusters)
    data: TotalData = {
        "mean": mean.mean,
        "interval": {"level": mean.interval.level, "low": mean.interval.low, "high": mean.interval.high},
        "tasks": mean.tasks,
        "left_out": mean.left_out,
        "to_halve": halve_data(mean.to_halve),
    }
    if mean.clusters is not None:
        data["clusters"] = mean.clusters
    return data


def halve_data(outlay: Outlay) -> HalveData:
    """What would halve the width of an interval, as JSON data."""
    return {"within_share": outlay.within_share, "samples_factor": outlay.samples_factor, "tasks": outlay.tasks}


def table(evidence: SuiteEvidence) -> list[tuple[str, str]]:
    """Lines for people."""
    rows = [(f"pass@{k}", _line(total)) for k, total in evidence.get("pass_at_k", {}).items()]
    tasks = evidence.get("tasks", [])
    missing = evidence["suite"].get("left_out", 0) if "suite" in evidence else 0
    if missing:
        rows.append(("not in it", f"{missing} tasks of the suite have no sample; the total says nothing about them"))
    if tasks:
        unsolved = [task["id"] for task in tasks if task["trials"] and not task["successes"]]
        always = sum(task["trials"] > 0 and task["successes"] == task["trials"] for task in tasks)
        rows.append(("tasks", f"{len(tasks)}: {always} always right, {len(unsolved)} never"))
        if unsolved:
            rest = f" and {len(unsolved) - SHOWN} more" if len(unsolved) > SHOWN else ""
            rows.append(("never right", ", ".join(unsolved[:SHOWN]) + rest))
    return rows + [(f"{pair['a']} − {pair['b']}", _difference(pair)) for pair in evidence.get("differences", [])]


def _line(total: TotalData | None) -> str:
    if total is None:
        return "no estimate: too few trials of every task, or they stop too early for it"
    interval = total["interval"]
    rest = f"; {number(total['left_out'], 'task')} with too few trials for it" if total["left_out"] else ""
    more = total["to_halve"]
    units = "tasks" if total.get("clusters") is None else "clusters"
    of = "" if total.get("clusters") is None else f" of {number(total['clusters'], 'cluster')}"
    factor = more["samples_factor"]
    halve = f"{factor:.1f} times the samples would halve the width, or" if factor else "it takes"
    rest += f"; {halve} {more['tasks']} {units}{'' if factor else ' to halve the width'}"
    return (
        f"{total['mean']:.3f}   {interval['low']:.3f} … {interval['high']:.3f}   {level(interval['level'])}, over "
        f"{number(total['tasks'], 'task')}{of}{rest}"
    )


def _difference(pair: DifferenceData) -> str:
    interval, clusters = pair["interval"], pair.get("interval_clusters")
    whole = "" if pair["interval_pairs"] == clusters else " all of whose tasks were asked"
    of = "" if clusters is None else f" in {number(clusters, 'cluster')}{whole}"
    return (
        f"pass@1 {pair['difference']:+.3f}   {interval['low']:+.3f} … {interval['high']:+.3f}   "
        f"{level(interval['level'])}, at every moment, of {pair['interval_pairs']} first answers{of}; "
        f"{pair['a_better']} tasks to {pair['b_better']} of {pair['tasks']}: {pair['verdict']}"
    )

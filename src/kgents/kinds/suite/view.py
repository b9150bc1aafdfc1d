"""How a suite is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.plan import Layout
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.suite.assignment import DRAWN


def headline(config: Mapping[str, Any]) -> str:
    """One line for history: what was tried."""
    names = [coder["model"] or coder["harness"] for coder in config["coders"]]
    return f"{config['suite']}: {len(config['tasks'])} tasks, {' | '.join(names) or config['samples']['name']}"


def input_of(config: Mapping[str, Any], trial: Trial) -> str | None:
    """What a trial was given."""
    tasks = config.get("tasks", ())
    name = trial.metadata.get("task", tasks[trial.arm]["id"] if trial.arm < len(tasks) else None)
    return next((task["prompt"] for task in tasks if task["id"] == name), None)


def evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    """What the kind adds to the evidence."""
    if not config:
        return {}
    if summary.plan.layout is Layout.COMPARE:
        from kgents.kinds.suite.difference import differences

        return differences(config, summary, trials)
    if len(summary.plan.arms) < 2 and config["way"] == DRAWN:
        return {}
    from kgents.kinds.suite.total import total

    return total(config, summary)


def table(config: Mapping[str, Any], evidence: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Lines for people."""
    from kgents.kinds.suite.total import table

    return table(evidence)

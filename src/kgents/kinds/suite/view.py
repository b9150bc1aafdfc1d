"""How a suite is shown."""

from collections.abc import Sequence

from kgents.domain.plan import Layout
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.options import as_written
from kgents.kinds.suite.assignment import DRAWN
from kgents.kinds.suite.options import SuiteConfig, SuiteEvidence


def headline(config: SuiteConfig) -> str:
    """One line for history: what was tried."""
    names = [coder["model"] or coder["harness"] for coder in config["coders"]]
    samples = config["samples"]
    if samples is not None:
        names.append(samples["name"])
    tasks = len(config["tasks"])
    return f"{config['suite']}: {tasks} {'task' if tasks == 1 else 'tasks'}, {' | '.join(names)}"


def input_of(config: SuiteConfig, trial: Trial) -> str | None:
    """What a trial was given."""
    tasks = config["tasks"]
    name = trial.metadata.get("task", tasks[trial.arm]["id"] if trial.arm < len(tasks) else None)
    return next((task["prompt"] for task in tasks if task["id"] == name), None)


def evidence(config: SuiteConfig, summary: Summary, trials: Sequence[Trial]) -> SuiteEvidence:
    """What the kind adds to the evidence."""
    if summary.plan.layout is Layout.COMPARE:
        from kgents.kinds.suite.difference import differences

        return differences(config, summary, trials)
    if "scale" in summary.plan.facts:
        return {"suite": {"suite": config["suite"], "suite_digest": config["suite_digest"]}}
    if len(summary.plan.arms) < 2 and config["way"] == DRAWN:
        return {}
    from kgents.kinds.suite.total import total

    return total(config, summary)


def table(evidence: SuiteEvidence) -> Sequence[tuple[str, str]]:
    """Lines for people: of answers, and of scores."""
    from kgents.kinds.command.score import ScoresEvidence, rows_of_scores
    from kgents.kinds.suite.total import table

    return [*table(evidence), *rows_of_scores(as_written(ScoresEvidence, evidence))]

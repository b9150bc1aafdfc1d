"""The kind `flaky`: a trial is one run of a whole suite, and every test is an arm."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.errors import UsageError
from kgents.kinds.fields import Fields
from kgents.kinds.figure import Figure
from kgents.kinds.flaky.options import ChangesEvidence, FlakyConfig, FlakyEvidence
from kgents.kinds.flaky.run import Suite
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class FlakyKind(ExperimentKind):
    """Runs of a suite."""

    name = "flaky"
    subject = "the rate at which a test passes"
    needs_trials = True
    most_arms = 0

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.flaky.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The command."""
        import shlex

        return shlex.join(as_written(FlakyConfig, config)["argv"])

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """The suite is the input."""
        return None

    def sentence(self, summary: Summary) -> str | None:
        """How many tests are flaky."""
        from kgents.kinds.flaky import changes, view

        return changes.sentence(summary) if changes.of_two_commits(summary) else view.sentence(summary)

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """Which tests are flaky, which always fail, and the first failure of each."""
        from kgents.kinds.flaky import changes, view

        if changes.of_two_commits(summary):
            return changes.evidence(summary, trials)
        return view.evidence(as_written(FlakyConfig, config), summary, trials)

    def figures(self, config: Config, evidence: Evidence) -> Sequence[Figure]:
        """Interval bars of the tests that failed, and their first failures."""
        from kgents.kinds.flaky.figures import figures, figures_of_changes

        if "changes" in evidence:
            return figures_of_changes(as_written(ChangesEvidence, evidence))
        return figures(as_written(FlakyEvidence, evidence)) if "tests" in evidence else ()

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """A line for each test that failed, and one for all that did not."""
        from kgents.kinds.flaky import changes, view

        if "changes" in evidence:
            return changes.table(as_written(ChangesEvidence, evidence))
        return view.table(as_written(FlakyEvidence, evidence))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """UsageError: a run is of all tests at once, and `kgents.runner.suite_runs` drives it."""
        raise UsageError(
            f"{experiment} is a suite, whose runs are not resumed", "kg experiment pytest begins a new experiment"
        )


def suite_of(config: Config, context: RunContext) -> Suite:
    """How the recorded suite is run."""
    asked = as_written(FlakyConfig, config)
    junit = asked["junit"]
    return Suite(
        tuple(asked["argv"]), Path(asked["cwd"]), asked["timeout"], context.environment, asked["shuffled"],
        None if junit is None else Path(junit),
    )  # fmt: skip


KIND = FlakyKind()

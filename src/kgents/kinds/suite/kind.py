"""The kind `suite`: the tasks of a suite, put to coders or judged from samples."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Store, Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rechecked, Rows, RunContext
from kgents.kinds.options import as_written


class SuiteKind(ExperimentKind):
    """Trials of code generation over the tasks of a suite."""

    name = "suite"
    subject = "the mean rate of correct candidates"
    among = "the tasks of this suite"
    default_concurrency = 4
    needs_trials = True
    needs_texts = False
    most_arms = 12

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.suite.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.suite.options import SuiteConfig
        from kgents.kinds.suite.view import headline

        return headline(as_written(SuiteConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """Coders or samples, an oracle per task, and one sandbox."""
        from kgents.kinds.suite.build import build
        from kgents.kinds.suite.options import SuiteConfig

        return await build(as_written(SuiteConfig, config), context, *(opened or (None, None)))

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """pass@k over the suite, or the differences of a comparison."""
        from kgents.kinds.suite.options import SuiteConfig
        from kgents.kinds.suite.view import evidence

        return evidence(as_written(SuiteConfig, config), summary, trials) if config else {}

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """The prompt of the task that a trial was about."""
        from kgents.kinds.suite.options import SuiteConfig
        from kgents.kinds.suite.view import input_of

        return input_of(as_written(SuiteConfig, config), trial) if config else None

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """pass@k with intervals."""
        from kgents.kinds.suite.options import SuiteEvidence
        from kgents.kinds.suite.view import table

        return table(as_written(SuiteEvidence, evidence))

    async def recheck(self, store: Store, config: Config, summary: Summary, context: RunContext) -> Rechecked:
        """Judges every stored candidate again."""
        from kgents.kinds.suite.options import SuiteConfig
        from kgents.kinds.suite.recheck import recheck

        return await recheck(store, as_written(SuiteConfig, config), summary)


KIND = SuiteKind()

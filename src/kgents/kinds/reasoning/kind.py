"""The kind `reasoning`: laws of a model's reasoning, by e-values."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.figure import Figure
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class ReasoningKind(ExperimentKind):
    """A block of answers, or a trace, per trial."""

    name = "reasoning"
    subject = "agreement of plain and transformed answers"
    default_concurrency = 4
    needs_trials = True

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.reasoning.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.reasoning.options import ReasoningConfig
        from kgents.kinds.reasoning.view import headline

        return headline(as_written(ReasoningConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The model that is asked."""
        from kgents.kinds.reasoning.options import ReasoningConfig
        from kgents.kinds.reasoning.request import build

        return await build(as_written(ReasoningConfig, config), context, opened)

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """What each law came to."""
        from kgents.kinds.reasoning.options import ReasoningConfig
        from kgents.kinds.reasoning.view import evidence

        return evidence(as_written(ReasoningConfig, config), summary, trials)

    def figures(self, config: Config, evidence: Evidence) -> Sequence[Figure]:
        """Interval bars of every law, and its lines."""
        from kgents.kinds.reasoning.figures import figures
        from kgents.kinds.reasoning.options import ReasoningConfig, ReasoningEvidence

        if "laws" not in evidence:
            return ()
        return figures(as_written(ReasoningConfig, config), as_written(ReasoningEvidence, evidence))

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """A line per law."""
        from kgents.kinds.reasoning.options import ReasoningConfig, ReasoningEvidence
        from kgents.kinds.reasoning.view import table

        if "laws" not in evidence:
            return ()
        return table(as_written(ReasoningConfig, config), as_written(ReasoningEvidence, evidence))


KIND = ReasoningKind()

"""The kind `coherence`: recorded traces, examined for contradictions."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class TracesKind(ExperimentKind):
    """An examination per trace."""

    name = "coherence"
    subject = "the share of coherent traces"
    needs_trials = True
    most_arms = 20

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.traces.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.traces.options import CoherenceConfig
        from kgents.kinds.traces.view import headline

        return headline(as_written(CoherenceConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The examination, and the judge where one was named."""
        from kgents.kinds.traces.options import CoherenceConfig
        from kgents.kinds.traces.request import build

        return await build(as_written(CoherenceConfig, config), context, opened)

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """The rate of incoherence, the cores, and what the judge is worth."""
        from kgents.kinds.traces.options import CoherenceConfig
        from kgents.kinds.traces.view import evidence

        return evidence(as_written(CoherenceConfig, config), summary, trials)

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """Coverage, rates and cores."""
        from kgents.kinds.traces.options import TracesEvidence
        from kgents.kinds.traces.view import table

        return table(as_written(TracesEvidence, evidence)) if "laws" in evidence else ()


KIND = TracesKind()

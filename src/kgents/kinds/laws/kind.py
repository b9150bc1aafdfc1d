"""The kind `laws`: laws of Python objects, searched for counterexamples."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.figure import Figure
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class LawsKind(ExperimentKind):
    """An examination of a target per law."""

    name = "laws"
    subject = "the share of laws that were not refuted"
    default_concurrency = 2
    needs_trials = True
    most_arms = 0

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.laws.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.laws.options import LawsConfig
        from kgents.kinds.laws.view import headline

        return headline(as_written(LawsConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The examination in a sandbox."""
        from kgents.kinds.laws.options import LawsConfig
        from kgents.kinds.laws.request import sandbox_for
        from kgents.kinds.laws.trial import Laws

        examined = as_written(LawsConfig, config)
        return Laws(examined, opened or await sandbox_for(examined))

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """What was found of each law."""
        from kgents.kinds.laws.view import evidence

        return evidence(trials)

    def figures(self, config: Config, evidence: Evidence) -> Sequence[Figure]:
        """A table of the laws, and the counterexamples."""
        from kgents.kinds.laws.figures import figures
        from kgents.kinds.laws.options import LawsEvidence

        return figures(as_written(LawsEvidence, evidence)) if "laws" in evidence else ()

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """A line per law."""
        from kgents.kinds.laws.options import LawsEvidence
        from kgents.kinds.laws.view import table

        return table(as_written(LawsEvidence, evidence)) if "laws" in evidence else ()

    def programs(self, config: Config, evidence: Evidence) -> Rows:
        """The counterexamples as programs."""
        from kgents.kinds.laws.options import LawsEvidence
        from kgents.kinds.laws.view import programs

        return programs(as_written(LawsEvidence, evidence)) if "laws" in evidence else ()


KIND = LawsKind()

"""The kind `stochastic-law`: the rate at which a law holds on elements of a declared sampler."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, RunContext
from kgents.kinds.options import as_written


class StochasticLawKind(ExperimentKind):
    """A draw of elements per trial."""

    name = "stochastic-law"
    subject = "the rate at which the law holds"
    default_concurrency = 2
    needs_trials = True

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.stochastic_law.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.laws.options import LawsConfig
        from kgents.kinds.stochastic_law.view import headline

        return headline(as_written(LawsConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The draws in a sandbox."""
        from kgents.kinds.laws.options import LawsConfig
        from kgents.kinds.laws.request import sandbox_for
        from kgents.kinds.stochastic_law.trial import StochasticLaw

        drawn = as_written(LawsConfig, config)
        return StochasticLaw(drawn, opened or await sandbox_for(drawn))

    def evidence(self, config: Config, summary: Summary, trials: Sequence[Trial]) -> Evidence:
        """Whether the law holds often enough."""
        from kgents.kinds.laws.options import LawsConfig
        from kgents.kinds.stochastic_law.view import evidence

        return evidence(as_written(LawsConfig, config), summary)


KIND = StochasticLawKind()

"""The kind `told`: somebody else runs the trials; kgents says which, and is told what they came to (ask and tell)."""

from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, ExperimentKind, RunContext


class ToldKind(ExperimentKind):
    """Trials that are asked for and told."""

    name = "told"
    is_told = True

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.told.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """That others run the trials."""
        return "trials that are told"

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """Only whoever ran the trial knows."""
        return None

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """UsageError: there is nothing to run here."""
        raise UsageError(
            f"the trials of {experiment} are run by whoever asks for them; there is nothing to resume",
            f"kg experiment ask {experiment}; kg experiment tell {experiment} INDEX pass",
        )


KIND = ToldKind()

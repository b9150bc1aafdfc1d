"""The kind `callable`: a Python function is a trial. Its code is not in the record, only its name and digest."""

from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.callable.options import CallableConfig
from kgents.kinds.command.score import ScoresEvidence, rows_of_scores
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class CallableKind(ExperimentKind):
    """Trials of Python callables."""

    name = "callable"

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.callable.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The functions by name."""
        arms = as_written(CallableConfig, config)["arms"]
        return " | ".join(f"{arm['name']}={arm['function']}" if arm["name"] else str(arm["function"]) for arm in arms)

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """A function is given its trial and nothing else."""
        return None

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The functions that the caller holds. UsageError where nobody does: the command line cannot call them."""
        from kgents.kinds.callable.answer import ScoreRange
        from kgents.kinds.callable.trial import Callables, Opened

        if not isinstance(opened, Opened):
            names = self.headline(config)
            raise UsageError(
                f"the trials of {experiment} are calls of a Python function ({names}), which only its program has",
                f"in that program: import kgents as kg; kg.resume({experiment!r}, trial)",
            )
        asked = as_written(CallableConfig, config)
        if asked.get("isolate"):
            from kgents.kinds.callable.isolated import Isolated

            isolated = Isolated(experiment, asked, opened)
            await isolated.start()
            return isolated
        limits = asked.get("score")
        score = None if limits is None else ScoreRange(*map(float, limits))
        return Callables(experiment, [arm["name"] for arm in asked["arms"]], opened, asked["timeout"], score)

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """The mean score and its limits."""
        return rows_of_scores(as_written(ScoresEvidence, evidence))

    def opened_elsewhere(self, config: Config) -> Any:
        """The functions, imported by their paths. UsageError where they cannot be, or are other code."""
        from kgents.kinds.callable.importing import imported

        return imported(as_written(CallableConfig, config))


KIND = CallableKind()

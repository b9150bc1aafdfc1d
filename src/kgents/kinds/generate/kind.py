"""The kind `generate`: code for a spec, judged by an oracle."""

from typing import Any

from kgents.domain.outcome import Tier
from kgents.domain.plan import Plan
from kgents.domain.ports import Store, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rechecked, Rows, RunContext
from kgents.kinds.options import as_written


class GenerateKind(ExperimentKind):
    """Trials of code generation from one spec."""

    name = "generate"
    subject = "the rate of correct candidates"
    default_concurrency = 4

    def subject_of(self, plan: Plan) -> str:
        """Where nothing was run, nothing is called correct."""
        if plan.tier is Tier.SYNTACTIC:
            return "the rate of candidates that compile and define what was asked for (none was run)"
        if plan.tier is Tier.WEAK:
            return "the rate of candidates that a WEAK oracle passes"
        return self.subject

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """Of scores, their mean and its limits."""
        from kgents.kinds.command.score import ScoresEvidence, rows_of_scores

        return rows_of_scores(as_written(ScoresEvidence, evidence))

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.generate.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The spec in one line."""
        return " ".join(str(config["spec"]).split())

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """Coders, the oracle and a sandbox."""
        from kgents.kinds.generate.options import GenerateConfig
        from kgents.kinds.generate.request import build

        return await build(as_written(GenerateConfig, config), context, opened)

    async def recheck(self, store: Store, config: Config, summary: Summary, context: RunContext) -> Rechecked:
        """Judges every stored candidate again."""
        from kgents.kinds.generate.options import GenerateConfig
        from kgents.kinds.generate.recheck import recheck

        return await recheck(store, as_written(GenerateConfig, config), summary)


KIND = GenerateKind()

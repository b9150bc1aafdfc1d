"""The kind `parse`: how well a parser survives malformed input."""

from collections.abc import Sequence
from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.kinds.fields import Fields
from kgents.kinds.figure import Figure
from kgents.kinds.kind import Config, Evidence, EvidenceAccumulator, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class ParseKind(ExperimentKind):
    """A malformed input per trial."""

    name = "parse"
    subject = "the recovery rate"
    default_concurrency = 2048  # one batch of the process that parses

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.parse.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """One line: what was tried."""
        from kgents.kinds.parse.data import ParseConfig
        from kgents.kinds.parse.view import headline

        return headline(as_written(ParseConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The parsers, loaded in a process of their own."""
        from kgents.kinds.parse.data import ParseConfig
        from kgents.kinds.parse.request import build

        runner: TrialRunner = opened or await build(as_written(ParseConfig, config), context)
        return runner

    def accumulator(self, config: Config, summary: Summary) -> EvidenceAccumulator:
        """Counts outcomes per strategy, class and severity."""
        from kgents.kinds.parse.data import ParseConfig
        from kgents.kinds.parse.evidence import ParseTally

        return ParseTally(as_written(ParseConfig, config), summary)

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """The malformed text."""
        from kgents.kinds.parse.view import input_of

        return input_of(trial)

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """The matrix strategy × class, the curve, and the worst inputs."""
        from kgents.kinds.parse.data import ParseEvidence
        from kgents.kinds.parse.view import table

        return table(as_written(ParseEvidence, evidence)) if "strategies" in evidence else ()

    def sentence(self, summary: Summary) -> str | None:
        """Both verdicts, where there are two."""
        from kgents.kinds.parse.view import sentence

        return sentence(summary)

    def figures(self, config: Config, evidence: Evidence) -> Sequence[Figure]:
        """The matrix, rates, the curve over severity, advice and the worst inputs."""
        from kgents.kinds.parse.data import ParseEvidence
        from kgents.kinds.parse.figures import figures

        return figures(as_written(ParseEvidence, evidence)) if "strategies" in evidence else ()


KIND = ParseKind()

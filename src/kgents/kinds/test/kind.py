"""The kind `test`: one test of pytest, run again and again with fresh fixtures by the plugin."""

from typing import Any

from kgents.domain.ports import Trial, TrialRunner
from kgents.errors import UsageError
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, ExperimentKind, RunContext


class TestKind(ExperimentKind):
    """Trials of a test."""

    name = "test"
    subject = "the rate at which the test passes"
    __test__ = False

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.test.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The id of the test."""
        return str(config["test"])

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """The test is the input."""
        return None

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """UsageError: only pytest can run a test."""
        raise UsageError(
            f"the trials of {experiment} are runs of a test, which pytest drives",
            f"pytest --kg-record {config['test']!r} begins a new experiment",
        )


KIND = TestKind()

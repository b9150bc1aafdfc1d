"""The kind `command`: any command is a trial."""

from pathlib import Path
from typing import Any

from kgents.domain.plan import Plan
from kgents.domain.ports import TrialRunner
from kgents.errors import UsageError
from kgents.kinds.command.options import CommandConfig
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written


class CommandKind(ExperimentKind):
    """Trials of commands."""

    name = "command"
    subject = "the rate of exit status 0"

    def subject_of(self, plan: Plan) -> str:
        """The rate of the exit statuses that are successes in this plan."""
        return str(plan.facts.get("subject", self.subject))

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.command.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The commands as they were typed."""
        from kgents.kinds.command.view import headline

        return headline(as_written(CommandConfig, config))

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """Commands, with the environment of this process, or the part of it that is passed."""
        from kgents.kinds.command.environment import passed
        from kgents.kinds.command.score import ScoreReader
        from kgents.kinds.command.statuses import Statuses
        from kgents.kinds.command.trial import Commands, Program

        run = as_written(CommandConfig, config)
        programs = [
            Program(program["name"], tuple(program["argv"]), Statuses.of(run, program.get("runner")))
            for program in run["programs"]
        ]
        asked = run.get("score")
        score = None if asked is None else ScoreReader(asked["source"], float(asked["low"]), float(asked["high"]))
        environment = passed(context.environment, run.get("env_pass"))
        return Commands(experiment, programs, environment, run["timeout"], _folder(run["cwd"]), score, run.get("under"))

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """The mean score and its limits."""
        from kgents.kinds.command.score import ScoresEvidence, rows_of_scores

        return rows_of_scores(as_written(ScoresEvidence, evidence))


def _folder(path: str) -> Path:
    if not Path(path).is_dir():
        raise UsageError(f"the folder the command ran in is gone: {path}", "make it again, or start a new experiment")
    return Path(path)


KIND = CommandKind()

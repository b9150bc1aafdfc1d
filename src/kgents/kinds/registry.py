"""Kinds of experiments by name: one lookup for running, resuming, checking again and showing."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kgents.domain.plan import Plan
from kgents.domain.ports import TrialRunner
from kgents.errors import UsageError
from kgents.kinds.kind import Config, ExperimentKind, RunContext

if TYPE_CHECKING:
    from kgents.engine.decider import Decider

GROUP = "kgents.kinds"  # entry points of other packages: NAME = "package.module:INSTANCE"
BUILT_IN = {
    "command": "kgents.kinds.command.kind",
    "generate": "kgents.kinds.generate.kind",
    "suite": "kgents.kinds.suite.kind",
    "laws": "kgents.kinds.laws.kind",
    "stochastic-law": "kgents.kinds.stochastic_law.kind",
    "reasoning": "kgents.kinds.reasoning.kind",
    "coherence": "kgents.kinds.traces.kind",
    "parse": "kgents.kinds.parse.kind",
    "callable": "kgents.kinds.callable.kind",
    "told": "kgents.kinds.told.kind",
    "flaky": "kgents.kinds.flaky.kind",
    "bisect": "kgents.kinds.bisect.kind",
    "test": "kgents.kinds.test.kind",
}


_COMMANDS = {"command": "run", "flaky": "pytest", "told": "open"}  # kinds that are not called as their command is


_KINDS_OF = {
    "compare": "a comparison is of the kind of its arms: run, generate, suite or parse",
    "verify": "completions that are verified are of the kind suite",
}  # commands whose experiments are called otherwise


def command_of(kind: str) -> str:
    """What people call a kind: the command that runs it."""
    return _COMMANDS.get(kind, kind)


def kind_called(name: str) -> str:
    """The kind that people call so, by its command or by the name in records. UsageError for one that is not known."""
    kinds, known = {command: kind for kind, command in _COMMANDS.items()}, _known()
    if name not in kinds and name not in known:
        hint = _KINDS_OF.get(name, f"one of {', '.join(kinds_called())}")
        raise UsageError(f"{name}: there is no such kind", hint)
    return kinds.get(name, name)


def kinds_called() -> list[str]:
    """Every kind that is known, by its command."""
    return sorted(map(command_of, _known()))


def _known() -> list[str]:
    from importlib.metadata import entry_points

    return [*BUILT_IN, *(point.name for point in entry_points(group=GROUP))]


def decider_by(plan: Plan) -> "Decider":
    """What decides by this plan, as its kind says."""
    return kind_of(plan.kind).decider(plan)


class MissingKind(ExperimentKind):
    """Stands for a kind whose package is gone: its record can still be read, but not run."""

    def __init__(self, name: str) -> None:
        self.name = name

    def headline(self, config: Config) -> str:
        """That the package is gone."""
        return f"({self.name}: what made it is not installed)"

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """UsageError."""
        raise UsageError(
            f"nothing installed runs experiments of kind {self.name!r}", "install the package that made it"
        )


@cache
def kind_of(name: str) -> ExperimentKind:
    """The kind of this name; a MissingKind where nothing that is installed has it."""
    if name in BUILT_IN:
        built_in = import_module(BUILT_IN[name]).KIND
        assert isinstance(built_in, ExperimentKind)
        return built_in
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP, name=name):
        loaded = point.load()
        if isinstance(loaded, ExperimentKind):
            return loaded
    return MissingKind(name)

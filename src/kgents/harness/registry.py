"""Coders by name: our own, and those of other packages (entry points of the group `kgents.harnesses`).

Rule: an entry point is a function from `Settings` to a `Harness`; it is loaded only when it is asked for by name, and
it cannot take the name of one of ours.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kgents.domain.ports import Harness
from kgents.errors import HarnessUnavailable, UsageError, nearest
from kgents.harness.choice import AGENTS
from kgents.harness.settings import Settings
from kgents.sandbox.startable import find_program

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "kgents.harnesses"
Factory = Callable[[Settings], Harness]


def names() -> tuple[str, ...]:
    """Every name that `--harness` understands, ours first."""
    return (*_OURS, *sorted(_others()))


def make(name: str, settings: Settings) -> Harness:
    """The coder of this name. UsageError: no such name or a wrong option; HarnessUnavailable: it is not there."""
    if name in _OURS:
        return _OURS[name](settings)
    others = _others()
    if name not in others:
        near = nearest(name, names(), 0.5)
        hint = f"did you mean --harness {near}?" if near else f"one of: {', '.join(names())}"
        raise UsageError(f"--harness {name}: there is no such coder", hint)
    try:
        factory: Factory = others[name].load()
    except (ImportError, AttributeError) as error:
        raise HarnessUnavailable(
            f"--harness {name}: {others[name].value} cannot be loaded: {error}",
            "install its package again, or name another coder",
        ) from error
    return factory(settings)


def _others() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP) if point.name not in _OURS}


def _simulated(settings: Settings) -> Harness:
    from kgents.harness.simulated import SimulatedCoder, parse_simulation

    simulation = parse_simulation(settings.model or "simulated")
    return SimulatedCoder(simulation, settings.references, settings.sleep)


def _replay(settings: Settings) -> Harness:
    from kgents.harness.replay import ReplayCoder

    if settings.candidates is None:
        raise UsageError("--harness replay: which answers?", "name a file of them: --candidates FILE.jsonl")
    return ReplayCoder(settings.candidates)


def _command(settings: Settings) -> Harness:
    from kgents.harness.command import CommandCoder

    return CommandCoder(argv_of(settings), settings.environment)


def argv_of(settings: Settings) -> list[str]:
    """The argument vector of --command. UsageError where it can never run."""
    from kgents.harness.command import split_command

    if settings.command is None:
        raise UsageError("--harness command: which program?", "name it: --command './coder.py'")
    argv = split_command(settings.command)
    if argv:
        find_program(argv[0], settings.environment)
    return argv


def _api(settings: Settings) -> Harness:
    from kgents.harness.api import ApiHarness

    return ApiHarness(settings)


def _agent(name: str, settings: Settings) -> Harness:
    from kgents.harness.agents import agent
    from kgents.harness.void_harness import VoidHarness

    return VoidHarness(agent(name), settings)


_OURS: dict[str, Factory] = {
    "simulated": _simulated,
    "replay": _replay,
    "command": _command,
    "api": _api,
    **{name: partial(_agent, name) for name in AGENTS},
}

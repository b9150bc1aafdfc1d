"""How a recorded configuration becomes a kind that runs: the same way for a new run and for a resumed one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgents.domain.ports import Kind
from kgents.errors import UsageError
from kgents.wiring.conduct import Builder
from kgents.wiring.settings import Settings


async def build_command(experiment: str, config: Mapping[str, Any], settings: Settings) -> Kind:
    """Commands, with the environment of this process."""
    from kgents.experiments.command import Commands, Program

    programs = [Program(program["name"], tuple(program["argv"])) for program in config["programs"]]
    return Commands(experiment, programs, settings.environment, config["timeout"], _folder(config["cwd"]))


def _folder(path: str) -> Path:
    if not Path(path).is_dir():
        raise UsageError(f"the folder the command ran in is gone: {path}", "make it again, or start a new experiment")
    return Path(path)


def builder_of(kind: str) -> Builder:
    """The builder of a kind; UsageError for one that nothing provides."""
    from kgents.wiring.generate import builder as build_generate
    from kgents.wiring.laws import builder as build_laws
    from kgents.wiring.parse import builder as build_parse
    from kgents.wiring.reasoning import builder as build_reasoning
    from kgents.wiring.suite import builder as build_suite
    from kgents.wiring.traces import builder as build_coherence

    builders: dict[str, Builder] = {
        "command": build_command,
        "generate": build_generate,
        "suite": build_suite,
        "laws": build_laws,
        "parse": build_parse,
        "stochastic-law": build_laws,
        "reasoning": build_reasoning,
        "coherence": build_coherence,
    }
    if kind not in builders:
        raise UsageError(f"nothing installed runs experiments of kind {kind!r}")
    return builders[kind]

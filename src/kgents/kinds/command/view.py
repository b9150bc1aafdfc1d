"""How commands are shown."""

import shlex
from collections.abc import Sequence

from kgents.kinds.command.lines import is_line
from kgents.kinds.command.options import CommandConfig


def headline(config: CommandConfig) -> str:
    """One line for history: what was tried."""
    return " | ".join(_line(program["argv"]) for program in config["programs"])


def _line(argv: Sequence[str]) -> str:
    return argv[2] if is_line(argv) else shlex.join(argv)

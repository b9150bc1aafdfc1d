"""How commands are shown."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kgents.kinds.command.lines import is_line


def headline(config: Mapping[str, Any]) -> str:
    """One line for history: what was tried."""
    return " | ".join(_line(program["argv"]) for program in config["programs"])


def _line(argv: Sequence[str]) -> str:
    return argv[2] if is_line(argv) else shlex.join(argv)

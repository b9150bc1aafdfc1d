"""What a line means to bash and not to the shell that runs it: other shells take it for something else, without a word."""

import re
from collections.abc import Sequence
from pathlib import Path

from kgents.kinds.command.lines import SHELL, is_line

_QUOTED = re.compile(r"'[^']*'")
_NOT_EVERYWHERE = (
    (re.compile(r"\bRANDOM\b"), "RANDOM", "is nothing, or 0"),
    (re.compile(r"\$\{?SECONDS\b"), "SECONDS", "is nothing"),
    (re.compile(r"&>"), "&>", "runs the command in the background"),
    (re.compile(r"\{-?\d+\.\.-?\d+\}"), "{1..9}", "is one word"),
)
_KNOWN_BY = ("bash", "zsh", "ksh", "mksh")


def misread(argv: Sequence[str], shell: Path | None = None) -> str | None:
    """What the shell takes for something else in a line; None where it is none, or nothing is.

    shell  what /bin/sh is
    """
    name = (shell or Path(SHELL[0]).resolve()).name
    if not is_line(argv) or name in _KNOWN_BY or "RANDOM=" in argv[2]:
        return None
    bare = _QUOTED.sub("''", argv[2])
    for pattern, word, meaning in _NOT_EVERYWHERE:
        if pattern.search(bare):
            return f"the line is run by /bin/sh ({name}), where {word} {meaning}; for bash: kg experiment run … -- bash -c LINE"
    return None

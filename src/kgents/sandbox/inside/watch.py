"""Notes what a program does that its sandbox denies and that people ask about: starting another program."""

import sys
from typing import Any

STARTS = frozenset(
    (
        "os.fork", "os.forkpty", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn",
    )
)  # fmt: skip
attempts: list[str] = []  # names of audit events, the first ones


def _hook(event: str, _: Any) -> None:
    if event in STARTS and len(attempts) < 3:
        attempts.append(event)


def watch() -> None:
    """Begins to note. For good: an audit hook cannot be removed."""
    sys.addaudithook(_hook)

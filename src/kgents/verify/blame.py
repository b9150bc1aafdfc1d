"""What is said of candidates that came to no answer: whatever judges them says it alike."""

import signal
from collections.abc import Sequence
from typing import Any

from kgents.domain.outcome import Cause, Check
from kgents.domain.ports import Judgement
from kgents.sandbox.inside.protocol import Ended

SYNTAX = ("SyntaxError", "IndentationError", "TabError", "ValueError", "UnicodeEncodeError")
SEPARATE = "outside"  # the verdict is computed outside of the candidate's process


def unreadable(error: Sequence[Any]) -> Judgement:
    """Of a candidate that is no program: [kind, message, line or None]."""
    kind, message, line = error
    text = f"syntax error{f' in line {line}' if line else ''}: {message}"
    text = text if kind in SYNTAX else f"{kind}: {message}"
    return Judgement(False, Cause.SYNTAX, text[:300], (Check("compiles", False, text[:300]),), 1)


def lacking(names: Sequence[str]) -> Judgement:
    """Of a candidate that lacks names that it has to define."""
    text = f"{names[0]} is not defined"
    return Judgement(False, Cause.MISSING, text, (Check("defines", False, text),), 1)


def death(ended: Ended, late: bool, where: str) -> tuple[Cause, str]:
    """Of a candidate whose process ended at a place (" at …", or "")."""
    if late or ended.overdue or ended.signal == signal.SIGXCPU:
        return Cause.TIMEOUT, f"no answer within the limit{where} ({ended.cpu_s:.1f} s of CPU used)"
    if ended.signal is not None and ended.signal != signal.SIGKILL:
        return Cause.RESOURCES, f"killed by {signal.Signals(ended.signal).name}{where}"
    how = "killed" if ended.exit is None else f"exit {ended.exit}"
    return Cause.EXCEPTION, f"its process ended{where} ({how}, {ended.cpu_s:.1f} s of CPU used)"

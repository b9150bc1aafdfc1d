"""Failures for which the sandbox is the reason: a package that candidates cannot see, a program that they may not start."""

import re
from dataclasses import replace

from kgents.domain.outcome import Cause
from kgents.domain.ports import Judgement
from kgents.errors import UsageError
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox

_MISSING = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z_]\w*)")


def started(event: str) -> str:
    """What is said of a candidate that tried to start a program; `event` is the name of the audit event."""
    return f"starts another program ({event}): candidates may not fork or execute anything"[:200]


def unless_hidden(judgement: Judgement, candidate: str, sandbox: Sandbox) -> Judgement:
    """The judgement; without a verdict where a package that the candidate imports is installed and only hidden from it."""
    if judgement.success is not False or judgement.error is None:
        return judgement
    match = _MISSING.search(judgement.error)
    if match is None or not _hidden(match.group(1), candidate, sandbox):
        return judgement
    name = match.group(1)
    error = f"{name} is installed, but hidden from candidates: --packages {name} (or all) shows it"
    return replace(judgement, success=None, cause=Cause.PACKAGE_HIDDEN, error=error, checks=())


def _hidden(name: str, candidate: str, sandbox: Sandbox) -> bool:
    if name not in sandbox.facts(candidate).imports:
        return False
    try:
        visible = environment((), (name,), python=sandbox.environment.python)
    except UsageError:
        return False
    return name in visible.visible

"""Failures for which the sandbox is the reason: a package that candidates cannot see, a program that they may not start."""

from dataclasses import replace

from kgents.domain.outcome import Cause
from kgents.domain.ports import Judgement
from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.sandbox.environment import environment
from kgents.sandbox.sandbox import Sandbox

_MISSING = pattern(r"ModuleNotFoundError: No module named '([A-Za-z_]\w*)")


def started(event: str) -> str:
    """What is said of a candidate that tried to start a program; `event` is the name of the audit event."""
    return f"starts another program ({event}): candidates may not fork or execute anything"[:200]


def hidden_package(judgement: Judgement, candidate: str, sandbox: Sandbox) -> str | None:
    """The package for want of which the candidate failed, where that is installed and only hidden from it."""
    if judgement.success is not False or judgement.error is None:
        return None
    match = _MISSING.search(judgement.error)
    return match.group(1) if match is not None and _hidden(match.group(1), candidate, sandbox) else None


def not_seen(judgement: Judgement, name: str) -> Judgement:
    """The judgement without a verdict, since this package is hidden from the candidate."""
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

"""Static checks: mypy and ruff read the candidate; nothing runs it.

Rule: no comment of a candidate switches a check off. ruff is told so; mypy has no such option, so it reads a text in which
those comments are none, of the same length, so that lines and columns stay.
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kgents.domain.outcome import Check
from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.sandbox.owned import owned

SECONDS = 60
_COMMANDS = {
    "types": (
        "mypy",
        ["-m", "mypy", "--no-incremental", "--cache-dir", "/dev/null", "--no-error-summary"],
    ),
    "lint": (
        "ruff",
        ["-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--ignore-noqa", "--output-format", "concise"],
    ),
}
_IGNORED = pattern(r"(#[ \t]*)type(:[ \t]*ignore)")
_CONFIGURED = pattern(r"^# mypy:", re.MULTILINE)
_DISABLED = pattern(r"(#[ \t]*)(ruff|isort|flake8|yapf|fmt)(:)", re.IGNORECASE)


def missing_tools(checks: Sequence[str]) -> None:
    """UsageError for a check that there is not, and where one needs a tool that is not installed."""
    for check in checks:
        if check not in _COMMANDS:
            raise UsageError(f"--check {check}: there is no such check", f"one of {', '.join(_COMMANDS)}")
        if importlib.util.find_spec(_COMMANDS[check][0]) is None:
            raise UsageError(f"--check {check} needs {_COMMANDS[check][0]}", "pip install 'kgents[checks]'")


def static_checks(candidate: str, checks: Sequence[str]) -> tuple[Check, ...]:
    """One Check per name."""
    with tempfile.TemporaryDirectory(prefix=owned("kgents-static-")) as folder:
        path = Path(folder) / "candidate.py"
        path.write_text(without_switches(candidate), encoding="utf-8", errors="replace")
        return tuple(_check(name, path) for name in checks)


def without_switches(source: str) -> str:
    """The text without the comments by which mypy or ruff would be switched off; length and lines stay.

    Within texts of the program they are changed as well, which no check minds.
    """
    source = _IGNORED.sub(r"\1note\2", source)
    source = _CONFIGURED.sub("# note:", source)
    return _DISABLED.sub(lambda match: match[1] + "-" * len(match[2]) + match[3], source)


def _check(name: str, path: Path) -> Check:
    command = [sys.executable, *_COMMANDS[name][1], str(path)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Check(name, False, f"no answer within {SECONDS} s")
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    first = lines[0].replace(str(path), "candidate.py").replace(f"{path.name}:", "line ", 1) if lines else ""
    return Check(name, done.returncode == 0, "" if done.returncode == 0 else first[:200])

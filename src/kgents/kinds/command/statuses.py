"""What the exit status of a command says about the program under test: success, failure, or nothing.

Rule: 126 and 127 are what a shell says where a program cannot be run: unless they are named, they end the run. pytest's
2 to 5 (interrupted, internal error, wrong usage, no tests) are no evidence about what is tested. A signal that ends a command
is a failure, unless 128 and its number is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from signal import Signals

from kgents.domain.outcome import Cause
from kgents.errors import UsageError
from kgents.kinds.command.options import CommandConfig

_PYTEST_ERRORS = {2: "interrupted", 3: "internal error", 4: "wrong usage", 5: "no tests were collected"}
_NOT_RUN = {126: "cannot be executed", 127: "was not found"}
_BY_SIGNAL = 128  # a shell's status of a program that was killed is so much more than the number of the signal
_DEADLY = frozenset(
    {Signals.SIGHUP, Signals.SIGINT, Signals.SIGABRT, Signals.SIGKILL, Signals.SIGSEGV, Signals.SIGTERM}
)
_WRAPPERS = {"uv", "poetry", "pipenv", "pdm", "hatch", "rye"}  # followed by `run`
_PREFIXES = {"env", "nice", "nohup", "exec", "xvfb-run"}


@dataclass(frozen=True, slots=True)
class Statuses:
    """Which exit statuses are successes, which are no evidence, and whose test runner's they are (None: nobody's)."""

    success: frozenset[int] = frozenset({0})
    error: frozenset[int] = frozenset()
    runner: str | None = None

    @staticmethod
    def of(config: CommandConfig, runner: str | None) -> "Statuses | None":
        """Those of a recorded configuration; None where it is older than they are."""
        if "success_codes" not in config:
            return None
        return Statuses(frozenset(config["success_codes"]), frozenset(config["error_codes"]), runner)

    def cause(self, status: int) -> Cause | None:
        """None for a success, else why the trial did not succeed."""
        if status in self.success:
            return None
        if status in self.error or (self.runner == "pytest" and status in _PYTEST_ERRORS):
            return Cause.NO_EVIDENCE
        return Cause.HARNESS_MISSING if status in _NOT_RUN else Cause.EXIT_STATUS

    def meaning(self, status: int) -> str:
        """The status with what it is known to mean."""
        known = _PYTEST_ERRORS.get(status) if self.runner == "pytest" and status not in self.success else None
        if known is None and self.cause(status) is Cause.HARNESS_MISSING:
            known = f"a program {_NOT_RUN[status]}"
        if known is None and status - _BY_SIGNAL in _DEADLY:
            known = f"as of a program killed by {Signals(status - _BY_SIGNAL).name}"
        return f"exit status {status}" + (f" ({known})" if known else "")


def of_signal(number: int, statuses: Statuses | None) -> tuple[Cause | None, str]:
    """The cause and the words for a command that a signal ended: named by the status that a shell gives it, 128 more."""
    try:
        name = f" ({Signals(number).name})"
    except ValueError:
        name = ""
    status, words = _BY_SIGNAL + number, f"killed by signal {number}{name}"
    if statuses is not None and status in statuses.success | statuses.error:
        return statuses.cause(status), words
    return Cause.SIGNAL, words


def codes_of(option: str, text: str) -> list[int]:
    """Exit statuses written as 0,3-5; UsageError for anything else."""
    codes: set[int] = set()
    for part in text.split(","):
        low, _, high = part.strip().partition("-")
        if not (low.isdecimal() and (high or low).isdecimal()) or not int(low) <= int(high or low) <= 255:
            raise UsageError(f"{option} {text!r} is no list of exit statuses", f"write {option} 0,3-5; from 0 to 255")
        codes.update(range(int(low), int(high or low) + 1))
    return sorted(codes)


def runner_of(words: Sequence[str]) -> str | None:
    """'pytest' where the words of a command run pytest, also by python -m or inside a wrapper; else None."""
    left = list(words)
    while left:
        name = PurePath(left[0]).name
        if name in ("pytest", "py.test"):
            return "pytest"
        if name.startswith("python") or name == "coverage":
            return "pytest" if _runs_module(left[1:]) else None
        if name in _WRAPPERS and len(left) > 1 and left[1] == "run":
            left = left[1:]
        elif name not in _PREFIXES and "=" not in left[0]:
            return None
        left = left[1:]
        while left and left[0].startswith("-"):
            left = left[1:]
    return None


def _runs_module(words: Sequence[str]) -> bool:
    """Whether -m pytest stands before any script."""
    left = iter(word for word in words if word != "run")
    for option in left:
        if option == "-m":
            return next(left, "") in ("pytest", "py.test")
        if option in ("-W", "-X"):
            next(left, None)
        elif not option.startswith("-"):
            return False
    return False

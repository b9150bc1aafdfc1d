"""`run`: any command is a trial; exit status 0 is a success.

Every trial sees KGENTS_EXPERIMENT, KGENTS_ARM, KGENTS_TRIAL (from 0) and KGENTS_SEED in its environment. Output is
kept up to a stated size; the process tree is killed at the time-out and after a normal end.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.sandbox.process import Ended, run

OUTPUT_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Program:
    """One arm: its name and the command as an argument vector."""

    name: str
    argv: tuple[str, ...]


class Commands:
    """Runs the command of an arm, once per trial."""

    def __init__(
        self,
        experiment: str,
        programs: Sequence[Program],
        environment: Mapping[str, str],
        seconds: float,
        cwd: Path | None = None,
    ) -> None:
        self._experiment = experiment
        self._programs = programs
        self._environment = environment
        self._seconds = seconds
        self._cwd = cwd

    async def run_trial(self, slot: Slot) -> Outcome:
        """Runs the command to its end or to the time-out."""
        program = self._programs[slot.arm]
        environment = {
            **self._environment,
            "KGENTS_EXPERIMENT": self._experiment,
            "KGENTS_ARM": program.name,
            "KGENTS_TRIAL": str(slot.index),
            "KGENTS_SEED": str(slot.seed),
        }
        try:
            ended = await run(
                program.argv, env=environment, cwd=self._cwd, seconds=self._seconds, output_bytes=OUTPUT_BYTES
            )
        except OSError as wrong:
            return Outcome.failed(Cause.HARNESS_MISSING, f"cannot start {program.argv[0]!r}: {wrong.strerror or wrong}")
        return _outcome(ended, self._seconds)

    async def aclose(self) -> None:
        """Nothing is kept."""


def _outcome(ended: Ended, seconds: float) -> Outcome:
    output = ended.stdout.decode(errors="replace")
    errors = ended.stderr.decode(errors="replace")
    text = output + errors if not output or not errors else f"{output}\n--- stderr ---\n{errors}"
    metadata: dict[str, Any] = {"exit_status": ended.status, "output_cut": ended.cut}
    if ended.stopped:
        metadata["machine_stopped_seconds"] = round(ended.stopped, 3)
    return replace(_judged(ended, seconds, text, errors or output, metadata), seconds=ended.seconds)


def _judged(ended: Ended, seconds: float, text: str, lines: str, metadata: dict[str, Any]) -> Outcome:
    if ended.status == 0:
        return Outcome.passed(text, metadata=metadata)
    last = next((line for line in reversed(lines.splitlines()) if line.strip()), "")
    if ended.status is None:
        return Outcome.failed(Cause.TIMEOUT, f"no end within {seconds:g} s", text, metadata=metadata)
    if ended.status < 0:
        return Outcome.failed(Cause.SIGNAL, f"killed by signal {-ended.status}", text, metadata=metadata)
    message = f"exit status {ended.status}" + (f": {last.strip()}" if last else "")
    return Outcome.failed(Cause.EXIT_STATUS, message, text, metadata=metadata)


def argv_of(words: Sequence[str]) -> tuple[str, ...]:
    """The argument vector of a command as typed; a single word with spaces in it is a line for the shell."""
    if len(words) == 1 and shlex.split(words[0], posix=True) != list(words):
        return ("/bin/sh", "-c", words[0])
    return tuple(words)

"""`run`: any command is a trial; what its exit status says is for `statuses`.

Every trial sees KGENTS_EXPERIMENT, KGENTS_ARM, KGENTS_TRIAL (from 0) and KGENTS_SEED in its environment. Beginning and
end of the output are kept up to a stated size. At the time-out the process group gets SIGTERM, and SIGKILL after a
grace; what a command leaves behind after a normal end is killed.
"""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.kinds.command.score import ScoreReader
from kgents.kinds.command.statuses import Statuses, of_signal
from kgents.kinds.command.unstarted import not_there
from kgents.sandbox.process import Ended, run

OUTPUT_BYTES = 64_000
GRACE_SECONDS = 5.0  # from SIGTERM to SIGKILL, but never more than the time-out itself


@dataclass(frozen=True, slots=True)
class Program:
    """One arm: its name, the command as an argument vector, and the meaning of its exit status.

    statuses  None for records from before statuses had meanings: 0 is a success, everything else a failure
    """

    name: str
    argv: tuple[str, ...]
    statuses: Statuses | None = None


class Commands:
    """Runs the command of an arm, once per trial."""

    def __init__(
        self,
        experiment: str,
        programs: Sequence[Program],
        environment: Mapping[str, str],
        seconds: float,
        cwd: Path | None = None,
        score: ScoreReader | None = None,
        under: float | None = None,
    ) -> None:
        """`seconds` that a trial may take before it is ended, `under`: before it fails, None: no such limit."""
        self._experiment = experiment
        self._programs = programs
        self._environment = environment
        self._seconds = seconds
        self._cwd = cwd
        self._score = score
        self._under = under

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
                program.argv,
                env=environment,
                cwd=self._cwd,
                seconds=self._seconds,
                output_bytes=OUTPUT_BYTES,
                grace_seconds=min(GRACE_SECONDS, self._seconds),
            )
        except OSError as wrong:
            return Outcome.failed(Cause.HARNESS_MISSING, _unstarted(program.argv[0], wrong))
        outcome = _outcome(ended, self._seconds, program)
        if self._under is not None and outcome.success and ended.seconds > self._under:
            late = f"took {ended.seconds:.3g} s, the limit is {self._under:g} s (--under)"
            failed = Outcome.failed(Cause.TIMEOUT, late, outcome.output, metadata=outcome.metadata)
            return replace(failed, seconds=ended.seconds)
        return outcome if self._score is None else _scored(outcome, ended, self._score)

    async def aclose(self) -> None:
        """Nothing is kept."""


def _unstarted(program: str, wrong: OSError) -> str:
    why = " (a script without a #! line?)" if wrong.errno == errno.ENOEXEC else ""
    return f"cannot start {program!r}: {wrong.strerror or wrong}{why}"


def _outcome(ended: Ended, seconds: float, program: Program) -> Outcome:
    output = ended.stdout.decode(errors="replace")
    errors = ended.stderr.decode(errors="replace")
    text = output + errors if not output or not errors else f"{output}\n--- stderr ---\n{errors}"
    metadata: dict[str, object] = {"exit_status": ended.status, "output_cut": ended.cut}
    if ended.stopped:
        metadata["machine_stopped_seconds"] = round(ended.stopped, 3)
    cause, meaning = _judged(ended.status, seconds, program.statuses)
    if cause is Cause.EXIT_STATUS and ended.status and program.statuses is not None:
        missing = not_there(program.argv, ended.status, output, errors)
        cause, meaning = (Cause.HARNESS_MISSING, f"{meaning} ({missing})") if missing else (cause, meaning)
    if cause is None:
        outcome = Outcome.passed(text, metadata=metadata)
    else:
        reason = _reason(output, errors) if ended.status is not None and ended.status > 0 else ""
        outcome = Outcome.failed(cause, meaning + (f": {reason}" if reason else ""), text, metadata=metadata)
    return replace(outcome, seconds=ended.seconds)


def _scored(outcome: Outcome, ended: Ended, reader: ScoreReader) -> Outcome:
    """With the score that the command wrote; one that failed has the least score, whatever it wrote."""
    if outcome.success is not True:
        return outcome
    try:
        score = reader.read(ended.stdout.decode(errors="replace"))
    except ValueError as wrong:
        failed = Outcome.failed(Cause.NO_EVIDENCE, str(wrong), outcome.output, metadata=outcome.metadata)
        return replace(failed, seconds=outcome.seconds)
    return replace(outcome, score=(score,))


def _judged(status: int | None, seconds: float, statuses: Statuses | None) -> tuple[Cause | None, str]:
    """The cause of a failure (None for a success), and how the command ended in words."""
    if status is None:
        return Cause.TIMEOUT, f"no end within {seconds:g} s"
    if status < 0:
        return of_signal(-status, statuses)
    if statuses is None:
        return (Cause.EXIT_STATUS if status else None), f"exit status {status}"
    return statuses.cause(status), statuses.meaning(status)


def _reason(output: str, errors: str) -> str:
    """What a test runner says failed, else the last line of what was written."""
    from kgents.verify.test_reports import read_tests

    for text in (output, errors):
        report = read_tests(text)
        if report is not None and report.failed:
            return report.quoted()
    lines = (line.strip() for line in reversed((errors or output).splitlines()))
    return next((line for line in lines if line), "")

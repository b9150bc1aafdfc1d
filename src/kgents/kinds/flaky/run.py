"""One run of a suite: a fresh process, an order that its seed fixes, what every test came to."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.seeds import seed_of
from kgents.errors import UsageError
from kgents.kinds.flaky.reading import FOREIGN, Ran, read_junit, read_reports
from kgents.sandbox.process import Ended, run

INSIDE = Path(__file__).with_name("inside")
REPORTER = "kgents_suite_reporter"
TRIED_AGAIN = (
    4  # runs of what failed at first: a test that fails in half of its runs fails in all of them in one case of 32
)
OUTPUT_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Suite:
    """How a suite is run.

    argv   pytest with its arguments (the reporter is added), or with `junit` any command
    junit  the file that the command writes in every run; None: pytest's own reports are read
    original  of a commit in a worktree: the repository, whose own modules are not to be tested instead
    """

    argv: tuple[str, ...]
    cwd: Path
    seconds: float
    environment: Mapping[str, str]
    shuffled: bool = True
    junit: Path | None = None
    original: Path | None = None

    async def tests(self, seed: int) -> Mapping[str, Ran]:
        """A run of all tests, to learn which there are. UsageError where it ran none."""
        ended, tests = await self._run(None, seed)
        if foreign := tests.pop(FOREIGN, None):
            raise UsageError(
                f"the tests of this commit would try what is in {self.original}, not the commit: {foreign.text}",
                "make the commit's own modules come first: `pythonpath = src` for pytest, or --build with an install",
            )
        if not tests:
            raise UsageError(
                f"the suite ran no test (exit status {ended.status}){_reason(ended.stdout, ended.stderr)}",
                "name where the tests are: kg experiment pytest tests/, or try its command by hand",
            )
        return tests

    async def outcomes(self, names: Sequence[str], seed: int) -> Mapping[str, Outcome]:
        """A run of these tests; one that never ran, or was skipped, says nothing."""
        ended, tests = await self._run(names, seed)
        return {name: _placed(self._outcome(tests.get(name), ended), tests.get(name), seed) for name in names}

    async def passing_again(self, failed: Sequence[str], seed: int) -> list[str]:
        """Which of the tests that failed in the first run pass in one of a few more of them alone: flaky, as a fact."""
        left = list(failed)
        for attempt in range(TRIED_AGAIN if failed else 0):
            if not left:
                break
            told = await self.outcomes(left, seed_of(seed, "again", attempt))
            left = [name for name in left if not told[name].success]
        return [name for name in failed if name not in left]

    async def _run(self, names: Sequence[str] | None, seed: int) -> tuple[Ended, dict[str, Ran]]:
        with tempfile.TemporaryDirectory(prefix="kgents-suite-", ignore_cleanup_errors=True) as folder:
            reports, only = Path(folder) / "reports.jsonl", Path(folder) / "only"
            environment = {**self.environment, "KGENTS_SEED": str(seed)}
            if self.junit is None:
                environment |= {"KGENTS_SUITE_REPORT": str(reports)}
                environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(INSIDE), environment.get("PYTHONPATH")]))
                if self.original is not None:
                    environment["KGENTS_SUITE_ORIGINAL"] = str(self.original)
                if self.shuffled:
                    environment["KGENTS_SUITE_ORDER"] = str(seed)
                if names is not None:
                    only.write_text("\n".join(names), encoding="utf-8")
                    environment["KGENTS_SUITE_ONLY"] = str(only)
            else:
                (self.cwd / self.junit).unlink(missing_ok=True)
            ended = await self._process(environment)
            return ended, read_reports(reports) if self.junit is None else self._read_junit(self.junit, names is None)

    def _read_junit(self, junit: Path, first: bool) -> dict[str, Ran]:
        """The file of a run; one that is missing after the first run says that nothing ran."""
        try:
            return read_junit(self.cwd / junit)
        except UsageError:
            if first:
                raise
            return {}

    async def _process(self, environment: Mapping[str, str]) -> Ended:
        argv = self.argv if self.junit is not None else (*self.argv, "-p", REPORTER)
        try:
            return await run(argv, env=environment, cwd=self.cwd, seconds=self.seconds, output_bytes=OUTPUT_BYTES)
        except OSError as wrong:
            raise UsageError(
                f"cannot start {argv[0]!r}: {wrong.strerror or wrong}", "name a program that is there"
            ) from wrong

    def _outcome(self, ran: Ran | None, ended: Ended) -> Outcome:
        if ran is None:
            return Outcome.failed(Cause.UNKNOWN, "did not run")
        if ran.passed:
            return Outcome.passed(seconds=ran.seconds)
        if ran.passed is False:
            return Outcome.failed(Cause.WRONG_OUTPUT, ran.error, ran.text, seconds=ran.seconds)
        if ran.begun and ended.status is None:
            return Outcome.failed(Cause.TIMEOUT, f"was running when the run was ended after {self.seconds:g} s")
        if ran.begun and ended.status is not None and ended.status < 0:
            return Outcome.failed(Cause.SIGNAL, f"was running when the run was killed by signal {-ended.status}")
        return Outcome.failed(Cause.UNKNOWN, "skipped")


def _placed(outcome: Outcome, ran: Ran | None, seed: int) -> Outcome:
    """With the run that it was part of, by its seed, and its place in the order of that run."""
    metadata = {"run": seed, **({} if ran is None or ran.position is None else {"place": ran.position})}
    return replace(outcome, metadata={**outcome.metadata, **metadata})


def _reason(stdout: bytes, stderr: bytes) -> str:
    """The line that says why no test was run: one that is called an error, else the last."""
    lines = [line.strip() for each in (stderr, stdout) for line in each.decode(errors="replace").splitlines()]
    said = [line for line in lines if line.startswith("ERROR")] or [line for line in lines if line]
    return f": {said[-1].strip('= ')}" if said else ""

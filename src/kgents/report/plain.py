"""Progress as plain lines on stderr: what is seen where there is no terminal, or one that cannot draw."""

import sys
from contextlib import suppress
from time import monotonic
from typing import TextIO

from kgents.domain.fact import Finished, Planned, Warned
from kgents.domain.mark import Mark
from kgents.domain.plan import Layout
from kgents.domain.words import number, seconds
from kgents.engine.run import Run
from kgents.report.clean import clean
from kgents.report.live.board import Board, Clock
from kgents.report.live.forecast import Forecaster
from kgents.report.live.lines import one_line
from kgents.report.live.spans import signs_for
from kgents.report.plan_warnings import plan_warnings
from kgents.report.planning import asked, promise

EVERY = 30.0  # seconds after which something is said though nothing has happened
FIRST = 20  # trials that get a line each; afterwards one line per tenth of the cap


class PlainLines:
    """One line per trial at first, then one from time to time, every half a minute at least. Without `warnings`, those
    are left to the result.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        warnings: bool = True,
        clock: Clock = monotonic,
    ) -> None:
        self._warnings = warnings
        self._stream = stream or sys.stderr
        self._seen = 0
        self._tenth = 0
        self._clock = clock
        self._board = Board("", clock)
        self._forecaster = Forecaster(clock)
        self._signs = signs_for(self._stream.encoding)
        self._last = clock()

    def open(self) -> None:
        """Nothing is said before there is something to say."""

    def ask(self, subject: str) -> None:
        """What is asked stands in the command that was typed."""

    def close(self) -> None:
        """The result follows."""

    def tick(self) -> None:
        """Says how far the run is where nothing was said for half a minute."""
        if self._clock() - self._last >= EVERY:
            ahead = self._forecaster.of(self._board.run)
            self._say(f"  {one_line(self._board, ahead, self._signs)}")

    def observe(self, mark: Mark, run: Run) -> None:
        """Prints what the mark says, if people want to know."""
        self._board.observe(mark, run)
        if mark.kind == Planned.kind:
            self._say(f"{run.plan.experiment}: {_design(run)}")
            for warning in plan_warnings(run.plan):
                self._say(f"warning: {warning}")
        elif mark.kind == Finished.kind:
            self._trial(mark, run)
        elif mark.kind == Warned.kind and mark.data["text"] and self._warnings:
            self._say(f"warning: {mark.data['text']}")

    def _trial(self, mark: Mark, run: Run) -> None:
        self._seen += 1
        step = max(1, (run.plan.most_trials or 1000) // 10)
        if self._seen <= FIRST:
            trial = Finished.from_data(mark.data)
            sign = {True: "✓", False: "✗", None: "?"}[trial.success]
            arm = run.plan.arms[trial.arm]
            why = "" if trial.cause is None else f"  {trial.cause.value.replace('_', ' ')}: {trial.error or ''}"
            self._say(
                f"  {sign} trial {trial.index}{' ' + arm if arm else ''}  {seconds(trial.duration_us / 1e6)}{why}"
            )
            self._tenth = self._seen // step
        elif run.finished // step > self._tenth:
            self._tenth = run.finished // step
            successes = sum(tally.successes for tally in run.counted.tallies)
            of = "" if run.plan.most_trials is None else f" of {run.plan.most_trials}"
            counted = f"{run.counted.finished}{of} counted, {number(successes, 'success', 'successes')}"
            self._say(f"  {counted}{_waiting(run)}")

    def _say(self, line: str) -> None:
        self._last = self._clock()
        with suppress(OSError):  # progress that cannot be shown ends no run
            print(clean(line), file=self._stream, flush=True)


def _waiting(run: Run) -> str:
    """How many trials have finished where one that was launched before some of them has not; else nothing."""
    return f" ({run.finished} finished)" if run.counted.finished < run.finished else ""


def _design(run: Run) -> str:
    design = run.plan.design
    if run.plan.layout is Layout.COMPARE or "scale" in run.plan.facts:
        return asked(run.plan)
    if design.rule.value == "fixed":
        count = run.plan.most_trials
        arms = f" of {len(run.plan.arms)} arms" if len(run.plan.arms) > 1 else ""
        target = f", target {design.target:g}" if design.target else ""
        return f"{count} trial{'s' if count != 1 else ''}{arms}{target}"
    cap = "no cap" if design.max_trials is None else f"at most {number(design.max_trials, 'trial')}"
    cap += promise(design) if len(run.plan.arms) == 1 else ""
    return f"{design.rule.value} rule, target {design.target:g}, confidence {design.confidence:g}, {cap}"

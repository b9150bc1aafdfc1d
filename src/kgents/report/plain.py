"""Progress as plain lines on stderr: what is seen where there is no terminal."""

import sys
from typing import TextIO

from kgents.domain.fact import Finished, Planned, Warned
from kgents.domain.mark import Mark
from kgents.domain.plan import Plan
from kgents.engine.run import Run
from kgents.report.clean import clean
from kgents.report.plan_warnings import plan_warnings
from kgents.report.planning import promise
from kgents.report.words import number, seconds

FIRST = 20  # trials that get a line each; afterwards one line per tenth of the cap


class PlainLines:
    """One line per trial at first, then one from time to time. Without `warnings`, those are left to the result."""

    def __init__(self, stream: TextIO | None = None, warnings: bool = True) -> None:
        self._warnings = warnings
        self._stream = stream or sys.stderr
        self._seen = 0

    def observe(self, mark: Mark, run: Run) -> None:
        """Prints what the mark says, if people want to know."""
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
        step = max(1, (most_trials(run.plan) or 1000) // 10)
        if self._seen <= FIRST:
            sign = {True: "✓", False: "✗", None: "?"}[mark.data["ok"]]
            arm = run.plan.arms[mark.data["arm"]]
            why = f"  {mark.data['cause']}: {mark.data.get('error', '')}" if "cause" in mark.data else ""
            self._say(
                f"  {sign} trial {mark.data['i']}{' ' + arm if arm else ''}  {seconds(mark.data['us'] / 1e6)}{why}"
            )
        elif self._seen % step == 0:
            successes = sum(tally.successes for tally in run.counted.tallies)
            self._say(f"  {successes} of {run.counted.finished}{waiting(run)}")

    def _say(self, line: str) -> None:
        print(clean(line), file=self._stream, flush=True)


def waiting(run: Run) -> str:
    """How many trials count where others ended before one that was launched earlier; else nothing."""
    return f" ({run.counted.finished} counted, {run.finished} finished)" if run.counted.finished < run.finished else ""


def most_trials(plan: Plan) -> int | None:
    """The cap over all arms together; None where there is none."""
    if plan.design.max_trials is None:
        return None
    return sum(plan.facts.get("allowances", ())) or plan.design.max_trials * len(plan.arms)


def _design(run: Run) -> str:
    design = run.plan.design
    if design.rule.value == "fixed":
        count = most_trials(run.plan)
        arms = f" of {len(run.plan.arms)} arms" if len(run.plan.arms) > 1 else ""
        target = f", target {design.target:g}" if design.target else ""
        return f"{count} trial{'s' if count != 1 else ''}{arms}{target}"
    cap = "no cap" if design.max_trials is None else f"at most {number(design.max_trials, 'trial')}"
    cap += promise(design) if len(run.plan.arms) == 1 else ""
    return f"{design.rule.value} rule, target {design.target:g}, confidence {design.confidence:g}, {cap}"

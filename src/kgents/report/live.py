"""The live line on a terminal: how far, how it goes, how long still; exact, from the plan."""

import time
from typing import Any

from kgents.domain.fact import Finished, Planned, Sealed, Stopped
from kgents.domain.mark import Mark
from kgents.domain.plan import Layout
from kgents.engine.run import Run
from kgents.report.clean import clean
from kgents.report.plain import most_trials, waiting
from kgents.report.plan_warnings import plan_warnings
from kgents.stats import outlook, shown_interval

SHARE = 20  # of the time may pass until the numbers are worked out again, times what that took


class LiveLine:
    """One line that is redrawn; failures stay above it. Warnings stand in the result."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console = Console(stderr=True)
        self._live: Live = Live("", console=self._console, refresh_per_second=8, transient=True)
        self._failures = 0
        self._next = 0.0
        self._shown: list[str] = []

    def observe(self, mark: Mark, run: Run) -> None:
        """Redraws the line."""
        match mark.kind:
            case Planned.kind:
                self._live.start()
                for warning in plan_warnings(run.plan):
                    self._print(f"[bold yellow]warning:[/] {_plain(warning)}")
            case Finished.kind:
                self._failure(mark)
                self._live.update(self._line(mark, run))
            case Sealed.kind | Stopped.kind:
                self._live.stop()
            case _:
                self._live.start()

    def _failure(self, mark: Mark) -> None:
        if mark.data["ok"] is not True:
            self._failures += 1
            if self._failures <= 5:
                self._print(f"[red]✗[/] trial {mark.data['i']}: {_plain(mark.data.get('error') or mark.data['cause'])}")

    def _line(self, mark: Mark, run: Run) -> str:
        plan, (trials, successes, uncounted) = run.plan, _totals(run)
        parts = [f"{trials}/{most_trials(plan) or '∞'}", f"[green]✓{successes}[/]"]
        parts.append(f"[red]✗{trials - successes}[/]" + (f" ?{uncounted}" if uncounted else "") + waiting(run))
        if plan.layout is Layout.INDEPENDENT and len(plan.arms) == 1 and trials:
            parts += self._numbers(run)
        cost = run.usage.cost_usd
        if run.usage.calls and cost is not None and cost > 0:
            parts.append(f"{cost:.4f} USD")
        return "  ".join(parts)

    def _numbers(self, run: Run) -> list[str]:
        design = run.plan.design
        trials, successes, _ = _totals(run)
        interval = shown_interval(design, trials, successes, stopped=False)
        shown = [f"rate {successes / trials:.2f} [{interval.low:.2f}, {interval.high:.2f}]"]
        if design.max_trials is not None:
            shown += self._ahead(run)
        return shown

    def _ahead(self, run: Run) -> list[str]:
        """Exact, and so not always cheap: it takes at most a twentieth of the time that passes."""
        now = time.monotonic()
        if now >= self._next:
            trials, successes, _ = _totals(run)
            ahead = outlook(run.plan.design, trials, successes)
            per_trial = run.elapsed.total_seconds() / max(1, run.finished)
            self._shown = [
                f"≈{ahead.expected_trials_left:.0f} to go, {ahead.done_within_ten:.0%} done in 10",
                f"ETA {ahead.expected_trials_left * per_trial:.0f} s",
            ]
            self._next = time.monotonic() + SHARE * (time.monotonic() - now)
        return self._shown

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False)


def _totals(run: Run) -> tuple[int, int, int]:
    """(trials, successes, not counted) of the complete prefix of the launch order, all arms together."""
    tallies = run.counted.tallies
    return (
        sum(tally.trials for tally in tallies),
        sum(tally.successes for tally in tallies),
        sum(tally.uncounted for tally in tallies),
    )


def _plain(text: Any) -> str:
    from rich.markup import escape

    return escape(clean(str(text)))

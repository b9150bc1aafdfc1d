"""A run as observers see it, with a clock that is set by hand, on a terminal that is an emulator's."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pyte

from kgents.domain.fact import Fact, Finished
from kgents.domain.mark import ORIGIN, Entry, seal
from kgents.domain.plan import Layout, Plan
from kgents.engine.run import Run
from kgents.report.live.terminal import Terminal
from kgents.report.live.view import LiveView
from kgents.runner.local import Observer
from kgents.stats import Design, Prior, Rule

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ADAPTIVE = Design(Rule.CALIBRATED, 0.7, 0.95, 60, Prior(1, 1), futility=0.02)


def planned(design: Design = ADAPTIVE, arms: Sequence[str] = ("",), **more: object) -> Plan:
    """A plan of a command."""
    fields: dict[str, object] = {"layout": Layout.INDEPENDENT, **more}
    return Plan("exp-01test", "command", "0" * 64, design, "digest", 7, tuple(arms), **fields)  # type: ignore[arg-type]


@dataclass
class Watched:
    """A run, and who is told of it."""

    observer: Observer
    run: Run = field(default_factory=Run)
    now: float = 0.0
    told: int = 0

    def tell(self, *facts: Fact, error: str | None = None) -> None:
        """The next facts, one moment after the other."""
        for fact in facts:
            entry = Entry(EPOCH + timedelta(seconds=self.now), fact, round(self.now * 1e6))
            self.run.receive(entry)
            mark = seal("exp-01test", self.told, ORIGIN, entry)
            if error is not None and isinstance(fact, Finished):
                mark = replace(mark, data={**mark.data, "error": error})
            self.told += 1
            self.observer.observe(mark, self.run)


class Window(io.StringIO):
    """What a program writes to as standard error; an emulator shows it."""

    encoding = "utf-8"  # type: ignore[assignment]

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(columns, rows)
        self._feed = pyte.Stream(self.screen)
        self.screen.set_mode(pyte.modes.LNM)

    def isatty(self) -> bool:
        """It is one."""
        return True

    def write(self, text: str, /) -> int:
        """Shows it."""
        self._feed.feed(text)
        return super().write(text)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen."""
        return [line.rstrip() for line in self.screen.display if line.strip()]


def view(window: Window, clock: Sequence[float] | list[float], **environment: str) -> LiveView:
    """A live view on this window; the clock is the one item of a list."""
    size = (window.screen.columns, window.screen.lines)
    return LiveView("run", lambda: clock[0], Terminal(window, {"TERM": "xterm", **environment}, size))

"""The live view: drawn several times a second on a terminal, a line now and then in a log."""

from typing import Protocol, runtime_checkable

from kgents.domain.fact import Planned
from kgents.domain.mark import Mark
from kgents.domain.notice import tell
from kgents.engine.run import Run
from kgents.report.clean import clean
from kgents.report.live.board import Board, Clock
from kgents.report.live.forecast import Forecaster
from kgents.report.live.lines import lines
from kgents.report.live.spans import signs_for
from kgents.report.live.terminal import SMALLEST, Above, Terminal, give_back, stderr_above
from kgents.report.plan_warnings import plan_warnings


@runtime_checkable
class Lively(Protocol):
    """An observer that shows something also while nothing happens."""

    def open(self) -> None:
        """The command has begun; nothing is known but its title."""

    def ask(self, subject: str) -> None:
        """What is asked of whom is known."""

    def tick(self) -> None:
        """Time has passed."""

    def close(self) -> None:
        """The run is over: its result is printed next."""


class LiveView:
    """A picture of the run at the lower end of a terminal, gone when the run is over."""

    def __init__(self, title: str, clock: Clock, terminal: Terminal) -> None:
        self._board = Board(title, clock)
        self._forecaster = Forecaster(clock)
        self._terminal = terminal
        self._signs = signs_for(terminal.stream.encoding)
        self._above: Above | None = None

    def open(self) -> None:
        """Draws at once."""
        self._above = stderr_above(self._terminal)
        self.tick()

    def ask(self, subject: str) -> None:
        """Takes what is asked."""
        self._board.subject = subject
        self.tick()

    def observe(self, mark: Mark, run: Run) -> None:
        """Takes a mark; what has to be said before the first trial stays above the picture."""
        self._board.observe(mark, run)
        if mark.kind == Planned.kind:
            for warning in plan_warnings(run.plan):
                tell("plan", clean(warning), "warning")
            self.tick()

    def tick(self) -> None:
        """Draws the picture as it is now."""
        columns, rows = self._terminal.size
        if self._above is None or columns < SMALLEST[0] or rows < SMALLEST[1]:
            return
        ahead = self._forecaster.of(self._board.run)
        self._terminal.draw(lines(self._board, ahead, columns - 1, rows - 1, self._signs))

    def close(self) -> None:
        """Leaves nothing behind."""
        if self._above is not None:
            give_back(self._above, self._terminal)
            self._above = None

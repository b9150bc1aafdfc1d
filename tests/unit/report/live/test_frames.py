"""Whole frames of the live view stay as they are: every line with its styles, for several widths, as in frames/.

A change of such a file is a change of what people see: `KGENTS_GOLDEN=write pytest` of this file rewrites them, and the
diff is reviewed.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from following import ADAPTIVE, Watched, planned

from kgents.domain.fact import Fact, Finished, Started, Stopped, StopReason, Voided
from kgents.domain.fact import Planned as Registered
from kgents.domain.mark import Mark
from kgents.domain.outcome import Cause, Usage
from kgents.domain.plan import DecidedBy, Layout
from kgents.engine.run import Run
from kgents.report.live.board import Board
from kgents.report.live.forecast import Forecaster
from kgents.report.live.lines import lines, one_line
from kgents.report.live.spans import ASCII, Line, Signs
from kgents.stats import Design, Rule

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
FRAMES = Path(__file__).with_name("frames")
FIXED = Design(Rule.FIXED, 0.8, 0.95, 12, futility=0.0)
SCORED = Design(Rule.ANYTIME, 0.5, 0.95, 60, futility=0.0)
SCALE: dict[str, object] = {"scale": ["0.0", "100.0", 100]}
ONE = (*(Finished(0, n, n != 3, None if n != 3 else Cause.EXIT_STATUS, duration_us=900_000) for n in range(7)),)


class Follower:
    """A board with a clock that is set by hand."""

    def __init__(self, elapsed: float) -> None:
        self._now = 0.0
        self.board = Board("run", lambda: self._now)
        self.forecaster = Forecaster(lambda: self._now)
        self._elapsed = elapsed

    def observe(self, mark: Mark, run: Run) -> None:
        """Takes a mark."""
        self.board.observe(mark, run)

    def later(self) -> None:
        """The time is that of the frame."""
        self._now = self._elapsed


def followed(design: Design, told: Sequence[Fact], arms: Sequence[str] = ("",), elapsed: float = 7.0, error: str = "bad luck",
             subject: str = "pytest -x tests/test_flaky.py", **more: object) -> Follower:  # fmt: skip
    """What is seen once these facts are known; each trial is started before it ends."""
    follower = Follower(elapsed)
    follower.board.subject = subject
    watched = Watched(follower)  # type: ignore[arg-type]
    watched.run.concurrency = 2
    watched.tell(Registered(planned(design, arms, **more)))
    for fact in told:
        watched.now += elapsed / max(1, len(told))
        if isinstance(fact, Finished):
            watched.tell(Started(fact.arm, fact.index))
        watched.tell(fact, error=error)
    follower.later()
    return follower


def preparing() -> Follower:
    """Nothing is known."""
    follower = Follower(0.5)
    follower.later()
    return follower


def causes() -> list[Fact]:
    """Five causes, one of which is no evidence."""
    kinds = [Cause.TIMEOUT, Cause.TIMEOUT, Cause.EXCEPTION, Cause.WRONG_OUTPUT, Cause.NETWORK, Cause.EXIT_STATUS]
    return [Finished(0, n, None if kind is Cause.NETWORK else False, kind) for n, kind in enumerate(kinds)]


def compared() -> list[Fact]:
    """Four pairs, of which one differs, and a trial in flight."""
    facts: list[Fact] = []
    for n in range(4):
        facts += [Finished(0, n, True), Finished(1, n, n != 2, None if n != 2 else Cause.TIMEOUT)]
    return [*facts, Started(0, 4)]


def scored(rows: Sequence[Sequence[int]]) -> list[Fact]:
    """Scores of arms on the same inputs."""
    return [Finished(arm, n, True, score=(score,)) for n, row in enumerate(rows) for arm, score in enumerate(row)]


def suite() -> list[Fact]:
    """Tasks that are right always, sometimes and never, one in flight and many not yet seen."""
    facts: list[Fact] = []
    for arm, outcomes in enumerate(((True, True), (True, False), (False, False))):
        facts += [Finished(arm, n, right, None if right else Cause.WRONG_OUTPUT) for n, right in enumerate(outcomes)]
    return [*facts, Started(3, 0)]


USAGE = Usage(1200, 345, None, 2, 0)
TASKS = [f"HumanEval/{number}" for number in range(60)]
BLOCKS: dict[str, object] = {"layout": Layout.BLOCKS, "facts": SCALE}
SCENES: dict[str, Callable[[], Follower]] = {
    "preparing": preparing,
    "one": lambda: followed(ADAPTIVE, [*ONE, Started(0, 7), Started(0, 8)]),
    "one-begun": lambda: followed(ADAPTIVE, [Started(0, 0)], elapsed=125.0),
    "one-stopped": lambda: followed(ADAPTIVE, [*ONE, Started(0, 7), Voided(0, 7), Stopped(StopReason.BUDGET_SECONDS)]),
    "fixed": lambda: followed(FIXED, [*ONE, Finished(0, 7, True, usage=USAGE)], elapsed=3720.0, model="anthropic:one"),
    "causes": lambda: followed(FIXED, causes(), error="a long explanation of what went wrong, " * 4),
    "compared": lambda: followed(ADAPTIVE, compared(), ("hot", "cold"), layout=Layout.COMPARE),
    "arms": lambda: followed(ADAPTIVE, compared(), ("hot", "cold")),
    "score": lambda: followed(SCORED, scored([(60,), (80,)]), decider=DecidedBy.SCORES, **BLOCKS),
    "scores": lambda: followed(SCORED, scored([(60, 20), (80, 40), (100, 0)]), ("hot", "cold"),
                               decider=DecidedBy.SCORE_PAIRS, **BLOCKS),
    "three-scores": lambda: followed(SCORED, scored([(100, 0, 50)] * 12), ("a", "b", "c"),
                                     decider=DecidedBy.SCORE_PAIRS, **BLOCKS),
    "suite": lambda: followed(Design(Rule.FIXED, None, 0.95, 2, futility=0.0), suite(), TASKS),
    "wide-names": lambda: followed(ADAPTIVE, ONE, subject="数える \x1b[31m" + "long " * 40),
}  # fmt: skip


def written(line: Line) -> str:
    """A line with its styles in brackets."""
    return "".join(f"[{style}:{text}]" if style else text for text, style in line).rstrip()


def frame(scene: Follower, width: int, height: int, signs: Signs) -> str:
    """A frame, and the line for a log."""
    ahead = scene.forecaster.of(scene.board.run)
    drawn = [written(line) for line in lines(scene.board, ahead, width, height, signs)]
    return "\n".join([f"{width} columns, {height} lines", *drawn, one_line(scene.board, ahead, signs), ""])


@pytest.mark.parametrize("name", SCENES)
def test_what_is_shown_stays(name: str) -> None:
    """In narrow, usual and wide windows, in a low one, and in one without other signs than ASCII."""
    sizes = [(40, 24, Signs()), (71, 24, Signs()), (72, 7, Signs()), (109, 24, Signs()), (110, 24, ASCII)]
    scene = SCENES[name]()
    text = "\n".join(frame(scene, *size) for size in sizes)
    file = FRAMES / f"{name}.txt"
    if WRITE:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")

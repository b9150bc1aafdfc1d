"""The live view on an emulated terminal: what a person reads while a run goes on, at every width."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from following import ADAPTIVE, Watched, Window, planned, view

from kgents.domain.fact import Finished, Planned, Started, Voided
from kgents.domain.mark import Mark
from kgents.domain.outcome import Cause, Tier, Usage
from kgents.domain.plan import DecidedBy, Errors, Layout
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.run import Run
from kgents.report.live.spans import cells, signs_for
from kgents.report.live.terminal import can_draw
from kgents.report.plain import PlainLines
from kgents.report.planning import asked
from kgents.stats import Design, Rule


@pytest.fixture(autouse=True)
def _stderr() -> Iterator[None]:
    """Standard error is given back even where a test fails."""
    before = sys.stderr
    yield
    sys.stderr = before


def half_way(window: Window, clock: list[float], **environment: str) -> Watched:
    """A run of one arm with seven outcomes, one of them wrong, and two in flight."""
    live = view(window, clock, **environment)
    live.open()
    live.ask("pytest -x tests/test_flaky.py")
    watched = Watched(live)
    watched.run.concurrency = 2
    watched.tell(Planned(planned()))
    for index in range(7):
        watched.now = clock[0] = 1.0 + index
        watched.tell(Started(0, index))
        cause = Cause.EXIT_STATUS if index == 3 else None
        watched.tell(
            Finished(0, index, cause is None, cause, duration_us=900_000), error=cause and "exit status 3: bad luck"
        )
    watched.tell(Started(0, 7), Started(0, 8))
    live.tick()
    return watched


def test_the_picture_is_there_before_anything_is_known() -> None:
    """The first frame says what was called, that it is being prepared, that nothing flies, and how long it has been."""
    window, clock = Window(100, 24), [0.0]
    live = view(window, clock)
    live.open()
    assert window.lines[0].startswith("run · preparing")
    assert window.lines[0].endswith("0.0 s")
    assert window.lines[1] == "0 in flight"
    clock[0] = 0.5
    live.tick()
    assert window.lines[0].endswith("0.5 s")
    live.close()
    assert window.lines == []


def test_what_a_person_wants_to_know() -> None:
    """Id, subject, time; in flight, counted, rate with its interval; path; ways to the verdicts; ahead; causes with examples."""
    window = Window(110, 24)
    half_way(window, [0.0])
    heading, progress, path, verdict, ahead, failed = window.lines
    assert heading.startswith("exp-01test · run · pytest -x tests/test_flaky.py")
    assert heading.endswith("7.0 s")
    assert re.fullmatch(
        r"2 in flight · 7 of at most 60 counted: rate 0\.857 \(✓6 ✗1\) \[0\.\d{3}, 0\.\d{3}\]", progress
    )
    assert path.split() == ["path", "✓✓✓✗✓✓✓"]
    assert re.search(r"├─*●─*┤ refuted after \d+✗, supported after \d+✓ in a row", verdict)
    assert re.search(r"≈\d+ trials still expected \(\d+% within ten\) · ETA \d+ s", ahead)
    assert failed == "failed    1 × exit status: exit status 3: bad luck"


def test_the_ways_to_the_verdicts_are_exact() -> None:
    """So many successes in a row do support, one less does not; failures refute likewise."""
    from kgents.report.live.forecast import forecast
    from kgents.stats import Side, boundary

    limits = boundary(ADAPTIVE)
    for n in range(30):
        for s in range(n + 1):
            if limits.decide(n, s) is not None:
                continue
            ahead = forecast(planned(), ((n, s),))
            for steps, gain, side in ((ahead.supported, 1, Side.SUPPORTED), (ahead.refuted, 0, Side.REFUTED)):
                if steps is not None:
                    assert limits.decide(n + steps, s + gain * steps) is side
                    assert all(limits.decide(n + k, s + gain * k) is None for k in range(steps))


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_every_width_holds_every_line(columns: int) -> None:
    """No line is longer than the window, none is broken, and the picture takes itself away completely."""
    window, clock = Window(columns, 12), [0.0]
    watched = half_way(window, clock)
    assert len(window.lines) == 6
    assert "2 in flight" in window.lines[1]
    assert "7.0 s" in window.lines[0]
    watched.observer.close()  # type: ignore[attr-defined]
    assert window.lines == []


def test_a_window_that_becomes_narrower_keeps_no_rests() -> None:
    """Lines that the terminal has broken are taken away with all their rows."""
    window, clock = Window(100, 24), [0.0]
    watched = half_way(window, clock)
    live = watched.observer
    window.screen.reset()
    live._terminal._size = (50, 24)  # type: ignore[attr-defined]
    rows = sum(-(-width // 50) for width in live._terminal._drawn)  # type: ignore[attr-defined]
    assert f"\x1b[{rows}A" in live._terminal._up()  # type: ignore[attr-defined]


def test_without_colour_there_are_no_codes_of_colours() -> None:
    """NO_COLOR leaves the movements of the cursor alone; without it there are colours."""
    plain, coloured = Window(100, 24), Window(100, 24)
    half_way(plain, [0.0], NO_COLOR="1").observer.close()  # type: ignore[attr-defined]
    half_way(coloured, [0.0]).observer.close()  # type: ignore[attr-defined]
    colour = re.compile(r"\x1b\[[0-9;]*m")
    assert not colour.search(plain.getvalue())
    assert colour.search(coloured.getvalue())


def test_what_others_say_stands_above() -> None:
    """A line on standard error scrolls up and stays; the picture is drawn below it again; half lines wait."""
    window, clock = Window(100, 24), [0.0]
    watched = half_way(window, clock)
    print("waiting for the database (5 s)", file=sys.stderr)
    sys.stderr.write("half")
    watched.observer.tick()  # type: ignore[attr-defined]
    assert window.lines[0] == "waiting for the database (5 s)"
    assert window.lines[1].startswith("exp-01test")
    watched.observer.close()  # type: ignore[attr-defined]
    assert window.lines == ["waiting for the database (5 s)", "half"]


def test_warnings_before_the_first_trial_stay() -> None:
    """Nobody takes a simulation for evidence."""
    window = Window(100, 24)
    live = view(window, [0.0])
    live.open()
    Watched(live).tell(Planned(planned(tier=Tier.SIMULATED)))
    live.close()
    assert window.lines == ["warning: the coder is SIMULATED; this is no evidence about any model"]


def test_arms_have_a_line_each_and_pairs_decide() -> None:
    """A comparison shows every arm, its rate and path, and how often the two differ."""
    window, clock = Window(90, 24), [0.0]
    live = view(window, clock)
    live.open()
    watched = Watched(live)
    watched.tell(Planned(planned(arms=("hot", "cold"), layout=Layout.COMPARE)))
    for index in range(4):
        watched.tell(Started(0, index), Started(1, index))
        watched.tell(Finished(0, index, True), Finished(1, index, index != 2, None if index != 2 else Cause.TIMEOUT))
    watched.tell(Started(0, 4))
    live.tick()
    text = "\n".join(window.lines)
    assert re.search(r"hot +1\.000  4 of 4  1 in flight  ✓✓✓✓", text)
    assert re.search(r"cold +0\.750  3 of 4  ✓✓✗✓", text)
    assert "hot v cold: 1 to 0 where they differ, in 4 pairs" in text
    assert "failed    1 × timeout" in text
    live.close()


def test_long_names_of_arms_leave_room_for_how_their_pairs_went() -> None:
    """At 60 columns, names are shortened and figures are not."""
    window, clock = Window(60, 24), [0.0]
    live = view(window, clock)
    live.open()
    watched = Watched(live)
    arms = ("pytest -x tests/test_queue.py --old", "pytest -x tests/test_queue.py --new")
    watched.tell(Planned(planned(arms=arms, layout=Layout.COMPARE)))
    watched.tell(Started(0, 0), Started(1, 0), Finished(0, 0, True), Finished(1, 0, False, Cause.TIMEOUT))
    live.tick()
    (pairs,) = [line for line in window.lines if line.startswith("pairs")]
    assert pairs.endswith(" v pytest -x tes…: 1 to 0 in 1 pair")
    live.close()


def scores_of(arms: tuple[str, ...], rows: list[tuple[int, ...]], decider: DecidedBy) -> str:
    """What stands on the screen once each of `arms` has had these scores, of 0 … 100 in steps of one."""
    window, clock = Window(110, 24), [0.0]
    live = view(window, clock)
    live.open()
    watched = Watched(live)
    facts = {"scale": ["0.0", "100.0", 100]}
    design = Design(Rule.ANYTIME, 0.5, 0.95, 60, futility=0.0)
    watched.tell(Planned(planned(design, arms, layout=Layout.BLOCKS, facts=facts, decider=decider)))
    for index, row in enumerate(rows):
        watched.tell(*(Started(arm, index) for arm in range(len(arms))))
        watched.tell(*(Finished(arm, index, True, score=(score,)) for arm, score in enumerate(row)))
        watched.now = clock[0] = 1000.0 * (index + 1)
        live.tick()
    text = "\n".join(window.lines)
    live.close()
    return text


def test_mean_scores_stand_where_they_decide() -> None:
    """Of one arm the mean and its limits; of two or more every pair's means and difference, which have the same limits as
    the decider says, and no sign of a rate between verdicts that it does not have."""
    one = scores_of(("",), [(60,), (80,)], DecidedBy.SCORES)
    assert re.search(r"score     mean 70 \[[\d.]+, [\d.]+\]", one)
    assert "refuted after" not in one
    two = scores_of(("hot", "cold"), [(60, 20), (80, 40), (100, 0)], DecidedBy.SCORE_PAIRS)
    assert re.search(r"scores    hot v cold: 80 and 20, mean scores of 3 pairs, difference 60 \[-[\d.]+, [\d.]+\]", two)
    three = scores_of(("a", "b", "c"), [(100, 0, 50)] * 12, DecidedBy.SCORE_PAIRS)
    assert "scores    a v b: 100 and 0, mean scores of" in three
    assert re.search(r"a v b: .*\]: a$", three, re.MULTILINE)
    assert re.search(r"^ +a v c: 100 and 50", three, re.MULTILINE)


def test_a_plan_of_scores_is_told_in_their_units() -> None:
    """No rate is asked about, and none is promised."""
    scale: dict[str, object] = {"scale": ["0.0", "100.0", 100]}
    design = Design(Rule.ANYTIME, 0.5, 0.95, 60, futility=0.0)
    one = planned(design, layout=Layout.BLOCKS, facts=scale, decider=DecidedBy.SCORES)
    assert asked(one) == "betting: is the mean score above 50? confidence 0.95, at most 60 trials"
    fixed = replace(one, design=Design(Rule.FIXED, 0.2, 0.95, 9, futility=0.0))
    assert asked(fixed) == "fixed: 9 trials, mean score against 20, confidence 0.95"
    facts = {**scale, "claim": NOT_WORSE}
    two = planned(design, ("old", "new"), layout=Layout.BLOCKS, facts=facts, decider=DecidedBy.SCORE_PAIRS)
    assert asked(two) == (
        "scores of pairs on the same inputs until new is known to be worse, or not worse, than old by the margin, "
        "confidence 0.95, at most 60"
    )


def test_many_tasks_fit_into_a_low_window() -> None:
    """A grid shows all of them, lines those that are busy, and what failed is not pushed out."""
    window, clock = Window(80, 10), [0.0]
    live = view(window, clock)
    live.open()
    watched = Watched(live)
    names = [f"HumanEval/{number}" for number in range(164)]
    watched.tell(Planned(planned(Design(Rule.FIXED, None, 0.95, 2, futility=0.0), names)))
    watched.tell(*(Started(arm, 0) for arm in range(2)))
    watched.tell(Finished(0, 0, False, Cause.WRONG_OUTPUT))
    watched.tell(Finished(1, 0, True), Started(1, 1), Started(2, 0), Started(2, 1))
    watched.tell(Finished(1, 1, True), Finished(2, 0, True), Finished(2, 1, False, Cause.WRONG_OUTPUT))
    watched.tell(Started(100, 0))
    live.tick()
    assert len(window.lines) <= 9
    grid = [line[10:] for line in window.lines if re.match(r"(grid)? {6,}[✓✗◐·]", line)]
    assert "".join(grid) == "✗✓◐" + "·" * 161
    assert any("HumanEval/100" in line and "1 in flight" in line for line in window.lines)
    assert any("2 × wrong output" in line for line in window.lines)
    live.close()


def test_what_does_not_count_is_said_to() -> None:
    """A trial without an answer is no failure, unless the policy says so."""
    for errors, words in (
        (Errors.EXCLUDE, "no answer 1 × network, not counted"),
        (Errors.COUNT, "failed    1 × network"),
    ):
        window = Window(100, 24)
        live = view(window, [0.0])
        live.open()
        watched = Watched(live)
        watched.tell(Planned(planned(errors=errors)), Started(0, 0), Finished(0, 0, None, Cause.NETWORK))
        live.tick()
        assert any(line.startswith(words) for line in window.lines), window.lines
        live.close()


def test_the_bill_stands_in_the_picture() -> None:
    """Tokens and their price; a price that is not known is not zero."""
    window = Window(120, 24)
    live = view(window, [0.0])
    live.open()
    watched = Watched(live)
    watched.tell(Planned(planned()), Started(0, 0), Finished(0, 0, True, usage=Usage(40, 60, None, 1)))
    live.tick()
    assert any("100 tokens, price unknown" in line for line in window.lines)
    live.close()


def test_hostile_words_draw_nothing() -> None:
    """Control characters of a program's message are shown as signs."""
    window = Window(100, 24)
    live = view(window, [0.0])
    live.open()
    live.ask("x\x1b[2Jy")
    watched = Watched(live)
    watched.tell(Planned(planned()), Started(0, 0))
    watched.tell(Finished(0, 0, False, Cause.EXIT_STATUS), error="\x1b]0;owned\x07 \u202egnp\nsecond line")
    live.tick()
    assert "x\\u001b[2Jy" in window.lines[0]
    assert "\\u001b]0;owned\\u0007 \\u202egnp second line" in window.lines[-1]
    live.close()


def test_a_trial_that_is_given_up_no_longer_flies() -> None:
    """The line of an arm counts what is in flight now."""
    window = Window(100, 24)
    live = view(window, [0.0])
    live.open()
    watched = Watched(live)
    watched.tell(Planned(planned(arms=("a", "b"))), Started(0, 0), Started(1, 0), Voided(0, 0))
    live.tick()
    rows = [line for line in window.lines if line.startswith(("  a", "  b"))]
    assert "in flight" not in rows[0]
    assert "1 in flight" in rows[1]
    live.close()


@pytest.mark.parametrize(
    ("environment", "drawn"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({}, False), ({"TERM": "xterm", "CI": "true"}, False)],
)
def test_dumb_terminals_and_logs_get_lines(environment: dict[str, str], drawn: bool) -> None:
    """A picture needs a cursor that can be moved."""
    assert can_draw(Window(80, 24), environment) is drawn


def test_a_log_has_a_line_every_half_minute() -> None:
    """Where nothing ends for long, a line says how far the run is; where something is said, that is enough."""
    log, clock = Window(200, 50), [0.0]
    lines = PlainLines(log, clock=lambda: clock[0])
    lines.open()
    watched = Watched(lines)
    clock[0] = 29.0
    lines.tick()
    assert log.lines == []
    clock[0] = 30.0
    lines.tick()
    assert log.lines == ["  30.0 s: preparing"]
    watched.tell(Planned(planned()), Started(0, 0))
    watched.tell(Finished(0, 0, False, Cause.EXIT_STATUS), Started(0, 1))
    said = len(log.lines)
    for clock[0] in (40.0, 59.9, 60.0, 61.0, 89.9, 90.0):
        lines.tick()
    assert [line.partition(":")[0].strip() for line in log.lines[said:]] == ["1 min 00 s", "1 min 30 s"]
    assert "1 in flight · 1 of at most 60 counted: rate 0.000" in log.lines[-1]
    assert "1 × exit status" in log.lines[-1]


def test_marks_that_become_durable_together_are_one_line_of_progress() -> None:
    """A log is told of each tenth once, however many trials are written in one transaction."""
    log = Window(200, 100)
    lines = PlainLines(log)
    kept: list[tuple[Mark, Run]] = []
    watched = Watched(_Keeping(kept))
    watched.tell(Planned(planned(Design(Rule.FIXED, None, 0.95, 60))))
    for index in range(60):
        watched.tell(Started(0, index), Finished(0, index, True))
    for mark, run in kept:
        lines.observe(mark, run)
    assert [line for line in log.lines if "60 of 60" in line] == ["  60 of 60 counted, 60 successes"]


class _Keeping:
    """Keeps what it is told, as a store does whose transaction is not at its end."""

    def __init__(self, kept: list[tuple[Mark, Run]]) -> None:
        self._kept = kept

    def observe(self, mark: Mark, run: Run) -> None:
        """Keeps a mark."""
        self._kept.append((mark, run))


def test_signs_are_those_that_the_encoding_has() -> None:
    """ASCII terminals get ASCII signs, each as wide as it is counted."""
    assert signs_for("utf-8").success == "✓"
    assert signs_for("ascii").success == "+"
    assert signs_for(None).success == "+"
    assert cells("日本") == 4
    assert cells("é") == 1

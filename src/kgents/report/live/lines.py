"""The board as lines: what, of whom, how far, how it goes, where it leads, what failed; for every width from 40 columns."""

from collections.abc import Sequence

from kgents.domain.decision_detail import ScorePairStanding, ScoreStanding
from kgents.domain.words import level, number, seconds
from kgents.engine.against_itself import AgainstItself
from kgents.engine.compare import Compare
from kgents.engine.run import Run
from kgents.report.clean import clean
from kgents.report.live.board import ArmRow, Board, CauseRow
from kgents.report.live.forecast import Forecast
from kgents.report.live.spans import Line, Signs, Span, cells, cut, fit, plain

LABEL = 10  # columns of a label
CAUSES = 3  # that are shown each by itself
NARROW, WIDE = 72, 110


def lines(board: Board, ahead: Forecast, width: int, height: int, signs: Signs) -> list[Line]:
    """The whole picture, of at most `height` lines."""
    picture = [_heading(board, width, signs), _progress(board, ahead, width, signs)]
    if board.run is not None:
        tail = [*_path(board, ahead, width, signs), *_ahead(board, ahead, signs), *_causes(board, signs)]
        picture += [*_arms(board, width, max(0, height - len(picture) - len(tail)), signs), *tail]
    return [fit(line, width, signs.more) for line in picture[:height]]


def one_line(board: Board, ahead: Forecast, signs: Signs) -> str:
    """The same in one line, for a log."""
    if board.run is None:
        return f"{clock(board.elapsed)}: preparing"
    parts = [plain(_progress(board, ahead, 1000, signs)), *(plain(line[1:]) for line in _ahead(board, ahead, signs))]
    parts += [plain(line[1:]) for line in _causes(board, signs, examples=False)]
    return f"{clock(board.elapsed)}: {'; '.join(parts)}"


def clock(elapsed: float) -> str:
    """Seconds that go on, in steps that do not dance: 4.2 s, 2 min 05 s, 1 h 02 min."""
    whole = int(elapsed)
    if whole < 60:
        return f"{elapsed:.1f} s"
    return f"{whole // 60} min {whole % 60:02} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _heading(board: Board, width: int, signs: Signs) -> Line:
    """The id, what is asked of whom, and at the right end how long."""
    run, time = board.run, clock(board.elapsed)
    words = [board.title, board.subject or ("" if run else "preparing")]
    text = clean(" ".join(signs.between.join(word for word in words if word).split()))
    name = f"{run.plan.experiment}{signs.between}" if run else ""
    room = max(0, width - cells(name) - cells(time) - 2)
    if run is not None and run.plan.model and run.plan.model not in board.subject:
        model = clean(cut(f"{signs.between}{run.plan.model}", room // 2, signs.more))
        text = cut(text, room - cells(model), signs.more) + model
    text = cut(text, room, signs.more)
    gap = " " * max(2, width - cells(name) - cells(text) - cells(time))
    return [(name, "cyan"), (text, "bold"), (gap, ""), (time, "dim")]


def _progress(board: Board, ahead: Forecast, width: int, signs: Signs) -> Line:
    """In flight, finished, counted, and the rate of the counted ones."""
    run = board.run
    if run is None:
        return [("0 in flight", "dim")]
    (trials, successes), most = board.counts, run.plan.most_trials
    line: Line = [(f"{run.in_flight} in flight{signs.between}", "")]
    if run.finished > run.counted.finished:
        line.append((f"{run.finished} finished{signs.between}", ""))
    of = "" if most is None else f" of {'at most ' if _is_open_ended(run) else ''}{most}"
    line.append((f"{trials}{of} counted", ""))
    if trials:
        line.append((": rate " if width >= NARROW else ", rate ", ""))
        line.append((f"{successes / trials:.3f}", "bold"))
        line.append((f" ({signs.success}{successes} {signs.failure}{trials - successes})", ""))
        line += _interval(ahead, width)
    return line


def _interval(ahead: Forecast, width: int) -> Line:
    if ahead.interval is None or width < NARROW:
        return []
    told = f" at {level(ahead.interval.level)}" if width >= WIDE else ""
    return [(f" [{ahead.interval.low:.3f}, {ahead.interval.high:.3f}]{told}", "dim")]


def _is_open_ended(run: Run) -> bool:
    return run.plan.design.rule.value != "fixed"


def _path(board: Board, ahead: Forecast, width: int, signs: Signs) -> list[Line]:
    """The outcomes of the only arm, and where it stands between the verdicts; the pairs of a comparison."""
    assert board.run is not None
    decider = board.run.decider
    if isinstance(decider, Compare | AgainstItself):
        return _pairs(board.run.plan.arms, decider.standing(), width, signs)
    if ahead.scores:
        return _score_pairs(board.run.plan.arms, ahead.scores)
    if len(board.run.plan.arms) > 1:
        return []
    lines: list[Line] = []
    room = max(0, width - LABEL)
    outcomes = list(board.trail(0).outcomes)[-room:] if room else []
    if outcomes:
        lines.append([_label("path"), *_marks(outcomes, signs)])
    if ahead.score is not None and ahead.score["trials"]:
        lines.append(_score(ahead.score))
    if ahead.supported is not None or ahead.refuted is not None:
        lines.append([_label("verdict"), *_gauge(ahead, width, signs)])
    return lines


def _marks(outcomes: Sequence[bool | None], signs: Signs) -> Line:
    """Signs of outcomes, neighbours of one kind together."""
    table = {True: (signs.success, "green"), False: (signs.failure, "red"), None: (signs.void, "yellow")}
    line: Line = []
    for outcome in outcomes:
        text, style = table[outcome]
        if line and line[-1][1] == style:
            line[-1] = (line[-1][0] + text, style)
        else:
            line.append((text, style))
    return line


def _gauge(ahead: Forecast, width: int, signs: Signs) -> Line:
    """Where the run stands between its verdicts, and the shortest ways to them."""
    up, down = ahead.supported, ahead.refuted
    room = 12 if width < NARROW else 24
    share = 0.5 if up is None or down is None or not up + down else down / (up + down)
    at = min(room - 1, round(share * (room - 1)))
    bar = signs.track * at + signs.dot + signs.track * (room - 1 - at)
    ways = []
    if down is not None:
        ways.append(f"refuted after {down}{signs.failure}")
    if up is not None:
        ways.append(f"supported after {up}{signs.success}")
    return [(f"{signs.ends[0]}{bar}{signs.ends[1]} ", ""), (f"{', '.join(ways)} in a row", "dim")]


def _pairs(names: Sequence[str], standing: Sequence[Sequence[object]], width: int, signs: Signs) -> list[Line]:
    lines: list[Line] = []
    for a, b, pairs, a_wins, b_wins, verdict in standing[:CAUSES]:
        assert isinstance(a, int)
        assert isinstance(b, int)
        assert isinstance(pairs, int)
        where = " where they differ," if width >= NARROW else ""
        told = f": {a_wins} to {b_wins}{where} in {number(pairs, 'pair')}"
        room = max(8, (width - LABEL - cells(told) - 3) // (3 if verdict else 2))
        first, second = (cut(clean(names[arm]), room, signs.more) for arm in (a, b))
        state = f": { ({'a': first, 'b': second}.get(str(verdict), verdict)) }" if verdict else ""
        lines.append([_label("" if lines else "pairs"), (f"{first} v {second}{told}{state}", "")])
    return lines


def _score(standing: ScoreStanding) -> Line:
    """The mean score of the only arm, and its limits."""
    return [_label("score"), (f"mean {standing['mean']}", "bold"), _limits(standing["low"], standing["high"])]


def _score_pairs(names: Sequence[str], standing: Sequence[ScorePairStanding]) -> list[Line]:
    """The mean scores of every two arms, what they differ by and its limits; of two arms, or of the first of several."""
    lines: list[Line] = []
    for told in standing[:CAUSES]:
        a, b = (names[arm] for arm in told.get("arms", (0, 1)))
        first, second = told["means"]
        known = f": {first} and {second}, mean scores of {number(told['pairs'], 'pair')}, difference {told['mean']}"
        verdict = told.get("verdict")
        line: Line = [_label("" if lines else "scores"), (clean(f"{a} v {b}") + (known if told["pairs"] else ""), "")]
        line += [_limits(told["low"], told["high"])] if told["pairs"] else []
        lines.append([*line, (clean(f": { ({'a': a, 'b': b}.get(verdict, verdict)) }") if verdict else "", "")])
    return lines


def _limits(low: str, high: str) -> Span:
    return f" [{low}, {high}]", "dim"


def _arms(board: Board, width: int, room: int, signs: Signs) -> list[Line]:
    """A line for each arm or task; where not all of them fit a grid of all, and lines for those in flight."""
    rows = shown = list(board.arms())
    if len(rows) < 2:
        return []
    grid: list[Line] = []
    if len(rows) > room:
        grid = _grid(rows, width, signs)[: max(0, room)]
        busiest = sorted(range(len(rows)), key=lambda index: (not rows[index].flying, not rows[index].trials))
        shown = [rows[index] for index in sorted(busiest[: max(0, room - len(grid))])]
    size = min(max((cells(row.name) for row in shown), default=0), max(8, width // 3))
    return [*grid, *(_arm(row, size, width, signs) for row in shown)]


def _grid(rows: Sequence[ArmRow], width: int, signs: Signs) -> list[Line]:
    """A sign for each arm, in the order of the plan: right in all of its counted trials, in some, in none, not yet seen."""
    lines: list[Line] = []
    per_line = max(1, width - LABEL)
    for first in range(0, len(rows), per_line):
        line: Line = [_label("" if lines else "grid")]
        line += [_seen(row, signs) for row in rows[first : first + per_line]]
        lines.append(line)
    return lines


def _seen(row: ArmRow, signs: Signs) -> Span:
    if not row.trials:
        return signs.unseen, "cyan" if row.flying else "dim"
    if row.successes == row.trials:
        return signs.success, "green"
    return (signs.mixed, "yellow") if row.successes else (signs.failure, "red")


def _arm(row: ArmRow, size: int, width: int, signs: Signs) -> Line:
    name = cut(clean(row.name), size, signs.more)
    rate = f"{row.successes / row.trials:.3f}" if row.trials else "-    "
    line: Line = [(f"  {name}{' ' * (size - cells(name))}  ", ""), (rate, "bold")]
    line.append((f"  {row.successes} of {row.trials}", ""))
    line.append((f"  {row.flying} in flight" if row.flying else "", "cyan"))
    line.append((f"  {row.verdict}" if row.verdict else "", "bold"))
    room = width - sum(cells(text) for text, _ in line) - 2
    outcomes = list(row.trail.outcomes)[-room:] if room > 0 else []
    return [*line, ("  ", ""), *_marks(outcomes, signs)]


def _ahead(board: Board, ahead: Forecast, signs: Signs) -> list[Line]:
    """Trials still expected, the time they take, and the bill so far."""
    run = board.run
    assert run is not None
    parts, left, word = [], ahead.expected, "still expected"
    if left is None and (most := run.plan.most_trials) is not None:
        left, word = float(most - run.counted.finished), "more at most"
    if left is not None and not (run.decided or run.stopped):
        about = signs.about if word == "still expected" and _is_open_ended(run) else ""
        word = word if about or word == "more at most" else "to go"
        parts.append(f"{about}{number(max(0, round(left)), 'trial')} {word}")
        if ahead.soon is not None and left > 1 and about:
            parts[-1] += f" ({ahead.soon:.0%} within ten)"
        if run.finished:
            eta = left * run.elapsed.total_seconds() / run.finished
            parts.append(f"ETA {'at most ' if word == 'more at most' else ''}{seconds(float(f'{eta:.2g}'))}")
    usage = run.usage
    if usage.calls:
        cost = "price unknown" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
        parts.append(f"{usage.input_tokens + usage.output_tokens} tokens, {cost}")
    return [[_label("ahead"), (signs.between.join(parts), "")]] if parts else []


def _causes(board: Board, signs: Signs, examples: bool = True) -> list[Line]:
    """Why trials did not succeed, grouped: the most frequent causes with their number and an example."""
    rows = board.causes()
    lines: list[Line] = []
    labels: set[str] = set()
    for row in rows[:CAUSES]:
        label = "failed" if row.counted else "no answer"
        lines.append(
            [
                _label("" if label in labels else label, "red" if row.counted else "yellow"),
                *_cause(row, examples, signs),
            ]
        )
        labels.add(label)
    if len(rows) > CAUSES:
        left = sum(row.trials for row in rows[CAUSES:])
        lines.append([_label(""), (f"{left} {signs.times} for {number(len(rows) - CAUSES, 'other cause')}", "")])
    return lines


def _cause(row: CauseRow, examples: bool, signs: Signs) -> Line:
    name = row.cause.replace("_", " ")
    example = " ".join(clean(row.example).split()) if examples else ""
    not_counted = "" if row.counted else ", not counted"
    return [(f"{row.trials} {signs.times} {name}{not_counted}", ""), (f": {example}" if example else "", "dim")]


def _label(text: str, style: str = "dim") -> Span:
    return f"{text:<{LABEL}}", style

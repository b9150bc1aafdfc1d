"""Interval bars one below the other, and the pairs of a comparison."""

from collections.abc import Sequence

from kgents.kinds.figure import Bar, Forest
from kgents.report.document_types import PairData
from kgents.report.pictures.svg import WIDTH, Frame, Picture, box, circle, drawn, number, segment, short, text, ticks

ROW = 24
NAMES, NOTES = 120, 118  # pixels left and right of the plot
MOST = 40  # bars


def forest(name: str, figure: Forest) -> Picture:
    """One row a bar; of very many the first `MOST`, which the page says."""
    bars = list(figure.bars[:MOST])
    height = 30 + ROW * len(bars) + 34
    frame = Frame(NAMES, 22, WIDTH - NOTES, height - 34, (figure.low, figure.high), (0, 1))
    parts = [text(frame.left, 12, figure.axis, "label")]
    for value in ticks(figure.low, figure.high, 5):
        parts.append(segment(frame.px(value), frame.top, frame.px(value), frame.bottom, "grid"))
        parts.append(text(frame.px(value), frame.bottom + 16, f"{value:g}", "tick", "middle"))
    if figure.mark is not None:
        x = frame.px(figure.mark)
        parts += [
            segment(x, frame.top, x, frame.bottom, "mark"),
            text(x, frame.bottom + 30, f"{figure.mark_name} {figure.mark:g}", "tick", "middle"),
        ]
    parts += [_row(frame, index, bar) for index, bar in enumerate(bars)]
    words = "; ".join(f"{short(bar.name, 60)} {_said(bar)}" for bar in bars[:8])
    hidden = f" {len(figure.bars) - MOST} more are not drawn." if len(figure.bars) > MOST else ""
    return Picture(
        name, figure.title, f"{figure.axis}, with intervals: {words}.{hidden}", WIDTH, height, "".join(parts)
    )


def _row(frame: Frame, index: int, bar: Bar) -> str:
    y = frame.top + ROW * (index + 0.5)
    tone = bar.tone or "run"
    low, high = number(frame.px(bar.low)), number(frame.px(bar.high))
    parts = [
        text(NAMES - 8, y + 4, short(bar.name or "all", 18), "small", "end"),
        drawn([f"M{low} {number(y)}H{high}M{low} {number(y - 4)}v8M{high} {number(y - 4)}v8"], f"line-{tone}", 2),
    ]
    if bar.estimate is not None:
        parts.append(circle(frame.px(bar.estimate), y, 4.5, tone, f"{short(bar.name, 60)}: {_said(bar)}"))
    parts.append(text(frame.right + 10, y + 4, short(bar.note, 18), "small"))
    return "".join(parts)


def _said(bar: Bar) -> str:
    middle = "" if bar.estimate is None else f"{bar.estimate:.3f} "
    return f"{middle}({bar.low:.3f} to {bar.high:.3f})"


def pairs(name: str, rows: Sequence[PairData]) -> Picture:
    """Of every two arms: pairs that the one won, in which both did alike, that the other won."""
    shown = rows[:MOST]
    height = 8 + 46 * len(shown)
    body = "".join(_pair(4 + 46 * index, row) for index, row in enumerate(shown))
    words = "; ".join(
        f"{row['a']} won {row['a_wins']}, {row['b']} won {row['discordant'] - row['a_wins']} of {row['pairs']} pairs"
        for row in shown[:8]
    )
    return Picture(name, "Pairs: who won where they differ", f"{words}.", WIDTH, height, body)


def _pair(top: float, row: PairData) -> str:
    total, a, b = max(1, row["pairs"]), row["a_wins"], row["discordant"] - row["a_wins"]
    width = WIDTH - 16
    first, last = width * a / total, width * b / total
    tones = {row["a"]: ("good", "hold"), row["b"]: ("hold", "good")}.get(row["verdict"] or "", ("run", "run"))
    alike = text(8 + first + (width - first - last) / 2, top + 31, f"alike {row['pairs'] - a - b}", "small", "middle")
    return "".join(
        [
            text(8, top + 12, f"{short(row['a'], 24)}: {a}", "strong" if tones[0] == "good" else ""),
            text(WIDTH - 8, top + 12, f"{short(row['b'], 24)}: {b}", "strong" if tones[1] == "good" else "", "end"),
            box(8, top + 18, width, 18, "card"),
            box(8, top + 18, first, 18, tones[0], f"{row['a']}: {a}"),
            box(8 + width - last, top + 18, last, 18, tones[1], f"{row['b']}: {b}"),
            alike if width - first - last > 70 else "",
        ]
    )

"""The rates of experiments that follow each other, each with its interval and its target."""

from collections.abc import Sequence
from dataclasses import dataclass

from kgents.report.pictures.svg import WIDTH, Frame, Picture, axes, circle, drawn, number, short

HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Point:
    """One experiment of a series.

    label    what it is called
    tone     the colour of its result
    hollow   whether it has a verdict that does not stand beside the others
    """

    label: str
    rate: float
    low: float
    high: float
    target: float | None = None
    tone: str = "run"
    hollow: bool = False


def series(name: str, points: Sequence[Point], words: str) -> Picture:
    """Oldest first; a dashed line is the target of each, a hollow dot a verdict that does not stand."""
    frame = Frame(44, 28, WIDTH - 20, HEIGHT - 44, (0.5, len(points) + 0.5), (0.0, 1.0))
    half = (frame.right - frame.left) / max(1, len(points)) / 2
    parts = [
        axes(
            frame,
            "experiments, the newest to the right",
            "rate of success, with its interval",
            percent=True,
            whole=True,
        )
    ]
    targets, limits = list[str](), dict[str, list[str]]()
    for column, point in enumerate(points, 1):
        x = frame.px(column)
        if point.target is not None:
            targets.append(f"M{number(x - half)} {number(frame.py(point.target))}h{number(2 * half)}")
        low, high = number(frame.py(point.low)), number(frame.py(point.high))
        limits.setdefault(point.tone, []).append(f"M{number(x)} {low}V{high}")
    parts += [drawn(targets, "mark", 1)] if targets else []
    parts += [drawn(strokes, f"line-{tone}", 2) for tone, strokes in limits.items()]
    radius = max(1.5, min(4.5, 0.8 * half))
    for column, point in enumerate(points, 1):
        x, y = frame.at(column, point.rate)
        title = f"{short(point.label, 30)}: {point.rate:.3f} ({point.low:.3f} to {point.high:.3f})"
        parts.append(circle(x, y, radius, point.tone, title))
        if point.hollow:
            parts.append(circle(x, y, 0.55 * radius, "ground"))
    return Picture(name, "The rate from experiment to experiment", words, WIDTH, HEIGHT, "".join(parts))

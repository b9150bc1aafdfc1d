"""Lines: what a design does at every true rate, with the observed rate; and shares over an axis."""

from collections.abc import Sequence

from kgents.kinds.figure import Curves
from kgents.report.pictures.svg import WIDTH, Frame, Picture, Point, axes, line, segment, short, text
from kgents.stats import Characteristics

HEIGHT = 300
_TONES = ("line-run", "line-bad", "line-good", "line-hold", "dashed")


def operating(
    name: str, rows: Sequence[Characteristics], cap: int, target: float | None, observed: float | None
) -> Picture:
    """The chance of each verdict, and the expected trials as a share of the cap, by the true rate."""
    frame = Frame(44, 28, WIDTH - 16, HEIGHT - 62, (0.0, 1.0), (0.0, 1.0))
    curves: list[tuple[str, str, list[Point]]] = [
        ("supported", "good", [frame.at(row.p, row.supported) for row in rows]),
        ("refuted", "bad", [frame.at(row.p, row.refuted) for row in rows]),
        ("inconclusive", "hold", [frame.at(row.p, row.inconclusive) for row in rows]),
    ]
    parts = [axes(frame, "true rate", "chance of the verdict, and expected trials", percent=True)]
    parts += [line(points, f"line-{tone}", word) for word, tone, points in curves]
    parts.append(line([frame.at(row.p, row.expected_trials / cap) for row in rows], "dashed", "expected trials"))
    for value, word in ((target, "target"), (observed, "observed")):
        if value is not None:
            x = frame.px(value)
            parts.append(segment(x, frame.top, x, frame.bottom, "mark" if word == "target" else "line-run"))
            beyond = word == "observed" and target is not None and value > target
            parts.append(text(x + (5 if beyond else -5), frame.top + (46 if word == "observed" else 32), word, "small",
                              "start" if beyond else "end"))  # fmt: skip
    parts += [text(44 + 82 * index, HEIGHT - 6, word, f"say-{tone}") for index, (word, tone, _) in enumerate(curves)]
    parts.append(text(44 + 262, HEIGHT - 6, f"- - trials of {cap}", "say-run"))
    seen = "" if observed is None else f" The observed rate is {observed:.3f}."
    most = max(rows, key=lambda row: row.expected_trials)
    words = f"At most {most.expected_trials:.1f} of {cap} trials are expected, at a true rate of {most.p:g}.{seen}"
    return Picture(name, "What the design does at every true rate", words, WIDTH, HEIGHT, "".join(parts))


def over(name: str, figure: Curves) -> Picture:
    """Shares over an axis, one line a series; names to the right, apart from each other."""
    xs = [x for _, points in figure.series for x, _ in points] or [0.0, 1.0]
    frame = Frame(44, 28, WIDTH - 130, HEIGHT - 44, (min(xs), max(xs)), (0.0, 1.0))
    parts = [axes(frame, figure.x, figure.y, percent=True, whole=all(float(x).is_integer() for x in xs))]
    heights: list[float] = []
    for index, (series, points) in enumerate(sorted(figure.series, key=lambda item: -item[1][-1][1] if item[1] else 0)):
        if points:
            style = _TONES[index % len(_TONES)]
            parts.append(line([frame.at(x, y) for x, y in points], style, series))
            y = max(frame.py(points[-1][1]) + 4, heights[-1] + 14 if heights else 0.0)
            heights.append(y)
            parts.append(
                text(
                    frame.right + 8, y, short(series, 18), "say-" + style.replace("line-", "").replace("dashed", "run")
                )
            )
    ends = "; ".join(f"{series} ends at {100 * points[-1][1]:.0f} %" for series, points in figure.series if points)
    return Picture(name, figure.title, f"{figure.y} over {figure.x}: {ends}.", WIDTH, HEIGHT, "".join(parts))

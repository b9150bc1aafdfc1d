"""The path of the evidence against the regions in which a run stops.

Rule: y is the lead over the target, s − θ·n: the corridor lies flat, however far the target is from ½.
"""

from collections.abc import Sequence

from kgents.report.pictures.svg import WIDTH, Frame, Picture, Point, area, axes, circle, line, sample, segment, text
from kgents.stats import Boundary

HEIGHT = 300
WHOLE = 20_000  # trials are shown at most of a design that has not run
LEAST = 100  # trials are shown, where the cap allows
AHEAD = 2.5  # so many times the trials so far are shown, where the cap is further away


def path(name: str, boundary: Boundary, target: float, successes: Sequence[int], decided: bool) -> Picture:
    """`successes` after 1, 2, … trials; `decided` whether the run has ended by its rule."""
    trials = len(successes)
    ahead = max(LEAST, int(AHEAD * trials)) if trials else WHOLE
    last = min(boundary.max_trials or max(200, int(AHEAD * trials)), ahead)
    boundary.decide(last, 0)
    frame = _frame(boundary, target, successes, last)
    reached = f"{successes[-1]} successes in {trials} trials" if successes else "no trial yet"
    body = "".join(
        [
            *_regions(boundary, target, frame, last),
            axes(frame, "trials", f"successes beyond {target:g} of the trials", whole=True),
            segment(frame.left, frame.py(0), frame.right, frame.py(0), "mark"),
            *_run(frame, target, successes, reached),
            *_names(boundary, target, frame, last),
        ]
    )
    ended = f"The run {'stopped' if decided else 'stands'} at {reached}. " if trials else ""
    description = (
        f"{ended}Above the upper edge the rate is found to be above {target:g}, "
        f"below the lower edge not above it; between them the run goes on, up to {boundary.max_trials or 'any number of'} trials."
    )
    title = "The evidence against the decision regions" if trials else f"Where a run against {target:g} stops"
    return Picture(name, title, description, WIDTH, HEIGHT, body)


def _frame(boundary: Boundary, target: float, successes: Sequence[int], last: int) -> Frame:
    tops = [boundary.upper[n] - target * n for n in range(1, last + 1) if boundary.upper[n] <= n]
    bottoms = [boundary.lower[n] - target * n for n in range(1, last + 1) if boundary.lower[n] >= 0]
    run = [s - target * n for n, s in enumerate(successes, 1)]
    high, low = max([*tops, *run, 1.0]), min([*bottoms, *run, -1.0])
    room = 0.15 * (high - low)
    return Frame(44, 28, WIDTH - 12, HEIGHT - 44, (0, last), (low - room, high + room))


def _regions(boundary: Boundary, target: float, frame: Frame, last: int) -> list[str]:
    places = sample(last + 1)
    above, below = [n for n in places if boundary.upper[n] <= n], [n for n in places if boundary.lower[n] >= 0]
    futile = [(n, span) for n in places if (span := boundary.futile[n]) is not None]

    def at(n: int, s: float) -> Point:
        return frame.at(n, s - target * n)

    parts = []
    if above:
        edge = [at(n, boundary.upper[n] - 0.5) for n in above]
        parts.append(area([*edge, *(at(n, n + 0.5) for n in reversed(above))], "area-good", "supported"))
        parts.append(line(edge, "edge-good"))
    if below:
        edge = [at(n, boundary.lower[n] + 0.5) for n in below]
        parts.append(area([*edge, *(at(n, -0.5) for n in reversed(below))], "area-bad", "refuted"))
        parts.append(line(edge, "edge-bad"))
    if futile:
        upper = [at(n, span[1] + 0.5) for n, span in futile]
        parts.append(area([*upper, *(at(n, span[0] - 0.5) for n, span in reversed(futile))], "area-hold", "given up"))
    return parts


def _run(frame: Frame, target: float, successes: Sequence[int], reached: str) -> list[str]:
    if not successes:
        return []
    points = [frame.at(0, 0), *(frame.at(n + 1, successes[n] - target * (n + 1)) for n in sample(len(successes), 300))]
    x, y = points[-1]
    anchor = "end" if x > (frame.left + frame.right) / 2 else "start"
    return [
        line(points, "line-run", "the run"),
        circle(x, y, 4, "run", reached),
        text(x + (8 if anchor == "start" else -8), y - 8, reached, "say-run", anchor),
    ]


def _names(boundary: Boundary, target: float, frame: Frame, last: int) -> list[str]:
    parts = []
    if any(boundary.upper[n] <= n for n in range(1, last + 1)):
        parts.append(text(frame.right - 6, frame.top + 14, "supported", "say-good", "end"))
    if any(boundary.lower[n] >= 0 for n in range(1, last + 1)):
        parts.append(text(frame.right - 6, frame.bottom - 8, "refuted", "say-bad", "end"))
    if last == boundary.max_trials:
        parts.append(segment(frame.right, frame.top, frame.right, frame.bottom, "axis"))
    if any(span is not None for span in boundary.futile[: last + 1]):
        span = next(span for span in reversed(boundary.futile[: last + 1]) if span is not None)
        middle = sum(span) / 2 - target * last
        parts.append(text(frame.right - 6, frame.py(middle) + 4, "given up", "say-hold", "end"))
    return parts

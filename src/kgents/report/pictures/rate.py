"""The rate of success as the run went, within the band that is valid at every look."""

from collections.abc import Sequence

from kgents.report.pictures.svg import WIDTH, Frame, Picture, area, axes, circle, line, sample, segment, text
from kgents.stats import Design, confidence_sequence

HEIGHT = 300
LOOKS = 90


def rate(name: str, design: Design, successes: Sequence[int], interval: tuple[float, float] | None) -> Picture:
    """`successes` after 1, 2, … trials; `interval` of the rate at the end, where there is one."""
    trials = len(successes)
    frame = Frame(44, 28, WIDTH - 20, HEIGHT - 44, (0, max(1, trials)), (0.0, 1.0))
    looks = [index + 1 for index in sample(trials, LOOKS)]
    bands = [(n, confidence_sequence(n, successes[n - 1], design.confidence)) for n in looks]
    parts = [
        axes(frame, "trials", f"rate of success, with its {100 * design.confidence:g} % band", percent=True, whole=True)
    ]
    if bands:
        upper = [frame.at(n, band.high) for n, band in bands]
        lower = [frame.at(n, band.low) for n, band in reversed(bands)]
        parts.append(area([*upper, *lower], "area-run", "valid at every look"))
        parts.append(line([frame.at(n, successes[n - 1] / n) for n in looks], "line-run", "rate so far"))
    if design.target is not None:
        y, below = frame.py(design.target), design.target > 0.5
        parts.append(segment(frame.left, y, frame.right, y, "mark"))
        parts.append(text(frame.left + 4, y + 13 if below else y - 4, f"target {design.target:g}", "small"))
    parts += _end(frame, trials, successes, interval)
    words = _words(design, successes, bands[-1][1] if bands else None)
    return Picture(name, "The rate as the run went", words, WIDTH, HEIGHT, "".join(parts))


def _end(frame: Frame, trials: int, successes: Sequence[int], interval: tuple[float, float] | None) -> list[str]:
    if not trials:
        return []
    x, y = frame.at(trials, successes[-1] / trials)
    parts = [circle(x, y, 4, "run", f"{successes[-1]} of {trials}")]
    if interval is not None:
        parts.insert(0, segment(x, frame.py(interval[0]), x, frame.py(interval[1]), "line-run"))
    return parts


def _words(design: Design, successes: Sequence[int], band: object) -> str:
    if not successes:
        return "No trial yet."
    low, high = getattr(band, "low", 0.0), getattr(band, "high", 1.0)
    target = "" if design.target is None else f" The target is {design.target:g}."
    return (
        f"{successes[-1]} of {len(successes)} trials succeeded, {successes[-1] / len(successes):.3f}; the band that is valid "
        f"at every look ends at {low:.3f} to {high:.3f}.{target}"
    )

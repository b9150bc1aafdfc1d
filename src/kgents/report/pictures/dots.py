"""A dot plot: how often which value occurred, successes and failures apart."""

from collections import Counter
from collections.abc import Sequence

from kgents.report.pictures.svg import WIDTH, Frame, Picture, drawn, number, segment, text, ticks

BINS = 44
TALL = 14  # dots above each other, at most


def dots(name: str, title: str, unit: str, values: Sequence[tuple[float, bool]], limit: float | None = None) -> Picture:
    """`values` are (value, whether that trial succeeded); `limit` is drawn where the values come near it."""
    top = max((value for value, _ in values), default=1.0)
    near = limit is not None and top > limit / 2
    high = max(top, limit or 0.0 if near else 0.0) * 1.05 or 1.0
    counts = Counter((min(BINS - 1, int(BINS * value / high)), good) for value, good in values)
    stacks = Counter[int]()
    for (index, _), count in counts.items():
        stacks[index] += count
    each = max(1, -(-max(stacks.values(), default=1) // TALL))
    size = (WIDTH - 32) / BINS
    height = 26 + size * min(TALL, max(1, -(-max(stacks.values(), default=1) // each)) + 1) + 40
    frame = Frame(16, 20, WIDTH - 16, height - 40, (0, high), (0, 1))
    parts = [segment(frame.left, frame.bottom, frame.right, frame.bottom, "axis")]
    parts += [text(frame.px(value), frame.bottom + 15, f"{value:g}", "tick", "middle") for value in ticks(0, high)]
    parts.append(
        text(
            WIDTH / 2,
            frame.bottom + 32,
            unit + (f" · one dot is up to {each} trials" if each > 1 else ""),
            "label",
            "middle",
        )
    )
    parts += _stacks(frame, counts, each, size)
    if near and limit is not None:
        parts += [segment(frame.px(limit), frame.top, frame.px(limit), frame.bottom, "mark"),
                  text(frame.px(limit) - 4, frame.top - 6, "limit", "small", "end")]  # fmt: skip
    return Picture(name, title, _words(title, unit, values), WIDTH, height, "".join(parts))


def _stacks(frame: Frame, counts: Counter[tuple[int, bool]], each: int, size: float) -> list[str]:
    marks: dict[bool, list[str]] = {False: [], True: []}
    for index in range(BINS):
        level = 0
        for good in (False, True):
            for _ in range(-(-counts[index, good] // each)):
                x, y = frame.left + size * (index + 0.5), frame.bottom - size * (level + 0.6)
                marks[good].append(f"M{number(x)} {number(y)}h0")
                level += 1
    tones = {False: "dots-bad", True: "dots-good"}
    return [drawn(strokes, tones[good], 0.84 * size) for good, strokes in marks.items() if strokes]


def _words(title: str, unit: str, values: Sequence[tuple[float, bool]]) -> str:
    if not values:
        return f"{title}: no trial yet."
    ordered = sorted(value for value, _ in values)
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{title} of {len(values)} trials, {unit}: median {middle:.3g}, 95 % quantile {late:.3g}, largest {ordered[-1]:.3g}."

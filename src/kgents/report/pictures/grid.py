"""Every trial as a square: arms below each other, trials to the right, in the order in which they were launched."""

from collections.abc import Mapping, Sequence

from kgents.report.pictures.svg import WIDTH, Picture, box, drawn, short, text

NAMES = 128
ROWS, SQUARES = 40, 1200  # at most
TONES = {"+": "good", "-": "bad", "?": "hold"}
WORDS = {"+": "success", "-": "failure", "?": "not counted"}


def grid(name: str, arms: Mapping[str, Sequence[str]]) -> Picture:
    """`arms`: name to signs, one a trial: + success, - failure, ? not counted."""
    lines = _lines(arms)
    left = NAMES if len(arms) > 1 else 8
    widest = max((len(signs) for _, signs in lines), default=1)
    size = min(16, (WIDTH - left - 8) // max(1, widest))
    row = max(11, size + (4 if len(arms) > 1 else 1))
    squares: dict[str, list[str]] = {sign: [] for sign in TONES}
    parts = []
    for number, (arm, signs) in enumerate(lines):
        top = 4 + row * number
        if arm:
            parts.append(text(left - 8, top + size / 2 + 4, short(arm, 19), "small", "end"))
        for index, sign in enumerate(signs):
            squares[sign].append(f"M{left + size * index} {top + size // 2}h{size - 1}")
    parts += [drawn(marks, f"cells-{TONES[sign]}", size - 1, WORDS[sign]) for sign, marks in squares.items() if marks]
    height = 4 + row * len(lines) + 24
    parts += _legend(left, height)
    return Picture(name, "Every trial in the order of its launch", _words(arms), WIDTH, height, "".join(parts))


def _lines(arms: Mapping[str, Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    """One row an arm; a single arm goes on in the next row. As many squares as may be drawn."""
    if len(arms) == 1:
        (signs,) = arms.values()
        wide = 40 if len(signs) <= 400 else 60
        return [("", signs[start : start + wide]) for start in range(0, min(len(signs), SQUARES), wide)]
    each = max(1, SQUARES // max(1, min(len(arms), ROWS)))
    return [(arm, signs[: min(each, 60)]) for arm, signs in list(arms.items())[:ROWS]]


def _legend(left: float, height: float) -> list[str]:
    return [
        part
        for index, (sign, tone) in enumerate(TONES.items())
        for part in (
            box(left + 96 * index, height - 14, 10, 10, tone),
            text(left + 96 * index + 15, height - 5, WORDS[sign], "muted"),
        )
    ]


def _words(arms: Mapping[str, Sequence[str]]) -> str:
    total = "".join("".join(signs) for signs in arms.values())
    counts = ", ".join(f"{total.count(sign)} {word}" for sign, word in WORDS.items())
    rows = f" of {len(arms)} arms" if len(arms) > 1 else ""
    return f"{len(total)} trials{rows}: {counts}."

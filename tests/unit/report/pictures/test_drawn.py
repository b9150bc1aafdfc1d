"""What is drawn stays as it is: small pictures of every kind, as they stand in drawn/.

A change of such a file is a change of what people see: `KGENTS_GOLDEN=write pytest` of this file rewrites them, and the
diff is reviewed.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.kinds.figure import Bar, Cell, Curves, Forest, Matrix
from kgents.report.pictures import Picture, dots, forest, grid, heat, inline, operating, over, pairs, path, rate
from kgents.stats import Design, Rule, boundary, characteristics

WRITE = os.environ.get("KGENTS_GOLDEN") == "write"
DRAWN = Path(__file__).with_name("drawn")
DESIGN = Design(target=0.7, max_trials=30)
FIXED = Design(Rule.FIXED, 0.5, 0.9, 12, futility=0.0)
RUN = [0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9]
ARMS = [Bar("one arm", 0.5, 0.2, 0.8, "3/6", "good"), Bar("another arm of a long name", 0.9, 0.7, 1.0, "9/10", "bad"),
        Bar("a third", 0.1, 0.0, 0.35, "1/10", "open")]  # fmt: skip
PAIRS = [{"a": "old", "b": "new", "pairs": 21, "discordant": 9, "a_wins": 2, "verdict": "b"},
         {"a": "old", "b": "third", "pairs": 8, "discordant": 0, "a_wins": 0, "verdict": None},
         {"a": "new", "b": "third", "pairs": 12, "discordant": 5, "a_wins": 5, "verdict": "a"}]  # fmt: skip
CELLS = [Cell("40 / 60", 0.4, 0.6), Cell("-"), Cell("0.9", 0.9)]
SPREAD = [(float(n * n % 97), n % 3 > 0) for n in range(1, 25)]
DRAWINGS: dict[str, Callable[[], Picture]] = {
    "path-open": lambda: path("p", boundary(DESIGN), 0.7, RUN, False),
    "path-ended": lambda: path("p", boundary(DESIGN), 0.7, list(range(1, 12)), True),
    "path-before": lambda: path("p", boundary(DESIGN), 0.7, [], False),
    "path-short": lambda: path("p", boundary(Design(Rule.ANYTIME, 0.5, 0.8, 5, futility=0.0)), 0.5, [1, 1, 2], False),
    "rate": lambda: rate("r", DESIGN, RUN, (0.45, 0.9)),
    "rate-fixed": lambda: rate("r", FIXED, RUN, None),
    "forest": lambda: forest("f", Forest("Arms", ARMS, "rate of success", mark=0.5)),
    "forest-one": lambda: forest("f", Forest("Arms", ARMS[:1])),
    "pairs": lambda: pairs("q", PAIRS),
    "heat": lambda: heat("h", Matrix("Recovered", "class", ["a", "b", "c"], [("row", CELLS), ("another", CELLS[::-1])])),
    "grid-one": lambda: grid("g", {"": list("++-?" * 20)}),
    "grid-arms": lambda: grid("g", {"old": list("+-?" * 7), "new": list("++-" * 5), "third": []}),
    "dots": lambda: dots("d", "Durations", "ms", SPREAD, 50.0),
    "dots-few": lambda: dots("d", "Durations", "s", [(0.5, True), (2.0, False)], None),
    "operating": lambda: operating("o", characteristics(DESIGN, [n / 10 for n in range(11)]), 30, 0.7, 0.8),
    "curves": lambda: over("c", Curves("Recovery", "severity", "recovered",
                                       [("strict", [(1.0, 0.5), (2.0, 0.25)]), ("lenient", [(1.0, 1.0), (2.0, 0.75)])])),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_is_drawn_stays(name: str) -> None:
    """Every line, area and text is where it was; numbers to a hundredth of a point."""
    text = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number.group()):.2f}", inline(DRAWINGS[name]()))
    text = text.replace("><", ">\n<") + "\n"
    file = DRAWN / f"{name}.svg"
    if WRITE:
        file.write_text(text, encoding="utf-8")
    assert text.splitlines() == file.read_text(encoding="utf-8").splitlines()

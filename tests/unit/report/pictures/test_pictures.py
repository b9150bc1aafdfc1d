"""Pictures are SVG that says in words what it shows, stays small, loads nothing, and has no style of its own."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from kgents.kinds.figure import Bar, Cell, Curves, Forest, Matrix
from kgents.report.pictures import (
    Picture,
    dots,
    forest,
    grid,
    heat,
    inline,
    operating,
    over,
    pairs,
    path,
    png,
    rate,
    standalone,
)
from kgents.report.pictures.svg import ticks
from kgents.stats import Design, Rule, boundary, characteristics

HOSTILE = '</svg><script>alert("1")</script>\x1b[31m\u202e'
DESIGN = Design(target=0.9, max_trials=200)
LONG = Design(target=0.5, max_trials=20_000, rule=Rule.ANYTIME)
RUN = [n - n // 5 for n in range(1, 81)]
CELLS = [Cell("40 / 60", 0.4, 0.6), Cell("-")]
PAIR = {"a": HOSTILE, "b": "new", "pairs": 21, "discordant": 9, "a_wins": 2, "verdict": "new"}
DRAWINGS: dict[str, Callable[[], Picture]] = {
    "path": lambda: path("p", boundary(DESIGN), 0.9, RUN, True),
    "path before the first trial": lambda: path("p", boundary(DESIGN), 0.9, [], False),
    "path of a large cap": lambda: path("p", boundary(LONG), 0.5, list(range(1, 15_001)), True),
    "rate": lambda: rate("r", DESIGN, RUN, (0.7, 0.9)),
    "forest": lambda: forest("f", Forest("Arms", [Bar(HOSTILE, 0.5, 0.2, 0.8, "3/6", "good")] * 40, mark=0.5)),
    "pairs": lambda: pairs("q", [PAIR] * 20),
    "heat map": lambda: heat("h", Matrix(HOSTILE, "class", ["a", HOSTILE], [(HOSTILE, CELLS)] * 14)),
    "grid of one arm": lambda: grid("g", {"": list("++-?" * 5000)}),
    "grid of arms": lambda: grid("g", {f"{HOSTILE}{number}": list("+-?" * 20) for number in range(100)}),
    "dots": lambda: dots("d", "Durations", "ms", [(float(n % 97), n % 3 > 0) for n in range(50_000)], 100.0),
    "operating": lambda: operating("o", characteristics(DESIGN, [n / 50 for n in range(51)]), 200, 0.9, 0.8),
    "curves": lambda: over("c", Curves("Recovery", "severity", "recovered", [(HOSTILE, [(1.0, 0.5), (2.0, 0.25)])])),
}  # fmt: skip


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_picture_is_small_inert_and_says_what_it_shows(drawing: Callable[[], Picture]) -> None:
    """At most 20 kB; a title and a description that its role refers to; no script, no style attribute, nothing loaded."""
    drawn = drawing()
    text = inline(drawn)
    assert len(text) <= 20_000
    root = ET.fromstring(text)
    assert [child.tag for child in root[:2]] == ["title", "desc"]
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == [root[0].get("id"), root[1].get("id")]
    assert root[1].text
    for element in root.iter():
        assert element.tag not in ("script", "image", "use", "foreignObject")
        assert not {
            name for name in element.attrib if name == "style" or name.endswith("href") or name.startswith("on")
        }
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_nothing_is_drawn_outside(drawing: Callable[[], Picture]) -> None:
    """Every point of every line and area lies within the frame of its picture."""
    drawn = drawing()
    for element in ET.fromstring(inline(drawn)).iter():
        for pair in (element.get("points") or "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height


def test_the_path_ends_where_the_run_ended() -> None:
    """The last point of the run is (80 trials, 64 − 0.9·80 successes beyond the target)."""
    drawn = path("p", boundary(DESIGN), 0.9, RUN, True)
    assert "64 successes in 80 trials" in drawn.description
    run = next(line for line in ET.fromstring(inline(drawn)).iter("polyline") if line.get("class") == "kg-line-run")
    points = [tuple(map(float, pair.split(","))) for pair in (run.get("points") or "").split()]
    dot = next(ET.fromstring(inline(drawn)).iter("circle"))
    assert points[-1] == (float(dot.get("cx") or 0), float(dot.get("cy") or 0))
    assert len(points) == 81


def test_a_file_of_its_own_is_light_and_dark_and_becomes_a_png() -> None:
    """Both sets of colours are inside; the PNG has twice the picture's size."""
    drawn = path("p", boundary(DESIGN), 0.9, RUN, True)
    text = standalone(drawn)
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme: dark" in text
    content = png(drawn)
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 2 * drawn.width
    assert int.from_bytes(content[20:24], "big") == 2 * drawn.height


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-7.3, 11, [-5, 0, 5, 10]), (0, 200, [0, 50, 100, 150, 200]), (3, 3, [3])])  # fmt: skip
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    """Multiples of 1, 2 or 5 times a power of ten, between both ends."""
    assert ticks(low, high) == expected

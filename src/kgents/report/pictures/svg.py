"""The pieces of a picture: elements, axes, texts; every text is escaped here."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 460
POINTS = 150  # of an outline, however many trials it has
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing without its frame; `name` is unique on a page, `description` says in words what is seen."""

    name: str
    title: str
    description: str
    width: float
    height: float
    body: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground of a plot: pixels of its edges, and the values that lie there."""

    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def px(self, x: float) -> float:
        """Pixels to the right of the picture's left edge."""
        low, high = self.x
        share = (x - low) / (high - low) if high > low else 0.5
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def py(self, y: float) -> float:
        """Pixels below the picture's top edge."""
        low, high = self.y
        share = (y - low) / (high - low) if high > low else 0.5
        return self.bottom - (self.bottom - self.top) * min(1.0, max(0.0, share))

    def at(self, x: float, y: float) -> Point:
        """Pixels of a point; what lies outside is drawn on the edge."""
        return self.px(x), self.py(y)


def text(x: float, y: float, content: object, style: str = "", anchor: str = "") -> str:
    """A line of text; `style` is a class without its prefix."""
    classed = f' class="kg-{style}"' if style else ""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}"{classed}{anchored}>{clean(str(content))}</text>'


def clean(content: str) -> str:
    """Escaped, without characters that no SVG may hold, controls of the reading direction among them shown as such."""
    kept = "".join(sign if sign.isprintable() else "�" if sign not in "\n\t" else " " for sign in content)
    return escape(kept, quote=True)


def number(value: float) -> str:
    """A coordinate, as short as it can be said to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def line(points: Sequence[Point], style: str, title: str = "") -> str:
    """A polyline."""
    return f'<polyline class="kg-{style}" points="{_joined(points)}">{_title(title)}</polyline>'


def area(points: Sequence[Point], style: str, title: str = "") -> str:
    """A filled polygon."""
    return f'<polygon class="kg-{style}" points="{_joined(points)}">{_title(title)}</polygon>'


def drawn(strokes: Sequence[str], style: str, width: float, title: str = "") -> str:
    """Many strokes as one path."""
    return f'<path class="kg-{style}" stroke-width="{number(width)}" d="{"".join(strokes)}">{_title(title)}</path>'


def circle(x: float, y: float, radius: float, style: str, title: str = "") -> str:
    """A dot."""
    return f'<circle class="kg-{style}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}">{_title(title)}</circle>'


def segment(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """A straight line."""
    ends = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
    return f'<line class="kg-{style}" {" ".join(f"{name}={chr(34)}{number(at)}{chr(34)}" for name, at in ends)}/>'


def box(
    x: float, y: float, width: float, height: float, style: str, title: str = "", opacity: float | None = None
) -> str:
    """A rectangle."""
    faint = "" if opacity is None else f' fill-opacity="{opacity:.2f}"'
    size = f'x="{number(x)}" y="{number(y)}" width="{number(max(0.0, width))}" height="{number(height)}"'
    return f'<rect class="kg-{style}" {size}{faint}>{_title(title)}</rect>'


def _title(title: str) -> str:
    return f"<title>{clean(title)}</title>" if title else ""


def _joined(points: Iterable[Point]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def axes(frame: Frame, x_label: str, y_label: str, percent: bool = False, whole: bool = False) -> str:
    """Ticks, their lines and what the axes are called: x below (`whole`: it counts something), y above the plot."""
    parts = []
    for value in ticks(*frame.y):
        parts.append(segment(frame.left, frame.py(value), frame.right, frame.py(value), "grid"))
        shown = f"{100 * value:.4g} %" if percent else f"{value:g}"
        parts.append(text(frame.left - 6, frame.py(value) + 4, shown, "tick", "end"))
    parts += [text(frame.px(value), frame.bottom + 16, f"{value:g}", "tick", "middle")
              for value in ticks(*frame.x, least=1.0 if whole else 0.0)]  # fmt: skip
    parts.append(segment(frame.left, frame.bottom, frame.right, frame.bottom, "axis"))
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 33, x_label, "label", "middle"))
    parts.append(text(frame.left - 6 if not percent else 4, frame.top - 8, y_label, "label"))
    return "".join(parts)


def ticks(low: float, high: float, most: int = 6, least: float = 0.0) -> list[float]:
    """Round values between two others, at most so many and a few, and `least` apart."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    size: float = 10.0 ** math.floor(math.log10(raw))
    step = max(least, next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def sample(count: int, most: int = POINTS) -> list[int]:
    """Places 0 … count − 1, thinned evenly; the last is always among them."""
    if count <= 0:
        return []
    step = max(1, math.ceil(count / most))
    return sorted({*range(0, count, step), count - 1})


def short(name: str, most: int) -> str:
    """The beginning and the end of a name that is too long."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[len(name) - (most - 1 - most // 2) :]}"

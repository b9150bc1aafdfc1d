"""A boundary as a picture: characters for a terminal, SVG for a page."""

from collections.abc import Sequence

from kgents.stats.boundary import Boundary, Side

POINTS = 1000  # of an outline, however large the cap

_SIGNS = {Side.SUPPORTED: "+", Side.REFUTED: "-", Side.INCONCLUSIVE: "·", None: " "}
_COLOURS = {Side.SUPPORTED: "#2da44e", Side.REFUTED: "#cf222e", Side.INCONCLUSIVE: "#8c959f"}


def draw_boundary(boundary: Boundary, width: int = 64, height: int = 20) -> str:
    """Trials to the right, successes upwards: + supported, - refuted, · given up, blank: goes on."""
    cap = boundary.max_trials or 200
    columns = min(width, cap)
    rows = min(height, cap + 1)
    lines = []
    for row in range(rows - 1, -1, -1):
        s = round(row * cap / max(1, rows - 1))
        cells = (_cell(boundary, 1 + round(column * (cap - 1) / max(1, columns - 1)), s) for column in range(columns))
        lines.append(f"{s:>6} |" + "".join(cells).rstrip())
    lines.append("       +" + "-" * columns)
    lines.append(f"        1{'trials':^{max(6, columns - 1 - len(str(cap)))}}{cap}")
    return "\n".join(lines)


def _cell(boundary: Boundary, n: int, s: int) -> str:
    return " " if s > n else _SIGNS[boundary.decide(n, s)]


def boundary_svg(boundary: Boundary, path: Sequence[int] = (), width: int = 640, height: int = 400) -> str:
    """The three regions of the lattice as polygons, with axes; it stands alone.

    path  successes after 1, 2, … trials of a run, drawn as a line where there are any
    """
    cap = boundary.max_trials or 200
    boundary.decide(cap, 0)
    trials = [*range(0, cap, max(1, cap // POINTS)), cap]

    def x(n: int) -> float:
        return 60 + (width - 80) * n / cap

    def y(s: float) -> float:
        return height - 40 - (height - 60) * s / cap

    upper = [(x(n), y(min(boundary.upper[n], n + 1) - 0.5)) for n in trials]
    lower = [(x(n), y(boundary.lower[n] + 0.5)) for n in trials]
    top = [(x(cap), y(cap)), (x(0), y(0))]
    bottom = [(x(cap), y(0)), (x(0), y(0))]
    futile = [(n, *span) for n in trials if (span := boundary.futile[n]) is not None]
    middle = [(x(n), y(high + 0.5)) for n, _, high in futile] + [(x(n), y(low - 0.5)) for n, low, _ in reversed(futile)]
    shapes = [
        _polygon(upper + top, _COLOURS[Side.SUPPORTED], "supported"),
        _polygon(lower + bottom, _COLOURS[Side.REFUTED], "refuted"),
        _polygon(middle, _COLOURS[Side.INCONCLUSIVE], "given up") if middle else "",
        f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">trials (0 to {cap})</text>',
        f'<text x="18" y="{height / 2}" text-anchor="middle" transform="rotate(-90 18 {height / 2})">successes</text>',
        f'<path d="M60 20V{height - 40}H{width - 20}" fill="none" stroke="#57606a"/>',
        _line([(x(n), y(s)) for n, s in enumerate((0, *path)) if n <= cap]) if path else "",
        f'<text x="70" y="34">supported</text><text x="{width - 90}" y="{height - 50}">refuted</text>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="13">{"".join(shapes)}</svg>'
    )


def _polygon(points: list[tuple[float, float]], colour: str, title: str) -> str:
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    return f'<polygon points="{path}" fill="{colour}" fill-opacity="0.25" stroke="{colour}"><title>{title}</title></polygon>'


def _line(points: list[tuple[float, float]]) -> str:
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    px, py = points[-1]
    return (
        f'<polyline points="{path}" fill="none" stroke="#0969da" stroke-width="2"><title>this run</title></polyline>'
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="#0969da"/>'
    )

"""A boundary as a picture of characters, for a terminal."""

from kgents.stats.boundary import Boundary, Side

_SIGNS = {Side.SUPPORTED: "+", Side.REFUTED: "-", Side.INCONCLUSIVE: "·", None: " "}


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

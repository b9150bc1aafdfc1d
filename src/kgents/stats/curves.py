"""Operating characteristics as a picture: the chance of each verdict and the expected trials, by the true rate."""

from collections.abc import Sequence

from kgents.stats.characteristics import Characteristics

_LINES = {
    "supported": ("#2da44e", ""),
    "refuted": ("#cf222e", ""),
    "inconclusive": ("#8c959f", ""),
    "expected trials": ("#0969da", "6 4"),
}


def curves_svg(rows: Sequence[Characteristics], cap: int, width: int = 640, height: int = 400) -> str:
    """`rows` in the order of their rates; expected trials as a share of the cap. It stands alone."""
    values = {
        "supported": [row.supported for row in rows],
        "refuted": [row.refuted for row in rows],
        "inconclusive": [row.inconclusive for row in rows],
        "expected trials": [row.expected_trials / cap for row in rows],
    }
    shapes = []
    for place, (name, (colour, dashes)) in enumerate(_LINES.items()):
        points = " ".join(
            f"{60 + (width - 80) * row.p:.1f},{height - 40 - (height - 60) * value:.1f}"
            for row, value in zip(rows, values[name], strict=True)
        )
        label = f"{name} of {cap}" if dashes else name
        shapes.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
            f'<text x="{80 + 130 * place}" y="14" fill="{colour}">{label}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="13">{"".join(shapes)}<path d="M60 20V{height - 40}H{width - 20}" fill="none" stroke="#57606a"/>'
        f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">true rate, from 0 to 1</text>'
        f'<text x="50" y="{height - 40}" text-anchor="end">0</text><text x="50" y="26" text-anchor="end">1</text></svg>'
    )

"""Colours by name, light and dark; a picture within a page, as a file of its own, and as PNG."""

import re
from base64 import b64encode
from collections.abc import Mapping

from kgents.errors import UsageError
from kgents.report.pictures.svg import Picture, clean, number

LIGHT: Mapping[str, str] = {
    "ink": "#1b1f24", "mute": "#57606a", "line": "#d0d7de", "ground": "#ffffff", "card": "#f6f8fa",
    "good": "#117a55", "bad": "#c4320a", "hold": "#6e7781", "run": "#0550ae", "warn": "#7d4e00",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "ink": "#e6edf3", "mute": "#9da7b1", "line": "#30363d", "ground": "#0d1117", "card": "#161b22",
    "good": "#4ac08f", "bad": "#ff8a66", "hold": "#8b949e", "run": "#6cb6ff", "warn": "#d8a642",
}  # fmt: skip

_RULES = """
.kg-svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif;
fill: var(--kg-ink); }
.kg-svg .kg-tick, .kg-svg .kg-label { fill: var(--kg-mute); font-size: 11px; }
.kg-svg .kg-small { font-size: 11px; } .kg-svg .kg-muted { fill: var(--kg-mute); font-size: 11px; }
.kg-svg .kg-strong { font-weight: 600; }
.kg-svg .kg-say-good { fill: var(--kg-good); font-weight: 600; } .kg-svg .kg-say-bad { fill: var(--kg-bad); font-weight: 600; }
.kg-svg .kg-say-run { paint-order: stroke; stroke: var(--kg-ground); stroke-width: 3px; stroke-linejoin: round; }
.kg-svg .kg-say-hold { fill: var(--kg-mute); font-weight: 600; } .kg-svg .kg-say-run { fill: var(--kg-run); font-weight: 600; }
.kg-grid { stroke: var(--kg-line); stroke-width: 1; } .kg-axis { stroke: var(--kg-mute); stroke-width: 1; }
.kg-mark { stroke: var(--kg-ink); stroke-width: 1; stroke-dasharray: 4 3; }
.kg-area-good { fill: var(--kg-good); fill-opacity: .2; } .kg-area-bad { fill: var(--kg-bad); fill-opacity: .2; }
.kg-area-hold { fill: var(--kg-hold); fill-opacity: .25; } .kg-area-run { fill: var(--kg-run); fill-opacity: .16; }
.kg-good { fill: var(--kg-good); } .kg-bad { fill: var(--kg-bad); } .kg-hold { fill: var(--kg-hold); }
.kg-run { fill: var(--kg-run); } .kg-card { fill: var(--kg-card); } .kg-ground { fill: var(--kg-ground); }
.kg-line-good, .kg-line-bad, .kg-line-hold, .kg-line-run { fill: none; stroke-width: 2; stroke-linejoin: round; }
.kg-line-good { stroke: var(--kg-good); } .kg-line-bad { stroke: var(--kg-bad); } .kg-line-hold { stroke: var(--kg-hold); }
.kg-line-run { stroke: var(--kg-run); } .kg-dashed { fill: none; stroke: var(--kg-run); stroke-width: 2; stroke-dasharray: 5 3; }
.kg-dots-good, .kg-dots-bad, .kg-dots-hold { fill: none; stroke-linecap: round; }
.kg-cells-good, .kg-cells-bad, .kg-cells-hold { fill: none; }
.kg-dots-good, .kg-cells-good { stroke: var(--kg-good); } .kg-dots-bad, .kg-cells-bad { stroke: var(--kg-bad); }
.kg-dots-hold, .kg-cells-hold { stroke: var(--kg-hold); }
.kg-edge-good { fill: none; stroke: var(--kg-good); } .kg-edge-bad { fill: none; stroke: var(--kg-bad); }
"""


def variables(colours: Mapping[str, str]) -> str:
    """Declarations of CSS."""
    return " ".join(f"--kg-{name}: {colour};" for name, colour in colours.items())


def rules() -> str:
    """The rules of every picture, as CSS."""
    return _RULES.strip()


def inline(picture: Picture) -> str:
    """The picture as a part of a page that has `rules()` in its style."""
    return _element(picture, "", picture.body)


def standalone(picture: Picture) -> str:
    """The picture as a file: light, and dark where its reader asks for that."""
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return _file(picture, f":root {{ {variables(LIGHT)} }}\n{dark}\n{rules()}")


def image(picture: Picture) -> str:
    """The picture as an element of HTML that needs no rules of its page and touches nothing of it."""
    content = b64encode(standalone(picture).encode()).decode()
    label = clean(f"{picture.title}. {picture.description}")
    return f'<img width="{number(picture.width)}" alt="{label}" src="data:image/svg+xml;base64,{content}">'


def _file(picture: Picture, style: str) -> str:
    ground = f'<rect class="kg-ground" width="{number(picture.width)}" height="{number(picture.height)}"/>'
    return _element(picture, ' xmlns="http://www.w3.org/2000/svg"', f"<style>{style}</style>{ground}{picture.body}")


def _element(picture: Picture, more: str, body: str) -> str:
    size = f'width="{number(picture.width)}" height="{number(picture.height)}"'
    return (
        f'<svg{more} class="kg-svg" {size} viewBox="0 0 {number(picture.width)} {number(picture.height)}" role="img" '
        f'aria-labelledby="{picture.name}-title {picture.name}-desc"><title id="{picture.name}-title">{clean(picture.title)}'
        f'</title><desc id="{picture.name}-desc">{clean(picture.description)}</desc>{body}</svg>'
    )


def png(picture: Picture, zoom: float = 2) -> bytes:
    """The picture as PNG, in light colours, `zoom` pixels a unit. UsageError where resvg-py is not installed."""
    try:
        import resvg_py
    except ImportError as wrong:
        raise UsageError(
            "a .png needs resvg-py, which is not installed", "pip install 'kgents[ui]', or -o x.svg"
        ) from wrong
    style = re.sub(r"var\(--kg-(\w+)\)", lambda match: LIGHT[match[1]], rules())
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=_file(picture, style.replace("system-ui, -apple-system, ", "")), zoom=zoom
    )
    return bytes(drawn)

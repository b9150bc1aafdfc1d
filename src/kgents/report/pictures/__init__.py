"""Pictures of experiments as SVG, drawn by pure functions: numbers in, a `Picture` out.

Rule: colours are CSS variables by class; no picture has a style attribute, loads anything or is larger than 20 kB.
"""

from kgents.report.pictures.bars import forest, pairs
from kgents.report.pictures.curves import operating, over
from kgents.report.pictures.dots import dots
from kgents.report.pictures.grid import grid
from kgents.report.pictures.heat import heat
from kgents.report.pictures.path import path
from kgents.report.pictures.rate import rate
from kgents.report.pictures.series import Point, series
from kgents.report.pictures.svg import Picture
from kgents.report.pictures.theme import DARK, LIGHT, image, inline, png, rules, standalone, variables

__all__ = [
    "DARK",
    "LIGHT",
    "Picture",
    "Point",
    "dots",
    "forest",
    "grid",
    "heat",
    "image",
    "inline",
    "operating",
    "over",
    "pairs",
    "path",
    "png",
    "rate",
    "rules",
    "series",
    "standalone",
    "variables",
]

"""Units of measure: their dimension and size, so that `2 hours = 120 minutes` can be checked."""

from fractions import Fraction

_TABLE: dict[str, dict[str, int | str]] = {
    "time": {"second": 1, "sec": 1, "s": 1, "minute": 60, "min": 60, "hour": 3600, "hr": 3600, "h": 3600, "day": 86400,
             "week": 604800},
    "length": {"mm": "1/1000", "millimeter": "1/1000", "millimetre": "1/1000", "cm": "1/100", "centimeter": "1/100",
               "centimetre": "1/100", "m": 1, "meter": 1, "metre": 1, "km": 1000, "kilometer": 1000, "kilometre": 1000},
    "imperial": {"inch": 1, "foot": 12, "feet": 12, "ft": 12, "yard": 36, "mile": 63360},
    "mass": {"mg": "1/1000", "g": 1, "gram": 1, "kg": 1000, "kilogram": 1000, "kilo": 1000},
    "weight": {"ounce": 1, "oz": 1, "pound": 16, "lb": 16},
    "volume": {"ml": "1/1000", "milliliter": "1/1000", "millilitre": "1/1000", "cl": "1/100", "l": 1, "liter": 1, "litre": 1},
    "money": {"cent": 1, "$": 100, "dollar": 100, "€": 100, "euro": 100, "£": 100},
    "count": {"dozen": 12, "pair": 2, "hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "billion": 10**9,
              "score": 20},
}  # fmt: skip
SIZES = {name: (dimension, Fraction(size)) for dimension, names in _TABLE.items() for name, size in names.items()}


def singular(word: str) -> str:
    """A noun without its plural ending, in lower case."""
    word = word.lower()
    if word == "inches":
        return "inch"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 1 else word


def unit(words: tuple[str, ...]) -> tuple[str, Fraction] | None:
    """Dimension and size of the unit that nouns begin with, or None."""
    return SIZES.get(singular(words[0]) if words[0] != "s" else "s") if words else None

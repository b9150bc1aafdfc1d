"""Texts as parts: taken apart at what a spec takes them apart at and put together otherwise, or written like an example."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

_LONGEST = 400
_QUOTED = re.compile(r"'([^'\n]{1,80})'|\"([^\"\n]{1,80})\"|`([^`\n]{1,80})`")
_TOKEN = re.compile(r"\S*\d\S*")
_MOST = 12


def samples(document: str) -> list[str]:
    """Examples in the prose of a docstring: what it quotes, and words that hold digits and other signs (`1h30m`, `7:05`)."""
    quoted = [next(filter(None, match)) for match in _QUOTED.findall(document)]
    words = [word.strip(".,;:?!()[]'\"`") for word in _TOKEN.findall(_QUOTED.sub(" ", document))]
    mixed = [word for word in words if 2 < len(word) < 80 and not word.isdigit()]
    return [text for text in dict.fromkeys([*quoted, *mixed]) if text.isascii()][:_MOST]


def alike(sample: str, draw: random.Random) -> str:
    """A text like an example: now and then another number of as many digits, or another letter of the same case."""

    def digits(match: re.Match[str]) -> str:
        return "".join(draw.choice("0123456789") for _ in match[0]) if draw.random() < 0.5 else match[0]

    return re.sub(r"\d+", digits, sample)


def rearranged(
    value: str,
    cutters: Sequence[str],
    draw: random.Random,
    change: Callable[[str], str],
    known: Mapping[str, Sequence[str]],
) -> str | None:
    """A text with one part less, twice, elsewhere, changed, as another of its parts, one of another text more, or a few of its
    parts twice; None where nothing cuts it.

    known  parts of texts that were understood, by what cuts them
    """
    there = [cutter for cutter in cutters if cutter and cutter in value]
    if not there:
        return None
    cutter = draw.choice(there)
    parts = value.split(cutter)
    at, other = draw.randrange(len(parts)), draw.randrange(len(parts))
    others = known.get(cutter) or parts
    match draw.randrange(9):
        case 0:
            del parts[at]
        case 1:
            parts.insert(draw.randrange(len(parts) + 1), parts[at])
        case 2:
            parts[at], parts[other] = parts[other], parts[at]
        case 3:
            parts[at] = parts[other]
        case 4:
            parts.append(change(parts[at]))
        case 5:
            parts.insert(draw.randrange(len(parts) + 1), draw.choice(others))
        case 6:
            parts[at] = draw.choice(others)
        case 7:
            parts[other:other] = parts[at : at + draw.randint(2, 4)]
        case _:
            parts[at] = change(parts[at])
    return cutter.join(parts)[:_LONGEST]

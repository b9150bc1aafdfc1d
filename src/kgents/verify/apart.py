"""Pairs of an oracle that a question shows (`--show-examples`): what is shown is not judged. Pure."""

import ast
from collections.abc import Sequence

from kgents.errors import UsageError

LONGEST = 200  # characters of a pair that is shown

Pair = tuple[str, str]  # (what is asked, what is right), as text


def chosen(pairs: Sequence[Pair | None], count: int) -> list[int]:
    """The places of `count` pairs to show: different answers where there are enough, from short questions to long ones.

    None is a pair that cannot be written down. UsageError where too few can, or none would be left to judge by.
    """
    able = [index for index, pair in enumerate(pairs) if pair is not None and sum(map(len, pair)) <= LONGEST]
    if len(able) < count or len(pairs) <= count:
        most = min(len(able), len(pairs) - 1)
        raise UsageError(
            f"--show-examples {count}: the oracle has {most} pair{'s' if most != 1 else ''} that can be shown",
            f"--show-examples {most}" if most > 0 else "--describe TEXT",
        )
    able.sort(key=lambda index: (len(pairs[index][0]), pairs[index][0]))  # type: ignore[index]
    shortest: dict[str, int] = {}
    for index in able:
        shortest.setdefault(pairs[index][1], index)  # type: ignore[index]
    among = list(shortest.values()) if len(shortest) >= count else able
    return [among[(2 * number + 1) * len(among) // (2 * count)] for number in range(count)]


def is_written(text: str) -> bool:
    """Whether a text is a literal of Python: what is shown can then be typed. One that is too long to be shown is none."""
    if len(text) > 2 * LONGEST:
        return False
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def text_of(pairs: Sequence[str]) -> str:
    """The part of a question that shows pairs."""
    return "\n\n".join(["Examples:", *pairs]) if pairs else ""

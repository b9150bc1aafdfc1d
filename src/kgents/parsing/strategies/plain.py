"""`strict`: the standard library. `extract`: what is around the answer is taken off, the rest is strict.
`lenient`: reads what people and models write instead of JSON, and rejects where it would have to guess."""

import json
from typing import Any

from kgents.parsing.strategies.lenient import read
from kgents.parsing.strategies.unwrapping import peel, value_in
from kgents.parsing.strategy import Parsed, Rejected, Strategy


def strict(text: str, schema: Any) -> Any:
    """json.loads."""
    return json.loads(text)


def extract(text: str, schema: Any = None) -> Parsed:
    """The value in fences, after thinking, between tags, in prose; a text that was encoded twice is decoded twice."""
    blocks, taken = peel(text)
    value, more = value_in(blocks[-1])
    if len(blocks) > 1:
        taken.append("earlier blocks")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Rejected("a text, not a value") from None
        more = ["encoded twice"]
    if not isinstance(value, dict | list):
        raise Rejected("neither an object nor a list")
    return Parsed(value, True, (*taken, *more))


def lenient(text: str, schema: Any = None) -> Parsed:
    """As extract, but what is inside may be written as people write it; nothing of it is lost."""
    try:
        return extract(text)
    except (ValueError, RecursionError):
        pass
    blocks, taken = peel(text)
    found = read(blocks[-1])
    return Parsed(found.value, found.complete, (*taken, *found.repairs))


STRATEGIES = (
    Strategy("strict", "json.loads", strict),
    Strategy("extract", "takes off fences, thinking, tags and prose; then strict", extract),
    Strategy("lenient", "reads comments, other quotes, bare keys, missing ends; rejects where it would guess", lenient),
)

"""`strict`: the standard library. `extract`: what is around the answer is taken off, the rest is strict. `lenient`: reads
what people and models write instead of JSON, and rejects where it would have to guess. `lazy_validation`: lenient, then
the schema field by field. `schema_guided`: that, and json_repair where the schema and the text agree with it.

Rule: a text that is valid JSON as a whole is returned by all of them as json.loads returns it.
"""

import json
from typing import Any

from kgents.parsing.loading import loads
from kgents.parsing.parsed import Parsed, Rejected
from kgents.parsing.reading.choice import candidates_of, the_one
from kgents.parsing.strategy import Strategy


def strict(text: str, schema: Any) -> Any:
    """json.loads."""
    return json.loads(text)


def extract(text: str, schema: Any = None) -> Parsed:
    """The JSON value in fences, after thinking, between tags, in prose."""
    try:
        return Parsed(json.loads(text))
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except json.JSONDecodeError:
        pass
    candidates, body = candidates_of(text, strict=True)
    best = the_one(candidates, body)
    if "values in a row" in best.repairs:
        raise Rejected("more than one value")
    return Parsed(best.value, best.complete and not best.doubts, best.repairs)


def lenient(text: str, schema: Any = None) -> Parsed:
    """As extract, but what is inside may be written as people write it; nothing of it is lost."""
    return loads(text)


STRATEGIES = (
    Strategy("strict", "json.loads", strict),
    Strategy("extract", "takes off fences, thinking, tags and prose; then strict", extract),
    Strategy("lenient", "reads comments, other quotes, bare keys, missing ends; rejects where it would guess", lenient),
    Strategy("lazy_validation", "lenient, then field by field against the schema; reports what it leaves out", loads),
)

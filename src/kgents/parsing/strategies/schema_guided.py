"""`schema_guided`: several readings; of those that satisfy the schema the one nearest to the text wins.

The reading of `lazy_validation` comes first; where it is rejected, json_repair is asked, and believed only if a schema is
there that could have contradicted it and the answer, in normal form, is near to the part of the text that is the answer.
A text whose brackets do not close is marked as incomplete, whoever read it.
"""

import json
import re
from importlib.util import find_spec
from typing import Any

from kgents.parsing.distance import FAR, distance
from kgents.parsing.loading import loads
from kgents.parsing.parsed import Parsed, Problem, Rejected
from kgents.parsing.strategy import Strategy

_BLOCK = re.compile(r"[{\[].*[}\]]|[{\[].*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)")


def schema_guided(text: str, schema: Any = None) -> Parsed:
    """The best reading. Valid JSON is never rejected: what does not satisfy the schema is returned and marked."""
    try:
        return loads(text, schema)
    except Rejected as wrong:
        reason = str(wrong)
    try:
        value = json.loads(text)
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except ValueError:
        return _guided(text, schema)
    return Parsed(value, False, (), {"/": reason}, (Problem((), "", reason),))


def _guided(text: str, schema: Any) -> Parsed:
    block = _BLOCK.search(text)
    if schema is None or block is None or find_spec("json_repair") is None:
        raise Rejected("no reading of the text satisfies the schema and stays near to the text")
    import json_repair

    try:
        value = json_repair.loads(block.group())
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict | list) or not _near(value, block.group()):
        raise Rejected("no reading of the text satisfies the schema and stays near to the text")
    from kgents.parsing.fitting.coercions import NOTHING
    from kgents.parsing.fitting.shape import shape_of

    fit = shape_of(schema).fit(value)
    if fit.value is NOTHING or fit.problems:
        raise Rejected("no reading of the text satisfies the schema and stays near to the text")
    return Parsed(fit.value, _closed(block.group()), ("json_repair", *fit.repairs))


def _near(value: Any, block: str) -> bool:
    """Whether a value, written down, is within a tenth of the text."""
    written, near = _normal(json.dumps(value, ensure_ascii=False)), _normal(block)
    limit = min(FAR, max(4, len(near) // 10))
    return distance(written, near, limit) <= limit


def _normal(text: str) -> str:
    """A text without spaces and backslashes: how a letter is escaped makes no distance."""
    return "".join(_ESCAPE.sub(r"\1", text).split())


def _closed(block: str) -> bool:
    return sum(block.count(mark) for mark in "{[") <= sum(block.count(mark) for mark in "}]")


STRATEGIES = (
    Strategy("schema_guided", "several readings; the one that satisfies the schema and is nearest to the text",
             schema_guided),
)  # fmt: skip

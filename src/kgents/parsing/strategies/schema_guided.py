"""`schema_guided`: several readings; of those that satisfy the schema the one nearest to the text wins.

Nearness is the edit distance between the reading, written down, and the text with what is around it taken off; a reading
further than a tenth of the text is no reading. json_repair is asked only where a schema can contradict it. No reading:
rejected.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from kgents.parsing.distance import FAR, distance
from kgents.parsing.schema import coerced, faults
from kgents.parsing.strategies.plain import extract, lenient
from kgents.parsing.strategies.unwrapping import peel
from kgents.parsing.strategy import Parsed, Rejected, Strategy


def schema_guided(text: str, schema: Any = None) -> Parsed:
    """The best reading."""
    blocks, _ = peel(text)
    near = "".join(blocks[-1].split())
    limit = min(FAR, max(4, len(near) // 10))
    best: tuple[int, Parsed] | None = None
    for reading in _readings(text, blocks[-1], schema):
        found = _fitting(reading, schema)
        if found is None:
            continue
        away = distance("".join(json.dumps(found.value, ensure_ascii=False).split()), near, limit)
        if away <= limit and (best is None or away < best[0]):
            best = (away, found)
        if away == 0:
            break
    if best is None:
        raise Rejected("no reading of the text satisfies the schema and stays near to the text")
    return best[1]


def _readings(text: str, block: str, schema: Any) -> Iterator[Parsed]:
    for strategy in (extract, lenient):
        try:
            found = strategy(text)
        except (ValueError, RecursionError):
            continue
        yield found
        if found.complete and strategy is extract:
            return
    if schema is not None and find_spec("json_repair") is not None:
        import json_repair

        try:
            yield Parsed(json_repair.loads(block), True, ("json_repair",))
        except (ValueError, RecursionError):
            return


def _fitting(reading: Parsed, schema: Any) -> Parsed | None:
    """The reading with declared coercions, where it satisfies the schema."""
    if not isinstance(reading.value, dict | list):
        return None
    if schema is None:
        return reading
    value, changed = coerced(reading.value, schema)
    if faults(value, schema):
        return None
    return Parsed(value, reading.complete, (*reading.repairs, *(f"coerced {path}" for path in changed)))


STRATEGIES = (
    Strategy("schema_guided", "several readings; the one that satisfies the schema and is nearest to the text",
             schema_guided),
)  # fmt: skip

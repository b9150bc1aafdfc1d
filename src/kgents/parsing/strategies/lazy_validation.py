"""`lazy_validation`: accept leniently, validate each field when it is used, keep what validates, report the rest.

The reading is the most lenient one that loses no text (see `lenient`). The schema is then asked field by field: declared
coercions are made, fields that do not validate are left out and reported with their path, and the result is marked as
incomplete. Without a schema it is extract and strict, and has to be an object or a list.
"""

from typing import Any

from kgents.parsing.schema import coerced, faults
from kgents.parsing.strategies.plain import extract, lenient
from kgents.parsing.strategy import Parsed, Rejected, Strategy


def lazy_validation(text: str, schema: Any = None) -> Parsed:
    """What of the text can be vouched for."""
    if schema is None:
        return extract(text)
    found = lenient(text)
    value, changed = coerced(found.value, schema)
    repairs = [*found.repairs, *(f"coerced {path}" for path in changed)]
    errors: dict[str, str] = {}
    for path, keyword, message in faults(value, schema):
        place = "/" + "/".join(str(step) for step in path)
        errors.setdefault(place, message)
        if not path and keyword not in ("required", "additionalProperties", "minProperties"):
            raise Rejected(f"not what was asked for: {message}")
        if path and keyword != "required":
            value = _without(value, path)
    return Parsed(value, found.complete and not errors, tuple(repairs), errors)


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    """A copy without the field at this path; an element of a list takes the field that holds the list with it."""
    if not path or not isinstance(value, dict):
        return value
    first, rest = path[0], path[1:]
    if first not in value:
        return value
    if not rest or not isinstance(value[first], dict):
        return {key: item for key, item in value.items() if key != first}
    return {**value, first: _without(value[first], rest)}


STRATEGIES = (
    Strategy("lazy_validation", "lenient, then field by field against the schema; reports what it leaves out",
             lazy_validation),
)  # fmt: skip

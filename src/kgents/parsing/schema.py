"""JSON Schema: checking values, and the few coercions that lazy validation declares.

Rule: a schema is checked before the first trial; nothing is coerced but what COERCIONS names.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kgents.errors import UsageError

COERCIONS = {
    "integer": "a text of digits to its number",
    "number": "a text that is a number to its number",
    "boolean": "the texts 'true' and 'false'",
    "null": "the text 'null'",
}
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
MISSING = "jsonschema"


def need_library(name: str = "--schema") -> None:
    """UsageError where the library that checks schemas is not there."""
    from importlib.util import find_spec

    if find_spec(MISSING) is None:
        raise UsageError(f"{name} needs jsonschema, which is not installed",
                         "pip install 'kgents[parsing]', or pip install jsonschema")  # fmt: skip


def check(schema: Any, name: str = "--schema") -> None:
    """UsageError where this is no valid JSON Schema; `name` is what the user calls it."""
    need_library(name)
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    if not isinstance(schema, Mapping):
        raise UsageError(f"{name}: a JSON Schema is an object", '{"type": "object", "properties": {…}}')
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as wrong:
        index = "/".join(str(step) for step in wrong.absolute_path)
        raise UsageError(
            f"{name} is no valid JSON Schema: {wrong.message} (at {index or 'the root'})", "correct it"
        ) from None


@lru_cache(maxsize=8)
def _validator(text: str) -> Any:
    from jsonschema.validators import validator_for

    schema = json.loads(text)
    return validator_for(schema)(schema)


def faults(value: Any, schema: Any) -> list[tuple[tuple[Any, ...], str, str]]:
    """(path, keyword, message) of everything that is wrong with a value, in the order of the paths."""
    validator = _validator(json.dumps(schema, sort_keys=True))
    errors = [(tuple(wrong.absolute_path), str(wrong.validator), wrong.message[:200])
             for wrong in validator.iter_errors(value)]  # fmt: skip
    return sorted(errors, key=lambda fault: [str(step) for step in fault[0]])


def coerced(value: Any, schema: Any) -> tuple[Any, list[str]]:
    """(the value with the declared coercions made where the schema asks for them, their paths)."""
    done: list[str] = []
    return _coerce(value, schema, "", done), done


def _coerce(value: Any, schema: Any, path: str, done: list[str]) -> Any:
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {key: _coerce(item, properties.get(key), f"{path}/{key}", done) for key, item in value.items()}
    if isinstance(value, list):
        items = schema.get("items")
        return [_coerce(item, items, f"{path}/{index}", done) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds or []
    if "string" in kinds:
        return value
    for kind in kinds:
        changed = _from_text(value, kind)
        if changed is not value:
            done.append(path or "/")
            return changed
    return value


def _from_text(text: str, kind: str) -> Any:
    if kind in ("integer", "number") and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return None if kind == "null" and text == "null" else text

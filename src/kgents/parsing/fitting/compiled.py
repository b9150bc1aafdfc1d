"""A JSON Schema as a validator of pydantic-core, which says at the speed of C that a value needs no further look.

Only what it accepts is believed: a schema with keywords that are not translated has no such validator, and a value that it
refuses is fitted field by field.
"""

from collections.abc import Mapping
from typing import Any

from kgents.parsing.keywords import Keywords

_IGNORED = frozenset(
    {
        "title",
        "description",
        "$schema",
        "$id",
        "default",
        "examples",
        "$comment",
        "format",
        "$defs",
        "definitions",
        "deprecated",
    }
)
_TYPES = {"boolean": "bool", "null": "none"}


class _Untranslated(Exception):
    """A keyword that has no translation."""


def validator(schema: Keywords) -> Any:
    """The validator of a schema; None where there is no pydantic-core or no translation."""
    try:
        from pydantic_core import SchemaError, SchemaValidator
    except ImportError:
        return None
    try:
        return SchemaValidator(_with_definitions(schema))
    except (_Untranslated, SchemaError, RecursionError):
        return None


def _with_definitions(schema: Keywords) -> Any:
    definitions = [
        {**_translated(rule), "ref": f"#/{word}/{name}"}
        for word, rules in (("$defs", schema.get("$defs")), ("definitions", schema.get("definitions")))
        for name, rule in (rules or {}).items()
    ]
    root = _translated(schema)
    return {"type": "definitions", "schema": root, "definitions": definitions} if definitions else root


def _translated(schema: Any) -> dict[str, object]:
    if schema is True or schema == {}:
        return {"type": "any"}
    if not isinstance(schema, Mapping):
        raise _Untranslated
    words = {key: item for key, item in schema.items() if key not in _IGNORED}
    if set(words) == {"anyOf"}:
        return {"type": "union", "choices": [_translated(part) for part in words["anyOf"]]}
    if set(words) == {"$ref"}:
        return {"type": "definition-ref", "schema_ref": words["$ref"]}
    kind = words.pop("type", None)
    if set(words) == {"enum"} and all(isinstance(word, str) for word in words["enum"]):
        return {"type": "literal", "expected": list(words["enum"])}
    if isinstance(kind, list):
        return {"type": "union", "choices": [_translated({**words, "type": one}) for one in kind]}
    translate = {"object": _object, "array": _array, "string": _string, "integer": _number, "number": _number}.get(
        kind or ""
    )
    if translate is not None:
        return translate(words, str(kind))
    if kind in _TYPES and not words:
        return {"type": _TYPES[kind]}
    if not words:
        return {"type": "any"}
    raise _Untranslated


def _object(words: dict[str, Any], kind: str) -> dict[str, object]:
    properties, required = words.pop("properties", {}), words.pop("required", [])
    others = words.pop("additionalProperties", True)
    if words or not set(required) <= set(properties):
        raise _Untranslated
    if not properties and others is True:
        return {"type": "dict", "keys_schema": {"type": "str"}}
    fields = {
        name: {"type": "typed-dict-field", "schema": _translated(rule), "required": name in required}
        for name, rule in properties.items()
    }
    made: dict[str, object] = {
        "type": "typed-dict",
        "fields": fields,
        "extra_behavior": "forbid" if others is False else "allow",
    }
    if isinstance(others, Mapping) and others:
        made["extras_schema"] = _translated(others)
    return made


def _array(words: dict[str, Any], kind: str) -> dict[str, object]:
    made: dict[str, object] = {"type": "list", "items_schema": _translated(words.pop("items", True))}
    for word, name in (("minItems", "min_length"), ("maxItems", "max_length")):
        if word in words:
            made[name] = words.pop(word)
    return made if not words else _none()


def _string(words: dict[str, Any], kind: str) -> dict[str, object]:
    made: dict[str, object] = {"type": "str"}
    for word, name in (("minLength", "min_length"), ("maxLength", "max_length")):
        if word in words:
            made[name] = words.pop(word)
    return made if not words else _none()


def _number(words: dict[str, Any], kind: str) -> dict[str, object]:
    made: dict[str, object] = {"type": "int" if kind == "integer" else "float"}
    for word, name in (("minimum", "ge"), ("maximum", "le"), ("exclusiveMinimum", "gt"), ("exclusiveMaximum", "lt")):
        if word in words:
            made[name] = words.pop(word)
    return made if not words else _none()


def _none() -> dict[str, object]:
    raise _Untranslated

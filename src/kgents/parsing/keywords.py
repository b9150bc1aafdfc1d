"""The keywords of JSON Schema that are read here, as a type. A schema that was checked has them in these forms."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

Keywords = TypedDict(
    "Keywords",
    {
        "$ref": str,
        "$defs": Mapping[str, object],
        "definitions": Mapping[str, object],
        "type": str | list[str],
        "const": Any,
        "enum": list[Any],
        "anyOf": Sequence[Any],
        "oneOf": Sequence[Any],
        "allOf": Sequence[Any],
        "properties": Mapping[str, object],
        "patternProperties": Mapping[str, object],
        "additionalProperties": Any,
        "required": Sequence[str],
        "items": Any,
        "prefixItems": Sequence[Any],
        "minItems": int,
        "maxItems": int,
        "uniqueItems": bool,
        "minimum": float,
        "maximum": float,
        "exclusiveMinimum": float,
        "exclusiveMaximum": float,
        "multipleOf": float,
        "minLength": int,
        "maxLength": int,
        "pattern": str,
        "format": str,
    },
    total=False,
)

"""Documents that satisfy a JSON Schema, for who has a schema and no documents.

Understood: type, properties, required, items, enum, const, the bounds of numbers, lengths and lists, anyOf, oneOf,
allOf of objects, local references. A document that does not satisfy the schema is drawn again; a schema for which that
fails too often asks for documents.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from kgents.errors import UsageError
from kgents.parsing.corpora.values import number, scalar, text
from kgents.parsing.document import STYLES, Document
from kgents.parsing.draw import Draw
from kgents.parsing.keywords import Keywords
from kgents.parsing.schema import faults

ATTEMPTS = 30
DEEPEST = 5


class Conforming:
    """A corpus of documents that satisfy a schema."""

    language = "json"

    def __init__(self, schema: Keywords) -> None:
        self._schema = schema

    def draw(self, draw: Draw) -> Document:
        """A document. UsageError where none could be made."""
        for _ in range(ATTEMPTS):
            value = _value(self._schema, self._schema, draw, DEEPEST)
            if isinstance(value, dict | list) and not faults(value, self._schema):
                return Document("schema", value, draw.below(len(STYLES)))
        raise UsageError("--schema: no document that satisfies it could be made", "give documents with --input")


def conforming(schema: Keywords) -> Conforming:
    """The corpus of a schema; UsageError where no document can be made."""
    search = Conforming(schema)
    search.draw(Draw(0))
    return search


def _value(schema: Any, root: Any, draw: Draw, depth: int) -> Any:
    if not isinstance(schema, Mapping):
        return scalar(draw)
    rules = _resolved(cast(Keywords, schema), root)
    if "const" in rules:
        return rules["const"]
    if "enum" in rules:
        return draw.pick(rules["enum"])
    for branches in (rules.get("anyOf"), rules.get("oneOf")):
        if branches is not None:
            return _value(draw.pick(branches), root, draw, depth)
    kind = rules.get("type") or ("object" if "properties" in rules else "array" if "items" in rules else None)
    kind = draw.pick(kind) if isinstance(kind, list) else kind
    match kind:
        case "object":
            return _object(rules, root, draw, depth)
        case "array":
            return _array(rules, root, draw, depth)
        case _:
            return _scalar(kind, rules, draw)


def _resolved(schema: Keywords, root: Any) -> Keywords:
    """The schema with its local reference followed and its allOf merged."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target = root
        for step in reference[2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")] if isinstance(target, Mapping) else {}
        schema = cast(Keywords, {**target, **{key: item for key, item in schema.items() if key != "$ref"}})
    for one in schema.get("allOf", ()):
        part = _resolved(cast(Keywords, one), root) if isinstance(one, Mapping) else Keywords()
        merged = {**schema.get("properties", {}), **part.get("properties", {})}
        required = [*schema.get("required", ()), *part.get("required", ())]
        schema = {**part, **schema, "properties": merged, "required": required}
    return schema


def _object(schema: Keywords, root: Any, draw: Draw, depth: int) -> dict[str, object]:
    required = set(schema.get("required", ()))
    made: dict[str, object] = {}
    for name, part in schema.get("properties", {}).items():
        if name in required or (depth > 0 and draw.chance(3, 4)):
            made[name] = _value(part, root, draw, depth - 1)
    for name in sorted(required - made.keys()):
        made[name] = scalar(draw)
    return made


def _array(schema: Keywords, root: Any, draw: Draw, depth: int) -> list[Any]:
    least = int(schema.get("minItems", 0))
    most = int(schema.get("maxItems", least + 4))
    count = least if depth <= 0 else draw.between(least, max(least, min(most, least + 4)))
    parts: Sequence[Any] = schema.get("prefixItems", ())
    return [_value(parts[index] if index < len(parts) else schema.get("items", {}), root, draw, depth - 1)
            for index in range(count)]  # fmt: skip


def _scalar(kind: str | None, schema: Keywords, draw: Draw) -> Any:
    match kind:
        case "integer":
            low = int(schema.get("minimum", schema.get("exclusiveMinimum", -101) + 1))
            high = int(schema.get("maximum", schema.get("exclusiveMaximum", max(low, 0) + 1001) - 1))
            step = int(schema.get("multipleOf", 1)) or 1
            return draw.between(-(-low // step), max(-(-low // step), high // step)) * step
        case "number":
            if "minimum" in schema or "maximum" in schema:
                least, most = schema.get("minimum", 0), schema.get("maximum", schema.get("minimum", 0) + 100)
                return least + (most - least) * draw.below(1001) / 1000
            return number(draw)
        case "boolean":
            return draw.chance(1, 2)
        case "null":
            return None
        case "string":
            return _text(schema, draw)
        case _:
            return scalar(draw)


_FORMATS = {
    "date": "2024-03-07", "date-time": "2024-03-07T12:00:00Z", "email": "a@example.org", "uri": "https://example.org/a?b=1",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
}  # fmt: skip


def _text(schema: Keywords, draw: Draw) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    made = text(draw)
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 10**6))
    return (made + "lorem ipsum " * (least // 12 + 1))[:least] if len(made) < least else made[:most]

"""The fields of the JSON document as JSON Schemas, each with what it means; a kind says those that are its own.

Rule: every field is explained where it is declared; `record` allows no field that it does not name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]  # a JSON Schema


@dataclass(frozen=True, slots=True)
class Fields:
    """What a kind adds to the document: schemas by the name of the field.

    config    what it was asked to do; large parts of it may be told by digest and size
    evidence  what it found; a field may be left out
    """

    config: Mapping[str, Schema] = field(default_factory=dict)
    evidence: Mapping[str, Schema] = field(default_factory=dict)


def text(words: str, choices: Sequence[str] = ()) -> Schema:
    """A string, or one of a few."""
    return {"type": "string", "description": words, **({"enum": list(choices)} if choices else {})}


def whole(words: str) -> Schema:
    """A count."""
    return {"type": "integer", "description": words}


def digits(words: str) -> Schema:
    """A whole number; in digits where it has more than 53 bits, which not every reader of JSON has exactly."""
    return {"type": ["integer", "string"], "description": words}


def number(words: str) -> Schema:
    """A number."""
    return {"type": "number", "description": words}


def share(words: str) -> Schema:
    """A number from 0 to 1."""
    return {"type": "number", "minimum": 0, "maximum": 1, "description": words}


def flag(words: str) -> Schema:
    """true or false."""
    return {"type": "boolean", "description": words}


def anything(words: str) -> Schema:
    """JSON of any form."""
    return {"description": words}


def many(words: str, item: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": item, "description": words}


def table(words: str, item: Schema) -> Schema:
    """An object with keys of any name and values of one form."""
    return {"type": "object", "additionalProperties": item, "description": words}


def record(words: str, fields: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """An object of these fields and no others; all of them have to be there but those that are `optional`."""
    required = [name for name in fields if name not in optional]
    return {
        "type": "object",
        "properties": dict(fields),
        "required": required,
        "additionalProperties": False,
        "description": words,
    }


def either(words: str, *schemas: Schema) -> Schema:
    """One of several forms."""
    return {"anyOf": list(schemas), "description": words}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    if "type" not in schema:
        return schema
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def interval(words: str, *more: str) -> Schema:
    """An interval of a rate: level, low, high, and `each_side` and `method` where they are named."""
    known = {
        "level": share("the probability that it covers"),
        "low": number("its lower end"),
        "high": number("its upper end"),
        "each_side": maybe(share("how often the rate is beyond one end, at most; null where only both are bounded")),
        "method": text("how it is made", ("stage-wise", "clopper-pearson", "confidence sequence", "credible")),
    }
    return record(words, {name: known[name] for name in ("level", "low", "high", *more)})


def estimate(words: str) -> Schema:
    """A rate or a difference with its ends."""
    fields = {"estimate": maybe(number("the estimate")), "low": number("lower end"), "high": number("upper end")}
    return record(words, fields)

"""Documents against the schema of their kind, which is itself checked only once: that takes as long as many commands."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from kgents.report.schema import schema_of


@cache
def validator_of(kind: str | None = None) -> Draft202012Validator:
    """What judges documents of a kind, or of any; SchemaError where `kg schema` is none of its dialect."""
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(document: Mapping[str, Any]) -> None:
    """A document is what the schema of its kind says, and every field of its configuration is explained there.

    jsonschema.ValidationError where it is not.
    """
    validator = validator_of(document["kind"])
    validator.validate(document)
    explained = validator.schema["properties"]["config"]["properties"]
    assert set(document["config"]) - set(explained) == set()

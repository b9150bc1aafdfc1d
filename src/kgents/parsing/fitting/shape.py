"""A schema as users give it: a JSON Schema, a pydantic model, a dataclass, a TypeAdapter or any type that pydantic knows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kgents.errors import UsageError
from kgents.parsing.fitting.coercions import NOTHING
from kgents.parsing.fitting.fit import Fit, unchecked
from kgents.parsing.keywords import Keywords
from kgents.parsing.parsed import Path, Problem, Rejected, shortened


@dataclass(slots=True)
class Shape:
    """A schema that was checked.

    schema   the JSON Schema
    adapter  pydantic's, where the schema is a type
    """

    schema: Keywords
    adapter: Any = None
    fast: Any = None
    more: bool = field(init=False)

    def __post_init__(self) -> None:
        self.more = unchecked(self.schema)

    def exact(self, text: str, value: Any) -> tuple[Any] | None:
        """(the typed value,) where it satisfies the schema without any coercion, else None."""
        if self.adapter is not None:
            try:
                return (self.adapter.validate_json(text, strict=True),)
            except (ValueError, RecursionError):
                return None
        if self.fast is None:
            return None
        try:
            self.fast.validate_python(value, strict=True)
        except (ValueError, RecursionError):
            return None
        return (value,)

    def fit(self, value: Any, open_at: Path | None = None) -> Fit:
        """The value, as far as it satisfies the schema; `value` is NOTHING where nothing of it does."""
        try:
            fit = Fit(self.schema, open_at).run(value)
        except RecursionError:
            raise Rejected("nested too deeply") from None
        if fit.value is not NOTHING and self.more:
            self._library(fit)
        if fit.value is not NOTHING and self.adapter is not None:
            self._validators(fit)
        return fit

    def _library(self, fit: Fit) -> None:
        from kgents.parsing.schema import faults

        for path, keyword, message in faults(fit.value, self.schema):
            if keyword not in ("required", "anyOf", "oneOf", "allOf"):
                self._strike(fit, path, message)

    def _validators(self, fit: Fit) -> None:
        """What only the model itself can check."""
        try:
            self.adapter.validate_python(fit.value)
        except ValueError as wrong:
            for location, kind, message in _faults(wrong):
                if kind != "missing":
                    self._strike(fit, _known_steps(fit.value, location), message)

    @staticmethod
    def _strike(fit: Fit, path: Path, message: str) -> None:
        fit.problems.append(Problem(path, shortened(value_at(fit.value, path)), message[:200]))
        if path:
            fit.value = without(fit.value, path)

    def typed(self, path: Path, value: Any) -> Any:
        """A value as the schema types it. Rejected where its type does not take it."""
        if self.adapter is None:
            return value
        try:
            from kgents.parsing.fitting.annotations import adapter_at

            adapter = adapter_at(self.adapter, path)
            return value if adapter is None else adapter.validate_python(value)
        except ValueError as wrong:
            raise Rejected(f"/{'/'.join(map(str, path))}: {str(wrong)[:300]}") from None


def _faults(wrong: Any) -> list[tuple[tuple[Any, ...], str, str]]:
    """(location, kind, message) of what pydantic says is wrong."""
    if not hasattr(wrong, "errors"):
        return [((), "", str(wrong))]
    return [(fault["loc"], fault["type"], fault["msg"]) for fault in wrong.errors()]


def _known_steps(value: Any, location: tuple[Any, ...]) -> Path:
    """The steps of pydantic's location that are in the value; the names of branches of unions are not."""
    steps: list[Any] = []
    for step in location:
        inside = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
        if inside or (isinstance(value, dict) and step in value):
            value = value[step]
            steps.append(step)
    return tuple(steps)


def value_at(value: Any, path: Path) -> Any:
    """What is at a path; None where nothing is."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def without(value: Any, path: Path) -> Any:
    """A copy without the field or element at this path."""
    first, rest = path[0], path[1:]
    if isinstance(value, dict) and first in value:
        if not rest:
            return {key: item for key, item in value.items() if key != first}
        return {**value, str(first): without(value[first], rest)}
    if isinstance(value, list) and isinstance(first, int) and first < len(value):
        if not rest:
            return [*value[:first], *value[first + 1 :]]
        return [*value[:first], without(value[first], rest), *value[first + 1 :]]
    return value


def shape_of(schema: Any) -> Shape:
    """The shape of a schema. UsageError where it is no schema."""
    if isinstance(schema, Shape):
        return schema
    if isinstance(schema, Mapping):
        try:
            return _of_text(json.dumps(schema))
        except (TypeError, ValueError, RecursionError) as wrong:
            raise UsageError(f"schema: it cannot be written as JSON: {wrong}",
                             "give a JSON Schema, a pydantic model, a dataclass or a TypeAdapter") from None  # fmt: skip
    try:
        return _of_type(schema)
    except TypeError:  # not hashable
        return _adapted(schema)


@lru_cache(maxsize=64)
def _of_text(text: str) -> Shape:
    from kgents.parsing.fitting.compiled import validator
    from kgents.parsing.schema import check

    schema = json.loads(text)
    check(schema, "schema")
    return Shape(schema, None, validator(schema))


@lru_cache(maxsize=256)
def _of_type(schema: Any) -> Shape:
    return _adapted(schema)


def _adapted(schema: Any) -> Shape:
    try:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError
    except ImportError:
        raise UsageError("schema: a type needs pydantic, which is not installed",
                         "pip install pydantic, or give a JSON Schema as a dict") from None  # fmt: skip
    try:
        if not isinstance(schema, TypeAdapter):
            if not isinstance(schema, type) and not hasattr(schema, "__origin__") and not hasattr(schema, "__args__"):
                raise UsageError(f"schema: {shortened(schema)} is no schema",
                                 "give a JSON Schema, a pydantic model, a dataclass or a TypeAdapter")  # fmt: skip
            schema = TypeAdapter(schema)
        return Shape(schema.json_schema(mode="validation"), schema)
    except (PydanticUserError, NameError, RecursionError) as wrong:
        raise UsageError(f"schema: pydantic has no JSON Schema for it: {str(wrong).splitlines()[0]}",
                         "give a JSON Schema, a pydantic model, a dataclass or a TypeAdapter") from None  # fmt: skip

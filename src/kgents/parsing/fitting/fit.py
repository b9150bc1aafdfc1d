"""A value against a JSON Schema, field by field: what can be coerced is, what violates the schema is left out and named.

One bad element never drops its list, an unknown key never its object, at whatever depth. `$ref`, `$defs`, `anyOf`, `oneOf`
and `allOf` are followed; keywords that are not checked here are left to the jsonschema library.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kgents.parsing.fitting.coercions import NOTHING, coerced, is_of, word_of
from kgents.parsing.keywords import Keywords
from kgents.parsing.parsed import Path, Problem, shortened

DEEPEST_REFERENCE = 32
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound, "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound, "exclusiveMaximum": lambda value, bound: value < bound,
    "multipleOf": lambda value, bound: abs(value / bound - round(value / bound)) < 1e-9,
}  # fmt: skip
_SIZES: Mapping[str, tuple[Any, Callable[[Any, Any], bool]]] = {
    "minLength": (str, lambda value, bound: len(value) >= bound), "maxLength": (str, lambda value, bound: len(value) <= bound),
    "minItems": (list, lambda value, bound: len(value) >= bound), "maxItems": (list, lambda value, bound: len(value) <= bound),
    "minProperties": (dict, lambda value, bound: len(value) >= bound),
    "maxProperties": (dict, lambda value, bound: len(value) <= bound),
}  # fmt: skip


@dataclass(slots=True)
class Fit:
    """What became of a value.

    value     what satisfies the schema; NOTHING where nothing does
    problems  what was left out or is missing
    repairs   the coercions that were made, by path
    lacks     whether the root lacks a field that is required
    """

    root: Keywords
    open: Path | None = None
    value: Any = NOTHING
    problems: list[Problem] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    lacks: bool = False
    known: int = 0

    def run(self, value: Any) -> "Fit":
        """Fits a value to the root schema."""
        self.value, self.lacks = self._fit(value, self.root, ())
        return self

    def _wrong(self, path: Path, value: Any, why: str) -> tuple[Any, bool]:
        self.problems.append(Problem(path, shortened(value), why))
        return NOTHING, False

    def _fit(self, value: Any, schema: Any, path: Path) -> tuple[Any, bool]:
        """(what satisfies the schema, whether it lacks a required field)."""
        schema = self._resolved(schema)
        if schema is not False and (schema is True or not schema):
            return value, False
        if schema is False:
            return self._wrong(path, value, "nothing may stand here")
        for word in ("anyOf", "oneOf"):
            if schema.get(word):
                value, lacks = self._branches(value, schema[word], path)
                if value is NOTHING or lacks:
                    return value, lacks
        for part in schema.get("allOf", ()):
            value, lacks = self._fit(value, part, path)
            if value is NOTHING or lacks:
                return value, lacks
        return self._typed(value, schema, path)

    def _resolved(self, schema: Any) -> Any:
        for _ in range(DEEPEST_REFERENCE):
            if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
                return schema
            here: Any = self.root
            for step in schema["$ref"].lstrip("#").split("/")[1:]:
                name = step.replace("~1", "/").replace("~0", "~")
                here = here.get(name, True) if isinstance(here, Mapping) else True
            rest = {key: item for key, item in schema.items() if key != "$ref" and key in _CHECKED}
            schema = {"allOf": [here, rest]} if rest else here
        return True

    def _branches(self, value: Any, branches: Any, path: Path) -> tuple[Any, bool]:
        best: tuple[tuple[int, int, int], Fit, tuple[Any, bool]] | None = None
        for branch in branches:
            trial = Fit(self.root, self.open)
            outcome = trial._fit(value, branch, path)
            merit = (int(outcome[0] is NOTHING or outcome[1]), len(trial.problems), len(trial.repairs))
            if best is None or merit < best[0]:
                best = (merit, trial, outcome)
            if merit == (0, 0, 0):
                break
        assert best is not None
        _, trial, outcome = best
        self.problems += trial.problems if outcome[0] is not NOTHING else []
        self.repairs += trial.repairs
        self.known += trial.known
        if outcome[0] is NOTHING:
            return self._wrong(path, value, "it is none of the kinds that are allowed here")
        return outcome

    def _typed(self, value: Any, schema: Keywords, path: Path) -> tuple[Any, bool]:
        if "const" in schema or "enum" in schema:
            value = self._word(value, [schema["const"]] if "const" in schema else schema["enum"], path)
            if value is NOTHING:
                return value, False
        kinds = schema.get("type")
        kinds = [kinds] if isinstance(kinds, str) else list(kinds or ())
        if kinds and not any(is_of(value, kind) for kind in kinds):
            changed = coerced(value, kinds, schema)
            if changed is NOTHING:
                return self._wrong(path, value, f"it is not of type {' or '.join(kinds)}")
            self.repairs.append(f"coerced {_pointer(path)}")
            value = changed
        broken = _violated(value, schema)
        if broken:
            return self._wrong(path, value, broken)
        if isinstance(value, dict):
            return self._object(value, schema, path)
        if isinstance(value, list) and ("items" in schema or "prefixItems" in schema):
            return self._list(value, schema, path), False
        return value, False

    def _word(self, value: Any, words: list[Any], path: Path) -> Any:
        if any(value == word and isinstance(value, bool) == isinstance(word, bool) for word in words):
            return value
        near = word_of(value, words)
        if near is NOTHING:
            return self._wrong(path, value, f"it is none of {shortened(', '.join(map(str, words)))}")[0]
        self.repairs.append(f"coerced {_pointer(path)}")
        return near

    def _object(self, value: dict[str, object], schema: Keywords, path: Path) -> tuple[Any, bool]:
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties", True)
        patterns = schema.get("patternProperties") or {}
        kept: dict[str, object] = {}
        for key, item in value.items():
            below = (*path, key)
            inner = properties.get(key, NOTHING)
            if inner is NOTHING:
                inner = next((rule for pattern, rule in patterns.items() if re.search(pattern, key)), others)
            else:
                self.known += not path
            if inner is False:
                self.problems.append(Problem(below, shortened(item), "there is no such field in the schema"))
                continue
            fitted = item if inner is True else self._fit(item, inner, below)[0]
            if fitted is not NOTHING:
                kept[key] = fitted
        missing = [name for name in schema.get("required", ()) if name not in kept]
        if missing and not self._is_open(path):
            self.problems += [
                Problem(path, name, f"{name!r} is required and missing") for name in missing if name not in value
            ]
        return kept, bool(missing) and not self._is_open(path)

    def _is_open(self, path: Path) -> bool:
        return self.open is not None and self.open[: len(path)] == path

    def _list(self, value: list[Any], schema: Keywords, path: Path) -> list[Any]:
        first, others = schema.get("prefixItems") or [], schema.get("items", True)
        kept = []
        for index, item in enumerate(value):
            rule = first[index] if index < len(first) else others
            fitted, lacks = (item, False) if rule is True else self._fit(item, rule, (*path, index))
            if fitted is not NOTHING and not lacks:
                kept.append(fitted)
        return kept


_CHECKED = frozenset({
    "type", "properties", "required", "additionalProperties", "patternProperties", "items", "prefixItems", "enum", "const",
    "anyOf", "oneOf", "allOf", "pattern", "uniqueItems", *_BOUNDS, *_SIZES,
})  # fmt: skip


def _violated(value: Any, schema: Mapping[str, Any]) -> str:
    """Which bound of the schema a value violates, in words; nothing where it keeps them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        for word, holds in _BOUNDS.items():
            if word in schema and not holds(value, schema[word]):
                return f"it violates {word} {schema[word]}"
    for word, (kind, holds) in _SIZES.items():
        if word in schema and isinstance(value, kind) and not holds(value, schema[word]):
            return f"it violates {word} {schema[word]}"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return f"it does not match {schema['pattern']}"
    if schema.get("uniqueItems") and isinstance(value, list) and len({repr(item) for item in value}) < len(value):
        return "it holds an element twice"
    return ""


def _pointer(path: Path) -> str:
    return "/" + "/".join(str(step) for step in path)


def unchecked(schema: Any) -> bool:
    """Whether a schema has keywords that only the jsonschema library checks."""
    if isinstance(schema, Mapping):
        return any(key in _LIBRARY for key in schema) or any(unchecked(item) for item in schema.values())
    return isinstance(schema, list) and any(unchecked(item) for item in schema)


_LIBRARY = frozenset({
    "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "contains", "propertyNames",
    "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "dependencies",
})  # fmt: skip

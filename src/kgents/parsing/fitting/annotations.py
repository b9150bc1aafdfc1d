"""The type that a model, a dataclass or a container has at a path, so that one field can be validated by itself."""

import dataclasses
import types
import typing
from functools import lru_cache
from typing import Any

from kgents.parsing.parsed import Path


def adapter_at(root: Any, path: Path) -> Any:
    """A TypeAdapter for what is at the path; None where its type is not known."""
    if not path:
        return root
    here = getattr(root, "_type", None)
    metadata: tuple[Any, ...] = ()
    for step in path:
        below = _below(here, step)
        if below is None:
            return None
        here, metadata = below
    return _adapter(here, metadata)


def _adapter(kind: Any, metadata: tuple[Any, ...]) -> Any:
    try:
        return _cached(kind, metadata)
    except TypeError:
        return _made(kind, metadata)


@lru_cache(maxsize=256)
def _cached(kind: Any, metadata: tuple[Any, ...]) -> Any:
    return _made(kind, metadata)


def _made(kind: Any, metadata: tuple[Any, ...]) -> Any:
    from pydantic import TypeAdapter

    annotated: Any = kind
    for item in metadata:
        annotated = typing.Annotated[annotated, item]
    return TypeAdapter(annotated)


def _below(kind: Any, step: str | int) -> tuple[Any, tuple[Any, ...]] | None:
    """(the type one step below, its metadata)."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _below(arguments[0], step)
    if origin is typing.Union or origin is types.UnionType:
        return next((below for part in arguments if (below := _below(part, step)) is not None), None)
    if origin in (list, set, frozenset, tuple) or (origin is not None and isinstance(step, int)):
        return (arguments[0], ()) if arguments else None
    if origin is dict and len(arguments) == 2:
        return arguments[1], ()
    return _member(kind, str(step))


def _member(kind: Any, name: str) -> tuple[Any, tuple[Any, ...]] | None:
    for field_name, info in getattr(kind, "model_fields", {}).items():
        if name in (field_name, info.alias, info.validation_alias):
            return info.annotation, tuple(info.metadata)
    if dataclasses.is_dataclass(kind) or typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return (hints[name], ()) if name in hints else None
    return None

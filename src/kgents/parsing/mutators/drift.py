"""Drift from the schema: the text is valid, the fields are not the ones that were asked for.

A faithful parser returns what was written; one that knows the schema may undo the drift where it can be undone.
"""

from collections.abc import Iterator
from typing import Any

from kgents.parsing.document import Document, Draft, at, replaced, tokens
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

DRIFT = Registry("drift", 0)
REGISTRIES = (DRIFT,)
add = DRIFT.add
VALID = Level.VALID
REASON = "the text is valid and is judged by what it says"


def rewrite_valid(draft: Draft, value: Any, undone: bool) -> bool:
    """Writes another value; `undone`: who returns the original one is right too."""
    if undone:
        draft.also.append(draft.document.value)
    draft.truth = value
    draft.pieces = tokens(Document("", value, draft.document.style).text)
    return True


def _objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all objects that have members."""
    if isinstance(value, dict):
        if value:
            yield path
        for key, item in value.items():
            yield from _objects(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, (*path, index))


def _member(draft: Draft, draw: Draw) -> tuple[tuple[Any, ...], dict[str, object], str] | None:
    """(path of an object, the object, one of its keys)."""
    paths = list(_objects(draft.document.value))
    if not paths:
        return None
    path = draw.pick(paths)
    value = at(draft.document.value, path)
    return path, value, draw.pick(list(value))


def _rename(key: str, draw: Draw) -> str:
    words = key.split("_")
    camel = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return draw.pick(
        [name for name in (key.upper(), camel, f"{key}_1", key.replace("_", "-"), key + "s") if name != key]
    )


@add(VALID, REASON)
def renamed_field(draft: Draft, draw: Draw) -> bool:
    member = _member(draft, draw)
    if member is None:
        return False
    path, members, key = member
    name = _rename(key, draw)
    if name in members:
        return False
    renamed = {name if other == key else other: item for other, item in members.items()}
    return rewrite_valid(draft, replaced(draft.document.value, path, renamed), True)


@add(VALID, REASON)
def missing_field(draft: Draft, draw: Draw) -> bool:
    member = _member(draft, draw)
    if member is None:
        return False
    path, members, key = member
    left = {other: item for other, item in members.items() if other != key}
    return rewrite_valid(draft, replaced(draft.document.value, path, left), False)


@add(VALID, REASON)
def extra_field(draft: Draft, draw: Draw) -> bool:
    member = _member(draft, draw)
    if member is None:
        return False
    path, members, _ = member
    name = draw.pick(("notes", "explanation", "confidence_note", "_comment"))
    if name in members:
        return False
    return rewrite_valid(draft, replaced(draft.document.value, path, {**members, name: "see above"}), True)


def _retype(draft: Draft, draw: Draw, kinds: str, rewrite: Any) -> bool:
    places = draft.places(kinds, "v")
    if not places:
        return False
    path = draft.pieces[draw.pick(places)].path
    value = draft.document.value
    old = at(value, path)
    new = rewrite(old)
    return new is not None and rewrite_valid(draft, replaced(value, path, new), True)


@add(VALID, REASON)
def number_as_text(draft: Draft, draw: Draw) -> bool:
    return _retype(draft, draw, "n", str)


@add(VALID, REASON)
def literal_as_text(draft: Draft, draw: Draw) -> bool:
    return _retype(draft, draw, "l", lambda old: {True: "true", False: "false", None: "null"}[old])


@add(VALID, REASON)
def value_in_list(draft: Draft, draw: Draw) -> bool:
    return _retype(draft, draw, "sn", lambda old: [old])


@add(VALID, REASON)
def wrapped_in_object(draft: Draft, draw: Draw) -> bool:
    return rewrite_valid(draft, {draw.pick(("result", "data", "response", "output")): draft.document.value}, True)


@add(VALID, REASON)
def wrapped_in_list(draft: Draft, draw: Draw) -> bool:
    return rewrite_valid(draft, [draft.document.value], True)


@add(VALID, REASON)
def schema_echoed(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    if not isinstance(value, dict) or not value:
        return False
    return rewrite_valid(draft, {"type": "object", "properties": value}, True)

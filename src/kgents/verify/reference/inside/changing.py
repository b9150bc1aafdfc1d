"""Small changes of drawn values. Rule: a change keeps the type; what is in a container changes by its own type."""

import datetime as dt
import decimal
import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kgents.verify.reference.inside.recipes import KINDS_OF_ITEMS, Recipe

if TYPE_CHECKING:
    from kgents.verify.reference.inside.drawing import Drawing, Hint

_FAR = 10**15
_LARGE = 300  # ints are not doubled beyond it where they may be the number of turns of a loop
_CALM, _LONG_NUMBER = 300, re.compile(r"\d{4,}")
_FOLLOWED = 0.6  # how often a hint is followed


def changed(drawing: "Drawing", value: Any, hints: "Sequence[Hint]") -> Any:
    """A near miss of a value."""
    change = _BY_TYPE.get(type(value))
    return value if change is None else change(drawing, value, hints)


def _pair(drawing: "Drawing", hints: "Sequence[Hint]") -> "Hint | None":
    return drawing.draw.choice(hints) if hints and drawing.draw.random() < _FOLLOWED else None


def _bool(drawing: "Drawing", value: bool, hints: "Sequence[Hint]") -> bool:
    return not value


def _int(drawing: "Drawing", value: int, hints: "Sequence[Hint]") -> int:
    draw = drawing.draw
    shift = _shift(_pair(drawing, hints))
    if shift is not None:
        near, other = shift
        return draw.choice([value + int(near), value - int(near), int(other), int(other) + draw.choice((-1, 1))])
    twice = value * 2 if abs(value) < _LARGE or not drawing.facts.loops else value // 3
    return draw.choice([value + 1, value - 1, -value, twice, 0, value + draw.randint(-10, 10), *drawing.numbers])


def _float(drawing: "Drawing", value: float, hints: "Sequence[Hint]") -> float:
    draw = drawing.draw
    shift = _shift(_pair(drawing, hints))
    if shift is not None:
        near, other = shift
        step = draw.choice((-1.0, -0.01, 0.0, 0.01, 1.0))
        return float(draw.choice([value + near, value - near, other, other + step]))
    ways = [value + 1, value - 1, -value, value * 2, 0.0, value + draw.randint(-10, 10), *drawing.numbers]
    return float(draw.choice(ways))


def _shift(pair: "Hint | None") -> tuple[float, float] | None:
    """(difference, other operand) of two numbers that were compared."""
    match pair:
        case (int() | float() as one, int() | float() as other) if abs(other) < _FAR and abs(one) < _FAR:
            return other - one, other
    return None


def _str(drawing: "Drawing", value: str, hints: "Sequence[Hint]") -> str:
    if value[:1] in ("{", "[") and "loads" in drawing.facts.methods and drawing.draw.random() < 0.7:
        try:
            return json.dumps(changed(drawing, json.loads(value), hints))
        except (ValueError, TypeError, RecursionError):
            pass
    pair = _pair(drawing, hints)
    return drawing.texts.changed(value) if pair is None else drawing.texts.towards(value, pair)


def _bytes(drawing: "Drawing", value: bytes, hints: "Sequence[Hint]") -> bytes:
    return drawing.texts.changed(value.decode("latin-1")).encode("utf-8")[:60]


def _list(drawing: "Drawing", value: list[Any], hints: "Sequence[Hint]") -> list[Any]:
    draw = drawing.draw
    match _pair(drawing, hints):
        case (int(one), int(other)) if value and 0 <= other < 60 and abs(one) < 200:
            return (value * 60)[: max(0, len(value) + other - one + draw.choice((-1, 0, 0, 1)))]
    if not value:
        return value
    at = draw.randrange(len(value) + 1)

    def again(item: Any) -> Any:
        return changed(drawing, item, hints)

    ways: list[Any] = [
        lambda: value[:at] + value[at + 1 :],
        lambda: [*value[:at], draw.choice(value), *value[at:]],
        lambda: value[::-1],
        lambda: [*value[:at], *map(again, value[at : at + 1]), *value[at + 1 :]],
        lambda: [*value[:at], *map(again, value[at : at + 1]), *value[at + 1 :]],
        lambda: [*value, again(draw.choice(value))],
        lambda: list(map(again, value)),
        lambda: draw.sample(value, len(value)),
    ]
    made: list[Any] = draw.choice(ways)()
    return made


def _tuple(drawing: "Drawing", value: tuple[Any, ...], hints: "Sequence[Hint]") -> tuple[Any, ...]:
    if not value:
        return value
    at = drawing.draw.randrange(len(value))
    return tuple(changed(drawing, item, hints) if index == at else item for index, item in enumerate(value))


def _dict(drawing: "Drawing", value: dict[Any, Any], hints: "Sequence[Hint]") -> dict[Any, Any]:
    if not value:
        return value
    draw = drawing.draw
    key = draw.choice(list(value))
    which = draw.randrange(5)
    if which == 0 and key not in drawing.facts.keys:
        return {name: item for name, item in value.items() if name != key}
    if which == 1:
        return dict(draw.sample(list(value.items()), len(value)))
    return {**value, key: changed(drawing, value[key], hints)}


def _set(drawing: "Drawing", value: set[Any], hints: "Sequence[Hint]") -> set[Any]:
    if not value:
        return value
    item = drawing.draw.choice(sorted(value, key=repr))
    rest = value - {item}
    return rest if drawing.draw.random() < 0.4 else {*rest, changed(drawing, item, hints)}


def _date(drawing: "Drawing", value: dt.date, hints: "Sequence[Hint]") -> dt.date:
    pair = _pair(drawing, hints)
    if pair is not None and type(pair[1]) is type(value) and isinstance(pair[1], dt.date):
        same_clock = isinstance(pair[0], dt.datetime) and pair[0].tzinfo is None
        return drawing.draw.choice([pair[1], pair[0] if same_clock else pair[1]])
    days = drawing.draw.choice([1, -1, 7, -7, 2, 28, -28, 365, drawing.draw.randint(-40, 40)])
    try:
        return value + dt.timedelta(days=days)
    except OverflowError:
        return value


def _timedelta(drawing: "Drawing", value: dt.timedelta, hints: "Sequence[Hint]") -> dt.timedelta:
    return value + dt.timedelta(seconds=drawing.draw.choice([1, -1, 60, -60, 3600, 86400]))


def _decimal(drawing: "Drawing", value: decimal.Decimal, hints: "Sequence[Hint]") -> decimal.Decimal:
    steps = ["1", "-1", "0.01", "-0.01", "0.005", "10"]
    return value + decimal.Decimal(drawing.draw.choice(steps)) if abs(value) < _FAR else value


def _recipe(drawing: "Drawing", value: Recipe, hints: "Sequence[Hint]") -> Recipe:
    if value.kind in ("enum", "function"):
        return value
    if value.kind in ("object", "keywords"):
        named = [(name, _sometimes(drawing, item, hints)) for name, item in value.parts]
        return Recipe(value.kind, value.name, tuple(named))
    if value.kind == "path":
        content = value.parts[0]
        new = None if content is None else _text_of_file(drawing, content, hints)
        when = tuple(drawing.draw.choice([part, part, drawing.files.changed_at()]) for part in value.parts[2:])
        return Recipe(value.kind, value.name, (new, value.parts[1], *when))
    if value.kind == "array":
        return Recipe(value.kind, value.name, (_cells(drawing, value.parts[0], value.name),))
    if value.kind == "frame":
        return value
    if value.kind == "folder":
        files, as_object, *times = value.parts
        if times and drawing.draw.random() < 0.5:
            return Recipe(value.kind, value.name, (files, as_object, drawing.files.times_of(dict(files))))
        return Recipe(value.kind, value.name, (_files_of(drawing, files), as_object, *times))
    return Recipe(value.kind, value.name, _tuple(drawing, value.parts, hints))


def _files_of(drawing: "Drawing", files: tuple[Any, ...]) -> tuple[Any, ...]:
    """Files of a folder, one of them gone, or those of another folder added."""
    draw = drawing.draw
    if files and draw.random() < 0.4:
        gone = draw.choice(files)
        return tuple(file for file in files if file != gone)
    more = drawing.make(("folder", False)).parts[0]
    return drawing.files.listed({**dict(more), **dict(files)})


def _text_of_file(drawing: "Drawing", content: str, hints: "Sequence[Hint]") -> str:
    lines = _list(drawing, content.split("\n"), ())
    return "\n".join(lines) if drawing.draw.random() < 0.5 else _str(drawing, content, hints)


def _cells(drawing: "Drawing", content: list[Any], dtype: str) -> list[Any]:
    """An array of one shape with other entries."""
    draw = drawing.draw

    def cell(item: Any) -> Any:
        if isinstance(item, list):
            return [cell(inner) for inner in item]
        if draw.random() < 0.6:
            return item
        new = draw.choice([item + 1, item - 1, -item, 0, item * 2])
        return KINDS_OF_ITEMS.get(dtype, float)(new)

    return cell(content)  # type: ignore[no-any-return]


def _sometimes(drawing: "Drawing", item: Any, hints: "Sequence[Hint]") -> Any:
    return changed(drawing, item, hints) if drawing.draw.random() < 0.4 else item


def calmed(value: Any) -> Any:
    """A value without large whole numbers, also in texts and containers."""
    kind = type(value)
    if kind is int:
        return value if abs(value) <= _CALM else value % _CALM
    if kind is str:
        return _LONG_NUMBER.sub(lambda match: match[0][:2], value)
    if kind in (list, tuple, set):
        return kind(map(calmed, value))
    return {calmed(name): calmed(item) for name, item in value.items()} if kind is dict else value


_BY_TYPE: dict[type, Callable[..., Any]] = {
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: _set,
    dt.date: _date,
    dt.datetime: _date,
    dt.timedelta: _timedelta,
    decimal.Decimal: _decimal,
    Recipe: _recipe,
}

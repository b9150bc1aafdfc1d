"""Arbitrary JSON: lists and objects of every shape, with strings and numbers that parsers stumble over."""

from typing import Any

from kgents.parsing.draw import Draw

KEYS = ("name", "id", "type", "value", "user-id", "created at", "x", "数据", "clé", "2024", "a.b", "")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARKS = LETTERS + " ,.:;!?'\"\\/{}[]()\n\t#"
FOREIGN = "éßñøžцжшαβγδ数据中文日本語한국어עברית🙂🚀→…—“”«»"


def container(draw: Draw) -> tuple[str, Any]:
    """A list or an object, with its kind as name."""
    if draw.chance(2, 3):
        return "object", _object(draw, 3, 1)
    return "list", _list(draw, 3, 1)


def _value(draw: Draw, depth: int) -> Any:
    kind = draw.below(10)
    if depth and kind == 0:
        return _object(draw, depth - 1, 0)
    if depth and kind == 1:
        return _list(draw, depth - 1, 0)
    return scalar(draw)


def _object(draw: Draw, depth: int, least: int) -> dict[str, object]:
    return {key(draw): _value(draw, depth) for _ in range(draw.between(least, 6))}


def _list(draw: Draw, depth: int, least: int) -> list[Any]:
    return [_value(draw, depth) for _ in range(draw.between(least, 5))]


def key(draw: Draw) -> str:
    """A key, usually a plain name."""
    if draw.chance(1, 3):
        return draw.pick(KEYS)
    return draw.pick(LETTERS) + "".join(draw.pick(LETTERS + "_") for _ in range(draw.below(11)))


def scalar(draw: Draw) -> Any:
    """A string, number or literal."""
    match draw.below(6):
        case 0 | 1 | 2:
            return text(draw)
        case 3 | 4:
            return number(draw)
        case _:
            return draw.pick((True, False, None))


def text(draw: Draw) -> str:
    """A string: plain, full of marks, or foreign."""
    match draw.below(3):
        case 0:
            return "".join(draw.pick(LETTERS + "ABC 0123_-") for _ in range(draw.below(24)))
        case 1:
            return "".join(draw.pick(MARKS) for _ in range(draw.below(32)))
        case _:
            return "".join(draw.pick(FOREIGN) for _ in range(draw.below(16)))


def number(draw: Draw) -> int | float:
    """A number: small, large, or with a point."""
    match draw.below(4):
        case 0:
            return draw.between(-1000, 1000)
        case 1:
            return draw.between(-(2**53), 2**53)
        case 2:
            return draw.between(-(10**8), 10**8) / 10**4
        case _:
            return draw.between(-99, 99) / draw.pick((2, 4, 8, 1000))

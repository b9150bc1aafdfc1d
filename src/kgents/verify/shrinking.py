"""A smaller input on which a candidate still differs from the reference: for the diagnosis, never for the verdict."""

from collections.abc import Iterator
from typing import Any

from kgents.sandbox.inside import values as codec
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.difference import difference_of
from kgents.verify.inputs import ONE_CALL
from kgents.verify.oracle import Oracle

ROUNDS = 6
WIDTH = 60  # smaller inputs that are tried in a round
WALL = 3.0


def shrunk(candidate: str, row: Any, oracle: Oracle, sandbox: Sandbox) -> str | None:
    """How the two differ on the smallest input that was found; None where no smaller one was."""
    if not oracle.source:
        return None
    best: str | None = None
    for _ in range(ROUNDS):
        smaller = _smaller(row[0])
        if not smaller:
            break
        right = sandbox.calls(oracle.source, row[2], smaller, WALL, ONE_CALL).answers
        asked = [
            (arguments, expected) for arguments, expected in zip(smaller, right, strict=False) if "value" in expected
        ]
        theirs = sandbox.calls(candidate, row[2], [arguments for arguments, _ in asked], WALL, ONE_CALL).answers
        smaller_case = next(_differing(asked, theirs, row[2], oracle.tolerance), None)
        if smaller_case is None:
            break
        row, best = smaller_case
    return best


def _differing(asked: Any, answers: Any, target: str, tolerance: float) -> Iterator[tuple[Any, str]]:
    for (arguments, expected), answer in zip(asked, answers, strict=False):
        row = (arguments, {name: expected[name] for name in ("value", "args") if name in expected}, target)
        difference = difference_of(row, answer, tolerance)
        if difference is not None and b'"o":' not in codec.dumps(expected["value"]):
            yield row, difference


def _smaller(encoded: Any) -> list[Any]:
    """Smaller inputs, smallest first; every one is smaller than this one in its length as it is sent."""
    try:
        arguments = codec.decode(encoded)
    except (ValueError, TypeError):
        return []
    size = _size(encoded)
    smaller = {}
    for other in _less(arguments):
        made = codec.encode(other)
        if _size(made) < size:
            smaller[codec.dumps(made)] = made
    return sorted(smaller.values(), key=_size)[:WIDTH]


def _size(encoded: Any) -> tuple[int, int, bytes]:
    text = codec.dumps(encoded)
    return len(text), sum(text), text


def _less(value: Any) -> Iterator[Any]:
    """The same value with one part smaller."""
    match value:
        case bool() | None:
            return
        case int():
            yield from {0, 1, -1, value // 2, value - 1 if value > 0 else value + 1} - {value}
        case float():
            yield from {0.0, 1.0, float(round(value))} - {value}
        case str():
            yield from {"", value[: len(value) // 2], value[1:], value[:-1]} - {value}
        case list() | tuple():
            yield from _shorter(value)
        case dict():
            yield from ({key: item for key, item in value.items() if key != gone} for gone in value)
        case set():
            yield from (value - {gone} for gone in value)
        case _:
            return


def _shorter(value: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    kind = type(value)
    items = list(value)
    if len(items) > 1:
        yield kind(items[: len(items) // 2])
        yield kind(items[len(items) // 2 :])
    for index in range(min(len(items), 12)):
        yield kind(items[:index] + items[index + 1 :])
        for smaller in _less(items[index]):
            yield kind([*items[:index], smaller, *items[index + 1 :]])

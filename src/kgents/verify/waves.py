"""Calls that may be put to a candidate together, so that it need not be asked one by one.

Rule: an argument that equals an answer which is still wanted waits until that answer has been given, and so does one that
has a part in common with it, unless it is too common a part. Otherwise a candidate could find what is expected of it among
the arguments of later calls (`encode("abc")`, then `decode("bcd")` or `decode(["bcd"])`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kgents.sandbox.inside import values as codec

Call = list[Any]  # name, arguments, keywords or None; encoded
TELLING_NOTHING = (True, False, None)


def in_waves(calls: Iterable[tuple[Call, Iterable[Any] | None]]) -> list[list[Call]]:
    """Calls in order, each with the encoded values that its answer may be compared with (None: unknown)."""
    waves: list[list[Call]] = []
    wanted: set[bytes] | None = None
    for call, answers in calls:
        if wanted is None or not wanted.isdisjoint(_arguments(call)):
            waves.append([])
            wanted = set()
        waves[-1].append(call)
        wanted = None if answers is None else wanted | _telling(answers)
    return waves


def _arguments(call: Call) -> set[bytes]:
    _, arguments, keywords = call
    values = [*arguments, *([pair[1] for pair in keywords["d"]] if keywords else [])]
    return _telling(value for value in values if not any(value is nothing for nothing in TELLING_NOTHING))


def _telling(values: Iterable[Any]) -> set[bytes]:
    """The encoded values as they are written, and those of their parts that are not found anywhere by chance."""
    found = set()
    for value in values:
        found.add(codec.dumps(value))
        found |= {codec.dumps(part) for part in _parts(value)}
    return found


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            common = (isinstance(part, str) and len(part) < 2) or (isinstance(part, int | float) and abs(part) < 1000)
            if part and not common and part != [[]]:
                yield part
            yield from _parts(part)


def pauses(rows: Sequence[Any]) -> tuple[int, ...]:
    """The places in a corpus of rows (arguments, expected, target) at which a wave begins, without the first."""
    calls = (([target, arguments, None], _wanted(expected)) for arguments, expected, target in rows)
    places = [0]
    for wave in in_waves(calls):
        places.append(places[-1] + len(wave))
    return tuple(places[1:-1])


def _wanted(expected: Any) -> list[Any]:
    return [expected["value"], *expected.get("args", ())] if "value" in expected else []

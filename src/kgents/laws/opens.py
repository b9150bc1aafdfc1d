"""Opens of sections: finite sets of points, their parts and covers, each in the kind in which a domain is given.

Rule: the order of the parts is the same in every process; the empty part comes first, so that shrinking ends there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kgents.laws.literals import render
from kgents.laws.observation import Unusable

MOST = 16  # points of which parts are made


class Opens(Sequence[Any]):
    """All sets of points that hold `fixed` and some of `free`."""

    def __init__(self, fixed: Sequence[Any], free: Sequence[Any], kind: type) -> None:
        self._fixed = fixed
        self._free = free[:MOST]
        self._kind = kind

    def __len__(self) -> int:
        return 1 << len(self._free)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[index] for index in range(len(self))[number]]
        chosen = [point for index, point in enumerate(self._free) if number >> index & 1]
        return self._kind([*self._fixed, *chosen])


def parts(domain: Any) -> Opens:
    """The parts of a domain. Unusable where it gives no points."""
    return Opens([], points(domain), kind_of(domain))


def rests(domain: Any, part: Any) -> Opens:
    """The parts of a domain that cover it together with `part`."""
    inside = points(part)
    return Opens([point for point in points(domain) if point not in inside], inside, kind_of(domain))


def meet(one: Any, other: Any) -> Any:
    """The points of `one` that are in `other`."""
    there = points(other)
    return kind_of(one)([point for point in points(one) if point in there])


def points(domain: Any) -> list[Any]:
    """The points of a domain: in its order where it has one."""
    if isinstance(domain, str) or not isinstance(domain, Iterable):
        raise Unusable(f"a domain has to be a set of points, not {type(domain).__name__}")
    if isinstance(domain, Sequence):
        return list(domain)
    return sorted(domain, key=lambda point: (type(point).__name__, repr(point)))


def kind_of(domain: Any) -> type:
    """The kind of which the opens of a domain are."""
    if isinstance(domain, tuple | list | frozenset):
        return tuple if isinstance(domain, tuple) else list if isinstance(domain, list) else frozenset
    return list if isinstance(domain, Sequence) and not isinstance(domain, Mapping) else set


def literal(value: Any) -> str:
    """The source of an open or an index; the points of a set in their order."""
    if isinstance(value, set | frozenset):
        inner = ", ".join(render(point) for point in points(value))
        if isinstance(value, frozenset):
            return f"frozenset({{{inner}}})" if value else "frozenset()"
        return f"{{{inner}}}" if value else "set()"
    return render(value)


MEMBERS = {"parts": parts, "rests": rests, "meet": meet}

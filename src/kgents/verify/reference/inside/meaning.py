"""What is meant by the arguments of a function: what nobody means, and a spec says nothing about, is not asked.

A start is not after its end, a count not below zero, the thirteenth month no month. Rule: what a spec asks of its arguments
itself (a comparison with bounds, a look-up, an exchange) is asked of candidates as well.
"""

import ast
import datetime as dt
from functools import partial
from typing import Any

from kgents.verify.reference.inside.bounds import Bounds, bounds_of
from kgents.verify.reference.inside.calendars import Calendar
from kgents.verify.reference.inside.domains import Function
from kgents.verify.reference.inside.grids import Grids
from kgents.verify.reference.inside.observing import Arguments
from kgents.verify.reference.inside.positions import Position, own_functions, put

_ORDERED = (int, float, dt.date, dt.datetime)
_MANY = 5000  # things that are counted are fewer: programs may make each of them
_ROUNDS = 4  # in which pairs that share a member come into order


class Meaning:
    """What is meant by the arguments of one function."""

    def __init__(self, function: Any, functions: dict[str, Any]) -> None:
        bounds = bounds_of(function, functions) if function is not None else Bounds()
        self._pairs = sorted((*pair, True) for pair in bounds.pairs) + sorted((*pair, False) for pair in bounds.named)
        self._apart = bounds.apart
        self._counts = sorted(bounds.counts.items())
        self._calendar, self._grids = Calendar(function), Grids(function)

    @property
    def notable(self) -> list[Arguments]:
        """Arguments that are asked whatever else is."""
        return self._calendar.notable

    def fitted(self, arguments: Arguments) -> Arguments:
        """The arguments with pairs in order, counts not below their least, and parts of dates and times in range, and
        grids with rows of one length."""
        for place, least in self._counts:
            arguments = put(arguments, place, partial(_counted, least))
        for _ in range(_ROUNDS if len(self._pairs) > 1 else 1):
            for low, high, told in self._pairs:
                arguments = self._in_order(arguments, low, high, told)
        return self._grids.fitted(self._calendar.fitted(arguments))

    def _in_order(self, arguments: Arguments, low: Position, high: Position, told: bool) -> Arguments:
        def ordered(parts: Any) -> Any:
            one, other = low[-1], high[-1]
            if type(parts) not in (tuple, list) or max(one, other) >= len(parts):
                return parts
            kinds = (*_ORDERED, str) if told else _ORDERED
            if type(parts[one]) is not type(parts[other]) or type(parts[one]) not in kinds:
                return parts
            changed = list(parts)
            changed[one], changed[other] = sorted((parts[one], parts[other]))
            if (low, high) in self._apart and changed[one] == changed[other] and type(parts[one]) in (int, float):
                changed[other] += 1
            return type(parts)(changed)

        fitted: Arguments = put(arguments, low[:-1], ordered)
        return fitted


def _counted(least: int, value: Any) -> Any:
    if type(value) not in (int, float):
        return value
    enough = value if value >= least else 2 * least - value
    return enough if enough < _MANY else least + enough % _MANY


def meaning_of(tree: ast.Module, target: str) -> Meaning:
    """That of a target; of a class nothing is known."""
    function = next((node for node in tree.body if isinstance(node, Function) and node.name == target), None)
    return Meaning(function, own_functions(tree))

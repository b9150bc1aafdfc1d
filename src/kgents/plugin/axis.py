"""Tests that differ in one argument of `parametrize` alone: the arms of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from kgents.errors import UsageError
from kgents.plugin.private import parameters

MOST = 20  # arms
LONGEST = 40  # characters of the name of an arm


@dataclass(frozen=True, slots=True)
class Axis:
    """Tests that are compared.

    name  the id of the test without the value of the axis: `tests/test_a.py::test_b[AXIS=*]`, and what else it has
    arms  their names, those of the values
    """

    name: str
    items: Sequence[pytest.Item]
    arms: Sequence[str]


def axis_of(item: pytest.Item, axis: str) -> Axis:
    """The tests of this session that differ from one in nothing but the value of an argument. UsageError."""
    own = parameters(item)
    if axis not in own:
        there = f"its arguments are {', '.join(own)}" if own else "it has no @pytest.mark.parametrize"
        raise UsageError(f"compare = {axis!r}: parametrize gives this test no such argument", there)
    items = [other for other in item.session.items if _rest(other, axis) == _rest(item, axis)]
    if not 2 <= len(items) <= MOST:
        raise UsageError(
            f"compare = {axis!r}: of its values {len(items)} run; a comparison is of 2 to {MOST}",
            "let the others run as well (-k, --lf and ids leave tests out), or --kg-off",
        )
    return Axis(name_of(item, axis), items, _arms(axis, [parameters(other)[axis] for other in items]))


def name_of(item: pytest.Item, axis: str) -> str:
    """What tests have in common that are compared along this axis: their trials have its seeds."""
    others = [f"{name}={_word(value)}" for name, value in sorted(parameters(item).items()) if name != axis]
    return f"{_function(item)}[{','.join([f'{axis}=*', *others])}]"


def _rest(item: pytest.Item, axis: str) -> tuple[str, bool, Sequence[tuple[str, int]]]:
    """The same for tests of one function that differ in the value of the axis alone."""
    values = sorted((name, id(value)) for name, value in parameters(item).items() if name != axis)
    return _function(item), axis in parameters(item), values


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _word(value: object) -> str:
    """A name that is the same in every session."""
    if value is None or isinstance(value, str | int | float | bool):
        return str(value)
    return str(getattr(value, "__qualname__", type(value).__qualname__))


def _arms(axis: str, values: Sequence[object]) -> list[str]:
    names = [_word(value) for value in values]
    if len(set(names)) < len(names) or not all(name.isprintable() and 0 < len(name) <= LONGEST for name in names):
        return [f"{axis}{number}" for number in range(len(values))]
    return names

"""Which way round: what the names of methods do not tell about structures is tried on a few elements.

An application is asked of what holds the function or of what holds the value; inputs are counted from 0 or from 1; a lens
takes the whole or the part first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from kgents.errors import UsageError
from kgents.laws.family import Family
from kgents.laws.looking import strategy_of
from kgents.laws.observation import Unusable, equal

Samples = Callable[[Family], Sequence[Any]]
Value = Callable[[str, Family, dict[str, object]], Any]
TRIED = 12  # elements


def oriented(family: Family, needs: set[str], samples: Samples, value: Value) -> Family:
    """The family whose templates are the way round that works."""
    operations = family.operations
    if {"ap", "unit"} <= needs & operations.keys():
        family = _application(family, value)
    if {"insert", "arity"} <= needs & operations.keys():
        family = _counted(family, samples(family)[:TRIED], value)
    if {"get", "put"} <= needs & operations.keys() and not family.variables:
        wholes = samples(family)[:TRIED]
        family = _lens(family, wholes, value)
        if not family.part_told and "x" not in family.observed:
            family = _with_parts(family, wholes, value)
    return family


def _with(family: Family, role: str, text: str) -> Family:
    parts = {name: text if shown == family.operations[role] else shown for name, shown in family.parts.items()}
    return replace(family, operations={**family.operations, role: text}, parts=parts)


def _turned(text: str) -> str:
    return text.replace("{0}", "{9}").replace("{1}", "{0}").replace("{9}", "{1}")


def _works(text: str, family: Family, case: dict[str, object], value: Value) -> Any:
    """(whether it can be evaluated, what it comes to)."""
    try:
        return True, value(text, family, case)
    except (Unusable, Exception):  # noqa: BLE001 - whatever the target raises: this way round it does not work
        return False, None


def _application(family: Family, value: Value) -> Family:
    ap, unit = family.operations["ap"], family.operations["unit"]
    holder, held = unit.format("(lambda y: y)"), unit.format("3")
    if not _works(ap.format(holder, held), family, {}, value)[0]:
        turned = _turned(ap)
        if _works(turned.format(holder, held), family, {}, value)[0]:
            return _with(family, "ap", turned)
    return family


def _counted(family: Family, samples: Sequence[Any], value: Value) -> Family:
    """The family whose inputs are counted from 0."""
    insert, arity = family.operations["insert"], family.operations["arity"]
    good = [0, 0]
    for a, b in pairwise(samples):
        case = {"a": a, "b": b}
        known, size = _works(f"({arity.format('a')}, {arity.format('b')})", family, case, value)
        if not known or not size[0]:
            continue
        for from_one, index in enumerate(("0", str(size[0]))):
            joined = insert.format("a", index, "b")
            worked, result = _works(f"[{joined}, {_size(arity, joined)}]", family, case, value)
            good[from_one] += worked and result[1] in (None, sum(size) - 1)
    if good[1] > good[0]:
        return _with(family, "insert", insert.replace("{1}", "{1} + 1"))
    return family


def _size(arity: str, text: str) -> str:
    """How many inputs; None where plain functions do not tell."""
    return "None" if arity == "arity({0})" else arity.format(text)


def _lens(family: Family, samples: Sequence[Any], value: Value) -> Family:
    get, put = family.operations["get"], family.operations["put"]
    texts = (put, _turned(put))
    scores = [0, 0]
    for a in samples:
        for number, text in enumerate(texts):
            got = get.format("a")
            worked, result = _works(f"[{got}, {get.format(text.format('a', got))}]", family, {"a": a}, value)
            scores[number] += worked + (worked and _same(*result))
    return _with(family, "put", texts[1]) if scores[1] > scores[0] else family


def _with_parts(family: Family, samples: Sequence[Any], value: Value) -> Family:
    """The family whose parts are of the types that its lens gets, where nothing else tells them."""
    got = [_works(family.operations["get"].format("a"), family, {"a": a}, value) for a in samples]
    parts = [part for worked, part in got if worked]
    if not parts:
        return family
    try:
        probes = strategy_of(type_of(parts), family.environment)
    except UsageError:
        probes = strategy_of(parts, family.environment)
    return replace(family, probes=probes)


def type_of(values: Sequence[Any]) -> Any:
    """The annotation that these values have in common; of an empty container the elements are taken for int."""
    kinds = {_annotation([value for value in values if type(value) is kind], kind): None for kind in map(type, values)}
    return reduce(or_, kinds)


def _annotation(values: Sequence[Any], kind: type) -> Any:
    if kind is dict:
        return dict[_within(values, lambda value: value.keys()), _within(values, lambda value: value.values())]  # type: ignore[misc]
    if kind in (list, set, frozenset):
        return kind[_within(values, iter)]
    if kind is tuple:
        return tuple[_within(values, iter), ...]  # type: ignore[misc]
    return kind


def _within(values: Sequence[Any], inside: Callable[[Any], Iterable[Any]]) -> Any:
    items = [item for value in values for item in inside(value)]
    return type_of(items) if items else int


def _same(left: Any, right: Any) -> bool:
    try:
        return equal(left, right)
    except Exception:  # noqa: BLE001 - equality that raises tells nothing
        return False

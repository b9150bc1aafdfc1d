"""What functions and classes ask of their arguments: which bound a value, which count. What helpers do counts as well."""

import ast
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.bounding import Reader
from kgents.verify.reference.inside.facts import called
from kgents.verify.reference.inside.intervals import Bounds
from kgents.verify.reference.inside.objects import Objects, refused
from kgents.verify.reference.inside.positions import Position, Positions, moved


def bounds_of(function: Any, objects: Objects) -> Bounds:
    """Those of a function."""
    return _settled(_read(function, objects, ""))


def bounds_of_class(name: str, objects: Objects) -> dict[str, Bounds]:
    """Those of each method of a class, the object the first of its arguments: what any method does with what an object was made
    with counts for the constructor. What one method refuses to take is not given to another by the same name.
    """
    methods = objects.classes[name].methods
    read = {method: _read(function, objects, name) for method, function in methods.items()}
    least = refused(methods)
    for method, bounds in read.items():
        for position, part in enumerate(methods[method].args.args[1:], 1):
            own = (0, position - 1) if method == "__init__" else (position,)
            if part.arg in least and own not in bounds.limited:
                bounds.counts[own] = max(least[part.arg], bounds.counts.get(own, 0))
    of_all = Bounds()
    for bounds in read.values():
        _merge(of_all, bounds)
    for bounds in read.values():
        bounds.related |= {pair for pair in of_all.related if all(position[0] == 0 for position in pair)}
        bounds.limited |= {position for position in of_all.limited if position[0] == 0}
    settled = {method: _settled(bounds) for method, bounds in read.items()}
    return {**settled, "__init__": _settled(of_all)}


def _merge(whole: Bounds, part: Bounds) -> None:
    """Adds what is known of what an object was made with."""
    whole.pairs |= {pair for pair in part.pairs if pair[0][0] == pair[1][0] == 0}
    whole.named |= {pair for pair in part.named if pair[0][0] == pair[1][0] == 0}
    whole.apart |= part.apart
    whole.related |= part.related
    whole.limited |= part.limited
    for position, least in part.counts.items():
        if position[0] == 0:
            whole.counts[position] = max(least, whole.counts.get(position, 0))


def _read(function: Any, objects: Objects, own: str) -> Bounds:
    """What a function does with its arguments, and what its helpers do with what they are given."""
    places = Positions(function, objects.kinds(function, own), own != "" and function.name == "__init__")
    bounds = Reader(function, places).bounds
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        known = objects.helper(called(node), own)
        if known is not None and known[0] is not function:
            helper, kind = known
            inner = Reader(helper, Positions(helper, objects.kinds(helper, kind))).bounds
            _handed_on(bounds, inner, list(_given(node, places, kind)))
    return bounds


def _given(node: ast.Call, places: Positions, kind: str) -> Iterator[Position | None]:
    """The places of the arguments of a call; of a method the object comes first."""
    if kind:
        yield places.of(node.func.value) if isinstance(node.func, ast.Attribute) else None
    yield from map(places.of, node.args)


def _handed_on(bounds: Bounds, helper: Bounds, arguments: list[Position | None]) -> None:
    for one, other in helper.pairs:
        low, high = moved(one, arguments), moved(other, arguments)
        if low is not None and high is not None:
            bounds.pairs.add((low, high))
    for places in helper.related:
        inner = [moved(position, arguments) for position in places]
        bounds.related.add(frozenset(position for position in inner if position is not None))
    for position, least in helper.counts.items():
        own = moved(position, arguments)
        if own is not None:
            bounds.counts[own] = max(least, bounds.counts.get(own, 0))


def _settled(bounds: Bounds) -> Bounds:
    """Without what contradicts itself, and without what is asked for both ways, or for any number."""
    told = {pair for pair in bounds.pairs if pair[::-1] not in bounds.pairs and frozenset(pair) not in bounds.related}
    named = {pair for pair in bounds.named if pair[::-1] not in told and frozenset(pair) not in bounds.related}
    counts = {position: least for position, least in bounds.counts.items() if position not in bounds.limited}
    return Bounds(told, named - told, bounds.apart & told, counts, bounds.related, bounds.limited)

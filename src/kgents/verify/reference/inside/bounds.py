"""What functions and classes ask of their arguments: which bound a value, which count. What helpers do counts as well."""

import ast
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.bounding import Bounds, Reader
from kgents.verify.reference.inside.facts import called
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
    for method, found in read.items():
        for place, part in enumerate(methods[method].args.args[1:], 1):
            own = (0, place - 1) if method == "__init__" else (place,)
            if part.arg in least and own not in found.limited:
                found.counts[own] = max(least[part.arg], found.counts.get(own, 0))
    of_all = Bounds()
    for found in read.values():
        _merge(of_all, found)
    for found in read.values():
        found.related |= {pair for pair in of_all.related if all(place[0] == 0 for place in pair)}
        found.limited |= {place for place in of_all.limited if place[0] == 0}
    settled = {method: _settled(found) for method, found in read.items()}
    return {**settled, "__init__": _settled(of_all)}


def _merge(whole: Bounds, part: Bounds) -> None:
    """Adds what is known of what an object was made with."""
    whole.pairs |= {pair for pair in part.pairs if pair[0][0] == pair[1][0] == 0}
    whole.named |= {pair for pair in part.named if pair[0][0] == pair[1][0] == 0}
    whole.apart |= part.apart
    whole.related |= part.related
    whole.limited |= part.limited
    for place, least in part.counts.items():
        if place[0] == 0:
            whole.counts[place] = max(least, whole.counts.get(place, 0))


def _read(function: Any, objects: Objects, own: str) -> Bounds:
    """What a function does with its arguments, and what its helpers do with what they are given."""
    places = Positions(function, objects.kinds(function, own), own != "" and function.name == "__init__")
    found = Reader(function, places).bounds
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        known = objects.helper(called(node), own)
        if known is not None and known[0] is not function:
            helper, kind = known
            inner = Reader(helper, Positions(helper, objects.kinds(helper, kind))).bounds
            _handed_on(found, inner, list(_given(node, places, kind)))
    return found


def _given(node: ast.Call, places: Positions, kind: str) -> Iterator[Position | None]:
    """The places of the arguments of a call; of a method the object comes first."""
    if kind:
        yield places.of(node.func.value) if isinstance(node.func, ast.Attribute) else None
    yield from map(places.of, node.args)


def _handed_on(found: Bounds, helper: Bounds, given: list[Position | None]) -> None:
    for one, other in helper.pairs:
        low, high = moved(one, given), moved(other, given)
        if low is not None and high is not None:
            found.pairs.add((low, high))
    for places in helper.related:
        inner = [moved(place, given) for place in places]
        found.related.add(frozenset(place for place in inner if place is not None))
    for place, least in helper.counts.items():
        own = moved(place, given)
        if own is not None:
            found.counts[own] = max(least, found.counts.get(own, 0))


def _settled(found: Bounds) -> Bounds:
    """Without what contradicts itself, and without what is asked for both ways, or for any number."""
    told = {pair for pair in found.pairs if pair[::-1] not in found.pairs and frozenset(pair) not in found.related}
    named = {pair for pair in found.named if pair[::-1] not in told and frozenset(pair) not in found.related}
    counts = {place: least for place, least in found.counts.items() if place not in found.limited}
    return Bounds(told, named - told, found.apart & told, counts, found.related, found.limited)

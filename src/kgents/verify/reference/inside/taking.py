"""What a function takes: a domain for every parameter, by its annotation, its default, its examples, and what is done with it."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from kgents.verify.reference.inside.arrays import dimensions, switches
from kgents.verify.reference.inside.domains import ANY, INT, STR, Domain, Function, annotated
from kgents.verify.reference.inside.facts import FILES, called
from kgents.verify.reference.inside.graphs import NODES, Graphs
from kgents.verify.reference.inside.grids import Grids
from kgents.verify.reference.inside.literals import refined, shown_to, told_by
from kgents.verify.reference.inside.positions import Positions
from kgents.verify.reference.inside.uses import Uses

_OPAQUE: Domain = ("or", INT, STR, STR)  # what is only handed on: right programs may look it up
_FIELDS = ("a", "b", "c")  # names of fields, as they are drawn where none is told


def parameters(function: Function, method: bool = False) -> Iterator[tuple[ast.arg, bool, str]]:
    """(parameter, whether it has a default, positional, splat, keyword or keywords), without self of a method."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    bare = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        if index or not method:
            yield argument, index >= bare, "positional"
    if arguments.vararg is not None:
        yield arguments.vararg, True, "splat"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument, default is not None, "keyword"


def domains_of(
    function: Function, classes: dict[str, Domain], method: bool = False
) -> list[tuple[Domain, bool, str, str]]:
    """(domain, has a default, way, name) for every parameter: the annotation, refined by what is read below it."""
    taken = list(parameters(function, method))
    uses = Uses([argument.arg for argument, _, _ in taken], "" if method else function.name)
    for statement in function.body:
        uses.visit(statement)
    grids_of = Grids(function).sizes
    grids = {name for name, index in Positions(function).names.items() if index in grids_of}
    told_apart = any(called(node) in ("isinstance", "type", "hasattr", "callable") for node in ast.walk(function))
    opens = any(called(node) in FILES for node in ast.walk(function))
    graphs, sizes, known, truths = Graphs(function), dimensions(function), told_by(function), switches(function)
    made = []
    for argument, default, way in taken:
        settled = _settled(argument, uses, classes, grids, opens)
        if argument.annotation is None:
            settled = refined(settled, known.get(argument.arg))
            settled = _OPAQUE if settled == ANY and not told_apart else settled
        domain = _sized(settled, sizes.get(argument.arg, 0), argument.arg in truths)
        made.append((_in_graph(domain, argument.arg, graphs), default, way, argument.arg))
    return _with_keys(made, _keys(function), shown_to(function))


def _keys(function: Function) -> set[str]:
    """The names by which fields are looked up: `row[name]`, `row.get(name)`."""
    nodes = list(ast.walk(function))
    read = {node.slice.id for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name)}
    asked = [node.args[0] for node in nodes if called(node) == "get" and isinstance(node, ast.Call) and node.args]
    return read | {part.id for part in asked if isinstance(part, ast.Name)}


def _with_keys(
    made: list[tuple[Domain, bool, str, str]], keys: set[str], known: dict[str, Any]
) -> list[tuple[Domain, bool, str, str]]:
    """Texts by which fields are looked up as names of fields, where there are records without names that are told: their own
    defaults among these.
    """
    tables = [domain for domain, *_ in made if domain == ("csv", {"a": STR})]
    if not any(name in keys and domain == STR for domain, *_, name in made) or not (
        tables or any(map(_has_records, made))
    ):
        return made
    defaults = [value for name in sorted(keys) for value in known.get(name, ()) if type(value) is str]
    field: Domain = ("choice", (*_FIELDS, *dict.fromkeys(defaults)))
    key: Domain = ("or", field, field, field, STR)
    table: Domain = ("csv", dict.fromkeys(field[1], STR))
    chosen = [
        table if domain in tables else key if domain == STR and name in keys else domain for domain, *_, name in made
    ]
    return [(domain, *rest) for domain, (_, *rest) in zip(chosen, made, strict=True)]  # type: ignore[misc]


def _has_records(made: tuple[Domain, bool, str, str]) -> bool:
    return made[0] in (("dict", STR, ANY), ("list", ("dict", STR, ANY)))


def _sized(domain: Domain, dimensions: int, asked_for_truth: bool) -> Domain:
    """An array with its number of dimensions, and the kind of its items where only their truth is asked for."""
    if domain != ("array", 0):
        return domain
    return ("array", dimensions, "bool") if asked_for_truth else ("array", dimensions)


def _in_graph(domain: Domain, name: str, graphs: Graphs) -> Domain:
    """A dict as a graph: what follows on its keys is among them; a text or a number as a node of one."""
    if name in graphs.nodes and domain in (STR, INT):
        return ("choice", tuple(NODES) if domain == STR else tuple(range(len(NODES))))
    known = name in graphs.names and domain[0] == "dict" and domain[1] in (STR, INT)
    return ("graph", *domain[1:]) if known else domain


def _settled(argument: ast.arg, uses: Uses, classes: dict[str, Domain], grids: set[str], opens: bool) -> Domain:
    told, used = annotated(argument.annotation, classes), uses.domain((argument.arg,))
    if told == ("list", STR) and argument.arg in grids:
        return ("rows",)
    if used is None or told is None:
        domain = used or told
        if used is not None and uses.recursive and ("is", "NoneType") in uses.seen.get((argument.arg,), ()):
            return ("or", used, used, used, ("none",))
        named = re.search(r"(^|_)(path|file|filename)$", argument.arg) is not None
        if named and (domain in (None, ANY) or (domain == STR and opens)):
            return ("path", False)
        return domain or ANY
    telling = used[0] in ("json", "csv", "path", "folder") and told[0] in ("str", "any", "path")
    if telling and used[0] in ("path", "folder"):
        return (used[0], told[1] if told[0] == "path" else used[1] and told[0] == "any")
    if telling:
        return used
    if told[0] == used[0] == "list" and told[1][0] == "dict" and used[1][0] not in ("dict", "record"):
        return told
    if told[:2] == ("dict", STR) and ANY not in told and used[0] == "record" and len(used[1]) > 1:
        fields: Domain = ("record", dict.fromkeys(used[1], told[2]))
        return ("or", fields, fields, told)
    if told == ANY or (told[0] in ("dict", "list") and _vague(told) and used[0] in ("record", "list", "dict")):
        return used
    return told


def _vague(domain: Domain) -> bool:
    """Whether an annotation leaves open what is in a container."""
    return ANY in domain or any(
        isinstance(inner, tuple) and inner[:1] == ("dict",) and ANY in inner for inner in domain
    )

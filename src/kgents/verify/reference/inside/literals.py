"""What defaults and examples of a docstring tell of parameters that have no annotation."""

import ast
import re
from typing import Any

from kgents.verify.reference.inside.domains import ANY, BOOL, FLOAT, INT, STR, Domain, Function
from kgents.verify.reference.inside.facts import called

_PLAIN: dict[type, Domain] = {str: STR, int: INT, float: FLOAT, bool: BOOL, bytes: ("bytes",)}
_MANY: dict[type, str] = {list: "list", set: "set", frozenset: "frozenset"}
_OPEN = (None, ANY)
_PROMPTED, _GOES_ON = re.compile(r"^ *>>> ?(.*(?:\n *\.\.\. ?.*)*)", re.MULTILINE), re.compile(r"\n *\.\.\. ?")


def told_by(function: Function) -> dict[str, Domain]:
    """The domain of each parameter that a default, or an argument of an example, tells; None as a default may be given too."""
    told: dict[str, Domain] = {}
    for name, values in shown_to(function).items():
        domain = _together([domain_of(value) for value in values if value is not None])
        if domain is not None:
            told[name] = domain
    return told


def shown_to(function: Function) -> dict[str, list[Any]]:
    """The values that defaults and examples give to each parameter, where they are literals."""
    arguments = function.args
    positional = [part.arg for part in (*arguments.posonlyargs, *arguments.args)]
    bare = len(positional) - len(arguments.defaults)
    given = [*zip(positional[bare:], arguments.defaults, strict=True)]
    named = [part.arg for part in arguments.kwonlyargs]
    given += [
        (name, default) for name, default in zip(named, arguments.kw_defaults, strict=True) if default is not None
    ]
    for call in _examples(function):
        given += zip(positional, call.args, strict=False)
        given += [(part.arg, part.value) for part in call.keywords if part.arg in (*positional, *named)]
    shown: dict[str, list[Any]] = {}
    for name, node in given:
        try:
            shown.setdefault(name, []).append(ast.literal_eval(node))
        except (ValueError, TypeError, SyntaxError, RecursionError):
            continue
    return shown


def _examples(function: Function) -> list[ast.Call]:
    """The calls of the function in the examples of its docstring."""
    calls: list[ast.Call] = []
    for text in _PROMPTED.findall(ast.get_docstring(function) or ""):
        try:
            nodes = ast.walk(ast.parse(_GOES_ON.sub("\n", text)))
        except (ValueError, SyntaxError):
            continue
        calls += [node for node in nodes if isinstance(node, ast.Call) and called(node) == function.name]
    return calls


def domain_of(value: Any) -> Domain | None:
    """The domain of which a literal is one, None where it is None."""
    if type(value) in _PLAIN:
        return _PLAIN[type(value)]
    if type(value) in _MANY:
        return (_MANY[type(value)], _together([domain_of(item) for item in value]) or ANY)
    if type(value) is tuple:
        return ("many", _together([domain_of(item) for item in value]) or ANY)
    if type(value) is dict:
        return (
            "dict",
            _together(list(map(domain_of, value))) or STR,
            _together([domain_of(v) for v in value.values()]) or ANY,
        )
    return None


def _together(domains: list[Domain | None]) -> Domain | None:
    """One domain for several, any where they are of several kinds, None where there are none."""
    known = list(dict.fromkeys(domain for domain in domains if domain is not None))
    if len(known) < 2:
        return known[0] if known else None
    if {domain[0] for domain in known} == {"int", "float"}:
        return FLOAT
    if len({(domain[0], len(domain)) for domain in known}) > 1:
        return ANY
    open_ones = [
        [part for part in parts if part != ANY] for parts in zip(*[domain[1:] for domain in known], strict=True)
    ]
    return (known[0][0], *[_together(parts) or ANY for parts in open_ones])


def refined(used: Domain, told: Domain | None) -> Domain:
    """What is done with a parameter, and what is told of it where that leaves open what it is."""
    if told is None or told == ANY:
        return used
    if used in _OPEN:
        return told
    if used[0] == told[0] and len(used) == len(told) and used[0] in (*_MANY.values(), "many", "dict"):
        return (used[0], *[refined(one, other) for one, other in zip(used[1:], told[1:], strict=True)])
    return used

"""Types of arguments as small trees, from annotations and examples, and values of each type to try."""

import ast
from typing import Any

from kgents.sandbox.syntax import parse as parse_source

Domain = tuple[Any, ...]  # ("int",) ("list", T) ("tuple", T, U) ("many", T) ("dict", K, V) ("or", T, U) ("any",)

PROBES: dict[Domain, list[Any]] = {
    ("int",): [3, 0, -2],
    ("str",): ["ab c", "", "12"],
    ("list", ("int",)): [[3, 1, 2], [], [-1, -1]],
    ("float",): [2.5, 0.0, -1.25],
    ("list", ("str",)): [["b", "a"], [], ["xyz", ""]],
    ("list", ("list", ("int",))): [[[1, 2], [3]], [], [[]]],
    ("dict", ("str",), ("int",)): [{"a": 1}, {}, {"b": -2, "c": 3}],
    ("bool",): [True, False, True],
    ("tuple", ("int",), ("int",)): [(1, 2), (0, 0), (-3, 5)],
    ("set", ("int",)): [{1, 2}, set(), {-1}],
}
_ATOMS = {"int": ("int",), "float": ("float",), "str": ("str",), "bool": ("bool",), "bytes": ("bytes",),
          "complex": ("float",), "any": ("any",), "object": ("any",)}  # fmt: skip
_PLAIN = {
    "list": ("list", ("int",)),
    "sequence": ("list", ("int",)),
    "iterable": ("list", ("int",)),
    "dict": ("dict", ("str",), ("int",)),
    "tuple": ("many", ("int",)),
    "set": ("set", ("int",)),
}


def from_annotation(node: ast.expr | None) -> Domain | None:
    """The domain that an annotation names, None where it names none we know."""
    match node:
        case ast.Constant(value=None):
            return ("none",)
        case ast.Constant(value=str(text)):
            try:
                return from_annotation(parse_source(text, mode="eval").body)
            except SyntaxError:
                return None
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return _ATOMS.get(name.lower()) or _PLAIN.get(name.lower())
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return ("or", from_annotation(left) or ("int",), from_annotation(right) or ("int",))
        case ast.Subscript():
            return _subscript(node)
        case _:
            return None


def _subscript(node: ast.Subscript) -> Domain | None:
    base = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    endless = any(isinstance(item, ast.Constant) and item.value is ... for item in items)
    inner = [
        from_annotation(item) or ("int",)
        for item in items
        if not (isinstance(item, ast.Constant) and item.value is ...)
    ]
    match base.lower():
        case "list" | "sequence" | "iterable" | "collection":
            return ("list", inner[0])
        case "set" | "frozenset":
            return ("set", inner[0])
        case "optional":
            return ("or", ("none",), inner[0])
        case "union":
            return ("or", *inner)
        case "dict" | "mapping":
            return ("dict", *inner[:2])
        case "tuple":
            return ("many", inner[0]) if endless else ("tuple", *inner)
        case _:
            return None


def domain_of(value: Any) -> Domain:
    """The domain that a value is an example of."""
    if value is None:
        return ("none",)
    kind = type(value)
    if kind in (bool, int, float, str, bytes):
        return (kind.__name__,)
    if kind in (list, set):
        return (kind.__name__, union([domain_of(item) for item in value]))
    if kind is tuple:
        return ("tuple", *[domain_of(item) for item in value])
    if kind is dict:
        return ("dict", union([domain_of(key) for key in value]), union([domain_of(item) for item in value.values()]))
    return ("any",)


def union(domains: list[Domain]) -> Domain:
    """One domain for several examples."""
    distinct = list(dict.fromkeys(domain for domain in domains if domain != ("any",)))
    if not distinct:
        return ("int",)
    if len(distinct) == 1:
        return distinct[0]
    if set(distinct) <= {("int",), ("float",)}:
        return ("float",)
    for kind in ("list", "set"):
        if all(domain[0] == kind for domain in distinct):
            return (kind, union([domain[1] for domain in distinct]))
    return ("or", *distinct)


def strategy(domain: Domain, integers: list[int], floats: list[float], strings: list[str]) -> Any:  # noqa: C901 - a table
    """A Hypothesis strategy for a domain, fed with what the code mentions."""
    from hypothesis import strategies as st

    def make(inner: Domain) -> Any:
        return strategy(inner, integers, floats, strings)

    match domain:
        case ("int",):
            few = [st.integers(-10, 10), st.integers(0, 100), st.sampled_from([0, 1, -1, 2]), st.integers(-1000, 10000)]
            return st.one_of(*few, *([st.sampled_from(integers)] if integers else []))
        case ("float",):
            decimals = st.floats(-100, 100, allow_nan=False).map(lambda x: round(x, 3))
            whole = st.integers(-10, 10).map(float)
            return st.one_of(decimals, whole, st.sampled_from([0.0, 1.0, -1.0, 0.5, *floats]))
        case ("str",):
            return _text(st, strings)
        case ("bool",):
            return st.booleans()
        case ("none",):
            return st.none()
        case ("bytes",):
            return st.binary(max_size=8)
        case ("list", inner):
            return st.lists(make(inner), max_size=8)
        case ("set", inner):
            return st.sets(make(inner), max_size=6)
        case ("many", inner):
            return st.lists(make(inner), max_size=6).map(tuple)
        case ("tuple", *inners):
            return st.tuples(*[make(inner) for inner in inners])
        case ("dict", key, value):
            return st.dictionaries(make(key), make(value), max_size=5)
        case ("or", *inners):
            return st.one_of(*[make(inner) for inner in inners])
        case _:
            return st.one_of(st.integers(-10, 10), st.text("ab ", max_size=4))


def _text(st: Any, strings: list[str]) -> Any:
    options = [st.text("abcxyzABC 019", max_size=10), st.text(max_size=6)]
    alphabet = sorted({char for text in strings for char in text} | {" "})[:80]
    if strings:
        words = st.lists(st.sampled_from(strings), max_size=4)
        options += [st.text(alphabet, max_size=12), st.sampled_from(strings), words.map(" ".join), words.map("".join)]
    return st.one_of(*options)

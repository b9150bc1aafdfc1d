"""Types of arguments as small tuples, from annotations and from the classes of a spec.

A domain is ("int",), ("str",), ("list", D), ("tuple", D, E), ("many", D), ("dict", K, V), ("record", {key: D}),
("object", {attribute: D}), ("instance", class, D …), ("enum", class, members), ("choice", values), ("or", D, E),
("json", D), ("csv", {column: D}), ("path", as object), ("array", dimensions), ("callable", arity), ("any",) …
"""

import ast
from collections.abc import Mapping
from typing import Any

Domain = tuple[Any, ...]
Function = ast.FunctionDef | ast.AsyncFunctionDef
STR: Domain = ("str",)
INT: Domain = ("int",)
FLOAT: Domain = ("float",)
BOOL: Domain = ("bool",)
ANY: Domain = ("any",)
_ATOMS: dict[str, Domain] = {
    "int": INT, "float": FLOAT, "str": STR, "bool": BOOL, "bytes": ("bytes",), "complex": ("complex",),
    "any": ANY, "object": ANY, "none": ("none",), "list": ("list", ANY), "sequence": ("list", INT),
    "iterable": ("list", INT), "collection": ("list", INT), "iterator": ("iterator", INT), "dict": ("dict", STR, ANY),
    "mapping": ("dict", STR, ANY), "set": ("set", INT), "frozenset": ("frozenset", INT), "tuple": ("many", INT),
    "date": ("date",), "datetime": ("datetime",), "time": ("time",), "timedelta": ("timedelta",),
    "decimal": ("decimal",), "fraction": ("fraction",), "uuid": ("uuid",), "path": ("path", True),
    "pathlike": ("path", True), "ndarray": ("array", 0), "arraylike": ("array", 0), "series": ("series",),
    "dataframe": ("frame",), "callable": ("callable", 1), "textio": ("typed",), "deque": ("deque", INT),
    "number": ("or", INT, FLOAT), "counter": ("dict", STR, INT), "range": ("range",),
}  # fmt: skip
_GENERIC: dict[str, str] = {
    "list": "list", "sequence": "list", "iterable": "list", "collection": "list", "mutablesequence": "list",
    "iterator": "iterator", "generator": "iterator", "set": "set", "abstractset": "set", "frozenset": "frozenset",
    "deque": "deque",
}  # fmt: skip
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


def annotated(node: ast.expr | None, classes: Mapping[str, Domain]) -> Domain | None:
    """The domain that an annotation names, None where it names none that is known."""
    match node:
        case ast.Constant(value=None):
            return ("none",)
        case ast.Constant(value=str(text)):
            try:
                return annotated(ast.parse(text, mode="eval").body, classes)
            except SyntaxError:
                return None
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return classes.get(name) or _ATOMS.get(name.lower())
        case ast.BinOp(left=left, right=right):
            return ("or", annotated(left, classes) or ANY, annotated(right, classes) or ANY)
        case ast.Subscript():
            return _subscript(node, classes)
        case _:
            return None


def _subscript(node: ast.Subscript, classes: Mapping[str, Domain]) -> Domain | None:
    name = str(getattr(node.value, "attr", getattr(node.value, "id", ""))).lower()
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "literal":
        return ("choice", tuple(item.value for item in items if isinstance(item, ast.Constant)))
    if name == "callable":
        taken = items[0] if items else None
        return ("callable", len(taken.elts) if isinstance(taken, ast.List) else 1)
    whole = [item for item in items if not (isinstance(item, ast.Constant) and item.value is ...)]
    inner = [annotated(item, classes) or ANY for item in whole] or [ANY]
    return _generic(name, inner, len(whole) < len(items))


def _generic(name: str, inner: list[Domain], endless: bool) -> Domain | None:
    if name in _GENERIC:
        return (_GENERIC[name], inner[0])
    match name:
        case "tuple":
            return ("many", inner[0]) if endless else ("tuple", *inner)
        case "dict" | "mapping" | "defaultdict" | "ordereddict" | "mutablemapping":
            return ("dict", inner[0], inner[1] if len(inner) > 1 else ANY)
        case "counter":
            return ("dict", inner[0], INT)
        case "optional":
            return ("or", inner[0], ("none",))
        case "union":
            return ("or", *inner)
        case "annotated" | "final" | "classvar":
            return inner[0]
        case _:
            return _ATOMS.get(name)


def classes_of(tree: ast.Module) -> dict[str, Domain]:
    """Enumerations, dataclasses, named tuples, typed dicts, simple classes and names for types of a module."""
    known: dict[str, Domain] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            domain = _class(node, known)
            if domain is not None:
                known[node.name] = domain
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            meant = annotated(node.value, known) if isinstance(node.value, ast.Subscript | ast.BinOp) else None
            if meant is not None:
                known[node.targets[0].id] = meant
    return known


def _class(node: ast.ClassDef, known: Mapping[str, Domain]) -> Domain | None:
    bases = {str(getattr(base, "id", getattr(base, "attr", ""))) for base in node.bases}
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)]
    if bases & _ENUMS:
        names = [part.targets[0] for part in node.body if isinstance(part, ast.Assign)]
        return ("enum", node.name, tuple(name.id for name in names if isinstance(name, ast.Name)))
    if "TypedDict" in bases:
        return ("record", {_named(part): annotated(part.annotation, known) or ANY for part in fields})
    if is_named_tuple(node) or is_dataclass(node):
        return ("instance", node.name, *[annotated(part.annotation, known) or ANY for part in fields])
    made = next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"), None)
    if made is not None and not any("Error" in base or "Exception" in base for base in bases):
        return ("instance", node.name, *[annotated(part.annotation, known) or ANY for part in made.args.args[1:]])
    return None


def _named(part: ast.AnnAssign) -> str:
    return part.target.id if isinstance(part.target, ast.Name) else ""


def is_dataclass(node: ast.ClassDef) -> bool:
    """Whether a class is decorated as a dataclass."""
    return any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list)


def is_named_tuple(node: ast.ClassDef) -> bool:
    """Whether a class is a `NamedTuple`."""
    return any(getattr(base, "id", getattr(base, "attr", "")) == "NamedTuple" for base in node.bases)

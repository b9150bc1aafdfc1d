"""The classes of a spec as what their objects were made with: which attributes are arguments of the constructor.

`self.low = low` that is set once and for good, and a field of a dataclass, are. In the arguments of a method the object is
the first, a tuple of what it was made with; so `self.low` is a place in it, as `span.low` is of a parameter `span: Span`.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kgents.verify.reference.inside.domains import Function, is_dataclass, is_named_tuple
from kgents.verify.reference.inside.positions import EACH, Position, compared, number, own_functions

_ORDER, _OR_EQUAL = (ast.Lt, ast.LtE, ast.Gt, ast.GtE), (ast.LtE, ast.GtE)
_ITEMS = frozenset({"list", "List", "Sequence", "Iterable", "tuple", "set", "frozenset", "Collection"})


@dataclass(frozen=True, slots=True)
class Made:
    """One class.

    attributes  those that are arguments of the constructor, with their numbers
    methods     by name, those of its bases among them; its constructor is `__init__`, also where a decorator writes it;
                constants of the class are written out
    """

    attributes: dict[str, int]
    methods: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Objects:
    """The classes and functions of a module by name."""

    classes: dict[str, Made] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)

    def helper(self, name: str, own: str) -> tuple[Any, str] | None:
        """(function, its class or '') that a call by this name means: in a class one of its methods comes first."""
        if own and name in self.classes[own].methods:
            return self.classes[own].methods[name], own
        return (self.functions[name], "") if name in self.functions else None

    def kinds(self, function: Any, own: str) -> dict[Position, Mapping[str, int]]:
        """At which places of the arguments objects of these classes are, each with its attributes."""
        if own and function.name == "__init__":
            parameters: list[Any] = [(0, position) for position in range(len(function.args.args) - 1)]
            told = [part.annotation for part in function.args.args[1:]]
        else:
            listed = [*function.args.posonlyargs, *function.args.args]
            parameters, told = [(position,) for position in range(len(listed))], [part.annotation for part in listed]
        objects: dict[Position, Mapping[str, int]] = {
            position: self.classes[name].attributes
            for above, annotation in zip(parameters, told, strict=True)
            for position, name in self._told(annotation, above)
        }
        if own:
            objects[0,] = self.classes[own].attributes
        return objects

    def _told(self, annotation: ast.expr | None, above: Position) -> Iterator[tuple[Position, str]]:
        """(place, class) of each class that an annotation names, at most in one container."""
        match annotation:
            case ast.Constant(value=str(name)) | ast.Name(id=name) if name in self.classes:
                yield above, name
            case ast.Subscript(value=ast.Name(id=kind), slice=inner) if kind in _ITEMS:
                first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
                yield from self._told(first, (*above, EACH))


def objects_of(tree: ast.Module) -> Objects:
    """Those of a module."""
    objects = Objects({}, own_functions(tree))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            objects.classes[node.name] = _made(node, tree)
    return objects


def methods_of(node: ast.ClassDef, tree: ast.Module) -> list[Any]:
    """The methods of a class, those of its bases in the module first."""
    objects: list[Any] = []
    for base in node.bases:
        above = next((n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == getattr(base, "id", "")), None)
        objects += methods_of(above, tree) if above is not None and above is not node else []
    return objects + [part for part in node.body if isinstance(part, Function)]


def refused(methods: Mapping[str, Any]) -> dict[str, int]:
    """The least value of parameters that some method refuses to take below it, by their names: `if cents <= 0: raise …`,
    `if not cents > 0 or …: raise …`, `assert cents > 0`.
    """
    least: dict[str, int] = {}
    for node in (node for function in methods.values() for node in ast.walk(function)):
        match node:
            case ast.If(test=test, body=[*_, ast.Raise()]):
                told = _least(test, True)
            case ast.Assert(test=test):
                told = _least(test, False)
            case _:
                continue
        for name, lowest in told:
            least[name] = max(lowest, least.get(name, lowest))
    return least


def _least(test: ast.expr, refuses: bool) -> Iterator[tuple[str, int]]:
    """(name, the least value that is taken) of each name that alone decides that a test comes to `refuses`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _least(operand, not refuses)
        case ast.BoolOp(op=joint, values=values) if isinstance(joint, ast.Or) is refuses:
            for value in values:
                yield from _least(value, refuses)
        case ast.Compare(ops=operators) if len(operators) == 1 or not refuses:
            for left, operator, right in compared(test):
                for one, end, below in ((left, right, (ast.Lt, ast.LtE)), (right, left, (ast.Gt, ast.GtE))):
                    limit = number(end)
                    lower = isinstance(operator, _ORDER) and isinstance(operator, below) is refuses
                    if isinstance(one, ast.Name) and limit is not None and lower:
                        yield one.id, limit + (isinstance(operator, _OR_EQUAL) is refuses)


def _made(node: ast.ClassDef, tree: ast.Module) -> Made:
    methods = {part.name: part for part in methods_of(node, tree)}
    if "__init__" not in methods:
        methods["__init__"] = _written_by_the_decorator(node)
    constants = {
        part.targets[0].id: part.value
        for part in node.body
        if isinstance(part, ast.Assign)
        and isinstance(part.targets[0], ast.Name)
        and isinstance(part.value, ast.Constant)
    }
    spelled = _Spelled(node.name, constants)
    methods = {name: spelled.visit(copy.deepcopy(function)) for name, function in methods.items()}
    return Made(_attributes(methods), methods)


def _written_by_the_decorator(node: ast.ClassDef) -> Any:
    """The constructor of a dataclass or named tuple; of another class one that takes nothing."""
    fields = [
        (part.target.id, ast.unparse(part.annotation))
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and (is_named_tuple(node) or is_dataclass(node))
    ]
    fields = [(name, kind) for name, kind in fields if "ClassVar" not in kind]
    taken = ", ".join(["self", *(f"{name}: {kind}" for name, kind in fields)])
    body = [f"    self.{name} = {name}\n" for name, _ in fields] or ["    pass\n"]
    return ast.parse(f"def __init__({taken}):\n{''.join(body)}").body[0]


def _attributes(methods: Mapping[str, Any]) -> dict[str, int]:
    """Attributes that are set once, in the constructor, to one of its parameters."""
    set_once = Counter(
        node.attr
        for function in methods.values()
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    )
    function = methods["__init__"]
    names = [part.arg for part in function.args.args[1:]]
    bound = {
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    return {
        target.attr: names.index(value.id)
        for target, value in _assigned(function)
        if isinstance(target, ast.Attribute) and isinstance(value, ast.Name) and value.id in names
        if value.id not in bound and set_once[target.attr] == 1
    }


def _assigned(function: Any) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(target, value) of each assignment of a function, those in tuples one by one."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                yield from zip(targets, values, strict=False)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                yield target, value


class _Spelled(ast.NodeTransformer):
    """Writes constants of a class out where its methods read them: `self.LOW`, `Class.LOW`."""

    def __init__(self, name: str, constants: Mapping[str, ast.Constant]) -> None:
        self._owners, self._constants = {"self", "cls", name}, constants

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """One attribute."""
        owned = isinstance(node.value, ast.Name) and node.value.id in self._owners and isinstance(node.ctx, ast.Load)
        return self._constants[node.attr] if owned and node.attr in self._constants else self.generic_visit(node)

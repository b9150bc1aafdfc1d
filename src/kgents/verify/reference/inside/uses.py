"""What is done with the parameters of a function, path by path, and the domain that this suggests for each.

A path is (parameter, step, …), a step ("key", name), ("attribute", name), ("item",), ("name",), ("value",), ("json",) …
"""

import ast
import itertools
from typing import Any

from kgents.verify.reference.inside.domains import ANY, BOOL, FLOAT, INT, STR, Domain
from kgents.verify.reference.inside.facts import PARSERS, called

Path = tuple[Any, ...]
_DEEPEST = 5
_OBJECT = set(dir(object))
_STR_METHODS = set(dir(str)) - set(dir(list)) - set(dir(dict)) - _OBJECT
_LIST_METHODS = set(dir(list)) - set(dir(str)) - set(dir(dict)) - _OBJECT
_DICT_METHODS = set(dir(dict)) - set(dir(list)) - set(dir(str)) - _OBJECT
_PASSED_ON = frozenset({"sorted", "list", "reversed", "iter", "set", "tuple", "dict", "copy", "deepcopy"})
_STEPS = {"loads": ("json",), "DictReader": ("csv",)}
_TEXT_TAKERS = frozenset(
    {*PARSERS, "strptime", "loads", "StringIO", "fullmatch", "match", "search", "sub", "normalize"}
)
_NOTED = frozenset({"len", "sorted", "sum", "max", "min", "range", "isinstance", "abs", "round", "divmod"})
_OF_FILES = frozenset({"os.stat", "os.path.getmtime", "os.path.getsize", "os.path.exists", "os.path.isfile"})


class Uses(ast.NodeVisitor):
    """Collects what is done below the parameters of one function."""

    def __init__(self, names: list[str], own: str = "") -> None:
        self._names, self._own = names, own
        self._paths: dict[str, Path] = {name: (name,) for name in names}
        self.seen: dict[Path, set[tuple[Any, ...]]] = {}

    def note(self, path: Path | None, *facts: tuple[Any, ...]) -> None:
        """Keeps facts of a path, and that the paths above exist."""
        if path is None:
            return
        self.seen.setdefault(path, set()).update(facts)
        for size in range(1, len(path)):
            self.seen.setdefault(path[:size], set())

    def path(self, node: ast.AST) -> Path | None:
        """The path that an expression reads."""
        match node:
            case ast.Name(id=name):
                return self._paths.get(name)
            case ast.Attribute(value=value, attr=attr):
                return self._below(value, ("attribute", attr))
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                return self._below(value, ("key", key))
            case ast.Subscript(value=value, slice=ast.Slice()):
                return self.path(value)
            case ast.Subscript(value=value):
                return self._below(value, ("item",))
            case ast.Call():
                return self._called(node)
        return None

    def _called(self, node: ast.Call) -> Path | None:
        name = called(node)
        if isinstance(node.func, ast.Attribute) and name in ("get", "pop", "setdefault") and node.args:
            key = node.args[0]
            known = isinstance(key, ast.Constant) and isinstance(key.value, str)
            step = ("key", key.value) if known and isinstance(key, ast.Constant) else ("value",)
            return None if name == "pop" and not known else self._below(node.func.value, step)
        if not node.args:
            return None
        if name in _STEPS:
            return self._below(node.args[0], _STEPS[name])
        if name in ("StringIO", "Path") or name in _PASSED_ON:
            return self.path(node.args[0])
        return None

    def _below(self, node: ast.AST, step: tuple[Any, ...]) -> Path | None:
        above = self.path(node)
        return None if above is None else (*above, step)

    def _bind(self, target: ast.expr, source: ast.expr) -> None:
        """Names what a loop draws from a path."""
        name = called(source)
        if isinstance(source, ast.Call) and name == "enumerate" and isinstance(target, ast.Tuple) and source.args:
            target, source = target.elts[-1], source.args[0]
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and name in ("items", "values"):
            self._bind_pairs(target, source.func, name)
            return
        above = self.path(source)
        if above is None:
            return
        if isinstance(target, ast.Name):
            self._name(target, (*above, ("item",)))
        elif isinstance(target, ast.Tuple):
            self.note((*above, ("item",)), ("pair", len(target.elts)))
            for index, part in enumerate(target.elts):
                if isinstance(part, ast.Name):
                    self._name(part, (*above, ("item",), ("place", index)))

    def _bind_pairs(self, target: ast.expr, function: ast.Attribute, name: str) -> None:
        above = self.path(function.value)
        names = target.elts if isinstance(target, ast.Tuple) and name == "items" else [target]
        steps = [("name",), ("value",)] if name == "items" else [("value",)]
        for part, step in zip(names, steps, strict=False):
            if above is not None and isinstance(part, ast.Name):
                self._name(part, (*above, step))

    def _name(self, target: ast.Name, path: Path) -> None:
        self._paths[target.id] = path
        self.note(path)

    def visit_For(self, node: ast.For) -> None:
        """Binds before the body is read; of several that are written out, one after another."""
        parts = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
        paths = [path for part in parts if (path := self.path(part)) is not None]
        self._bind(node.target, node.iter)
        if isinstance(node.target, ast.Name):
            for path in paths[1:]:
                self._paths[node.target.id] = path
                self.generic_visit(node)
            if paths:
                self._paths[node.target.id] = paths[0]
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follows names for paths."""
        path = self.path(node.value)
        target = node.targets[0]
        if path is not None and isinstance(target, ast.Name):
            self._paths.setdefault(target.id, path)
        elif path is not None and isinstance(target, ast.Tuple):
            self.note(path, ("pair", len(target.elts)))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Notes methods and functions that a path is given to."""
        if isinstance(node.func, ast.Attribute) and node.func.attr not in ("get", "setdefault"):
            self.note(self.path(node.func.value), ("method", node.func.attr))
            self.visit(node.func.value)
        elif isinstance(node.func, ast.Name) and node.func.id in self._paths:
            self.note(self._paths[node.func.id], ("called", len(node.args)))
        self._arguments(node)
        for part in [*node.args, *[keyword.value for keyword in node.keywords]]:
            self.visit(part)

    def _arguments(self, node: ast.Call) -> None:
        name = called(node)
        if name in ("get", "setdefault") and isinstance(node.func, ast.Attribute) and len(node.args) == 2:
            default = node.args[1]
            if isinstance(default, ast.Constant) and default.value is not None:
                self.note(self.path(node), ("is", type(default.value).__name__))
        for index, argument in enumerate(node.args):
            path = self.path(argument)
            if name == self._own and index < len(self._names) and path is not None and len(path) > 1:
                self.note(path, ("again", self._names[index]))
            self._argument(node, name, index, path)
        if name in _STEPS:
            self.note(self.path(node))

    def _argument(self, node: ast.Call, name: str, index: int, path: Path | None) -> None:
        if name in _TEXT_TAKERS:
            self.note(path, ("is", "str"))
        elif name in ("walk", "listdir", "scandir") and index == 0:
            self.note(path, ("walked",))
        elif (name == "open" or ast.unparse(node.func) in _OF_FILES) and index == 0:
            self.note(path, ("open",))
        elif name in _NOTED:
            self.note(path, (name,))
        elif name == "join" and isinstance(node.func, ast.Attribute):
            self.note(None if path is None else (*path, ("item",)), ("is", "str"))

    def visit_Compare(self, node: ast.Compare) -> None:
        """What a path is compared with tells its type."""
        parts = [node.left, *node.comparators]
        for one, other in [*itertools.pairwise(parts), *itertools.pairwise(parts[::-1])]:
            if isinstance(other, ast.Constant):
                self.note(self.path(one), ("is", type(other.value).__name__))
            elif called(other) == "len":
                self.note(self.path(one), ("is", "int"))
        self.generic_visit(node)

    def visit_Slice(self, node: ast.Slice) -> None:
        """Ends of a slice are numbers."""
        for end in (node.lower, node.upper):
            self.note(None if end is None else self.path(end), ("is", "int"))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Arithmetic."""
        for part in (node.left, node.right):
            text = isinstance(node.op, ast.Add) and any(map(_is_text, (node.left, node.right)))
            self.note(self.path(part), ("is", "str") if text else ("math",))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """What is added to something."""
        self.note(self.path(node.value), ("added",))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Truth."""
        for part in node.values:
            self.note(self.path(part), ("truth",))
        self.generic_visit(node)

    def _tested(self, node: Any) -> None:
        self.note(self.path(node.test), ("truth",))
        self.generic_visit(node)

    visit_If = visit_IfExp = visit_While = _tested  # noqa: N815  names that ast looks up

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Truth, or arithmetic."""
        self.note(self.path(node.operand), ("truth",) if isinstance(node.op, ast.Not) else ("math",))
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Comprehensions bind before their element is read."""
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.comprehension):
                self._bind(inner.target, inner.iter)
                for test in inner.ifs:
                    self.note(self.path(test), ("truth",))
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Name) and isinstance(node.ctx, ast.Load):
            self.note(self.path(node))
        super().generic_visit(node)

    def domain(self, path: Path, depth: int = 0) -> Domain | None:
        """The domain at a path, None where nothing is known."""
        facts = self.seen.get(path, set())
        again = next((fact[1] for fact in facts if fact[0] == "again"), None)
        if again is not None:
            return self._again(path, again, depth)
        if depth > _DEEPEST:
            return ANY
        below = {full[len(path)] for full in self.seen if len(full) > len(path) and full[: len(path)] == path}
        methods = {fact[1] for fact in facts if fact[0] == "method"}
        for find in (self._parsed, self._record, self._container, _scalar):
            domain = find(path, facts, below, methods, depth)
            if domain is not None:
                return domain
        return None

    def _again(self, path: Path, name: str, depth: int) -> Domain:
        """What a function that calls itself takes there: what it takes, or the end of it."""
        end = self._leaf(self.seen.get(path, set()) | self.seen.get((name,), set()))
        if ("is", "NoneType") in self.seen.get(path, ()) and end != ("none",):
            end = ("or", end, end, ("none",))
        return end if depth > _DEEPEST else ("or", end, self.domain((name,), depth + 1) or INT)

    def _leaf(self, kinds: set[tuple[Any, ...]]) -> Domain:
        """What ends a tree: told by what is done with it; of what is only handed on, any value may be one."""
        if ("isinstance",) not in kinds:
            return ("none",)
        if ("is", "str") in kinds or any(fact[0] == "method" and fact[1] in _STR_METHODS for fact in kinds):
            return STR
        used = any(fact[0] in ("math", "added", "method", "truth", "is") for fact in kinds)
        return INT if used else ("or", INT, INT, INT, ANY)

    @property
    def recursive(self) -> bool:
        """Whether the function calls itself with a part of what it takes."""
        return any(fact[0] == "again" for facts in self.seen.values() for fact in facts)

    def _inner(self, path: Path, step: tuple[Any, ...], depth: int) -> Domain | None:
        return self.domain((*path, step), depth + 1)

    def _parsed(self, path: Path, facts: Any, below: Any, methods: Any, depth: int) -> Domain | None:
        if ("walked",) in facts or methods & {"iterdir", "rglob", "glob"}:
            return ("folder", bool(methods))
        if ("open",) in facts:
            return ("path", False)
        if methods & {"read_text", "write_text", "exists", "is_file", "stat"}:
            return ("path", True)
        if ("json",) in below:
            return ("json", self._inner(path, ("json",), depth) or ("dict", STR, INT))
        if ("csv",) in below:
            row = self._inner(path, ("csv",), depth) or ANY
            return ("csv", row[1][1] if row[0] == "list" and row[1][0] == "record" else {"a": STR})
        arity = next((fact[1] for fact in facts if fact[0] == "called"), None)
        return None if arity is None else ("callable", arity)

    def _record(self, path: Path, facts: Any, below: Any, methods: Any, depth: int) -> Domain | None:
        keys = sorted(step[1] for step in below if step[0] == "key")
        if keys:
            return ("record", {key: self._inner(path, ("key", key), depth) or ANY for key in keys})
        names = sorted({step[1] for step in below if step[0] == "attribute"} - methods)
        if names:
            return ("object", {name: self._inner(path, ("attribute", name), depth) or ANY for name in names})
        return None

    def _container(self, path: Path, facts: Any, below: Any, methods: Any, depth: int) -> Domain | None:
        if methods & _STR_METHODS or ("is", "str") in facts:
            return STR
        if methods & _DICT_METHODS or ("value",) in below:
            named: Domain = ("dict", STR, self._inner(path, ("value",), depth) or INT)
            listed = ("item",) in below and ("isinstance",) in facts
            return ("or", named, ("list", self._inner(path, ("item",), depth) or ANY)) if listed else named
        pair = next((fact[1] for fact in facts if fact[0] == "pair"), 0)
        if pair and depth:
            return ("tuple", *[self._inner(path, ("place", index), depth) or INT for index in range(pair)])
        if ("item",) in below or methods & _LIST_METHODS or {("len",), ("sorted",), ("sum",)} & facts:
            return ("list", self._inner(path, ("item",), depth) or (INT if {("sum",)} & facts else ANY))
        return None


def _scalar(path: Path, facts: Any, below: Any, methods: Any, depth: int) -> Domain | None:
    for name, domain in (("int", INT), ("float", FLOAT), ("bool", BOOL)):
        if ("is", name) in facts:
            return domain
    if facts & {("math",), ("range",), ("abs",), ("round",), ("divmod",)}:
        return INT
    if ("truth",) in facts:
        return BOOL
    return ANY if ("isinstance",) in facts else None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))

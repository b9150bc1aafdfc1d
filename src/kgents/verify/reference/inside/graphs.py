"""Graphs: parameters of which a function follows what is in them back into them, `here = queue.popleft(); graph[here]`.

What follows on a node is a node itself, and so are the parameters from which a function sets out. Rule: a function that asks
whether a node is there (`get`, `in`, an `except KeyError`) is asked for some that are not; one that does not, for none.
"""

import ast
import zlib
from typing import Any

from kgents.verify.reference.inside.domains import Function
from kgents.verify.reference.inside.facts import called

NODES = "abcdef"  # names of nodes, as they are drawn
_STRANGERS = 3  # of a graph that may lack nodes, one in so many nodes is none
_LOOKS = frozenset({"get", "pop"})
_MISSING = frozenset({"KeyError", "LookupError", "Exception"})


class Graphs:
    """The parameters of one function that are graphs, and those that are nodes of them: `names` and `nodes` by name."""

    def __init__(self, function: Any) -> None:
        # Of each graph, whether it may lack nodes, and what a node without any has.
        self._found: dict[int, tuple[bool, Any]] = {}
        self._nodes: list[int] = []
        self.names: set[str] = set()
        self.nodes: set[str] = set()
        self._costs = False
        if function is None:
            return
        listed = [*function.args.posonlyargs, *function.args.args]
        nodes = list(ast.walk(function))
        moving = _moving(function, nodes)
        for index, part in enumerate(listed):
            keys = (_looked_up(part.arg, nodes) - _own_keys(part.arg, nodes)) & moving
            if keys and (_holds_many(part.annotation) or keys & _taken_out(part.arg, nodes)):
                self._found[index] = (_asked(part.arg, nodes), _empty(part.annotation))
                self.names.add(part.arg)
        self._costs = not any(_below_zero(node) for node in nodes)
        if self._found:
            named = _named(function, nodes) - _worked_with(nodes)
            self._nodes = [at for at, part in enumerate(listed) if at not in self._found and part.arg in named]
        self.nodes = {listed[at].arg for at in self._nodes}

    def fitted(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, what follows on nodes and the nodes that are named among their nodes."""
        if not self._found:
            return arguments
        fitted = list(arguments)
        for index, (open_, empty) in self._found.items():
            graph = fitted[index] if index < len(fitted) else None
            if type(graph) is not dict:
                continue
            named = [at for at in self._nodes if at < len(fitted) and type(fitted[at]) in (str, int)]
            if not graph and named and not open_:
                graph = {fitted[named[0]]: empty}
            near = _Near(list(graph), open_, self._costs)
            fitted[index] = {node: near.of(follow) for node, follow in graph.items()}
            for at in named:
                fitted[at] = near.of(fitted[at])
        return tuple(fitted)


class _Near:
    """Puts what is no node in the place of one; the same in the place of the same. `costs` is whether numbers beside nodes are
    what a step costs: not below 0.
    """

    def __init__(self, nodes: list[Any], open_: bool, costs: bool) -> None:
        self._nodes, self._open, self._costs = nodes, open_, costs
        self._kinds = {type(node) for node in nodes}

    def of(self, value: Any) -> Any:
        """A node, or nodes in a container: keys of a dict, the first parts of pairs."""
        kind = type(value)
        if kind in self._kinds:
            return self._node(value)
        if kind is dict:
            return {self.of(key): self._cost(item) for key, item in value.items()} if self._nodes else {}
        if kind is tuple and value and type(value[0]) in self._kinds and len({*map(type, value)}) > 1:
            return (self.of(value[0]), *map(self._cost, value[1:]))
        return kind(map(self.of, value)) if kind in (list, tuple, set, frozenset) else self._cost(value)

    def _cost(self, value: Any) -> Any:
        return abs(value) if self._costs and type(value) in (int, float) else value

    def _node(self, value: Any) -> Any:
        told = zlib.crc32(repr(value).encode())
        if value in self._nodes or (self._open and told % _STRANGERS == 0):
            return value
        return self._nodes[told // _STRANGERS % len(self._nodes)]


def _moving(function: Any, nodes: list[ast.AST]) -> set[str]:
    """Names that stand for one thing after another: those that are bound anew, and the parameters of what calls itself."""
    moving = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for inner in nodes:
        if isinstance(inner, Function) and (inner is not function or any(called(n) == inner.name for n in nodes)):
            moving |= {part.arg for part in (*inner.args.posonlyargs, *inner.args.args)}
    return moving


def _looked_up(name: str, nodes: list[ast.AST]) -> set[str]:
    """The names by which something is looked up in a parameter."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Subscript(value=ast.Name(id=held), slice=ast.Name(id=key), ctx=ast.Load()) if held == name:
                names.add(key)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr=attr), args=[ast.Name(id=key), *_]):
                if held == name and attr in _LOOKS:
                    names.add(key)
    return names


def _taken_out(name: str, nodes: list[ast.AST]) -> set[str]:
    """Names that are bound to what is found in a parameter: `here = table[here]`."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=value)
                | ast.NamedExpr(target=ast.Name(id=target), value=value)
            ):
                inner = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
                if name in inner and isinstance(value, ast.Subscript | ast.Call):
                    names.add(target)
    return names


def _holds_many(annotation: ast.expr | None) -> bool:
    """Whether more than one thing may follow on a key, as far as it is said."""
    match annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[_, value])):
            return isinstance(value, ast.Subscript)
    return annotation is None


def _named(function: Any, nodes: list[ast.AST]) -> set[str]:
    """Names that are looked up, compared, put among others, or handed to functions of one's own: nodes, of a graph."""
    own = {node.name for node in nodes if isinstance(node, Function)}
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Subscript(slice=ast.Name(id=key)):
                names.add(key)
            case ast.Compare(left=left, comparators=others):
                names |= {part.id for part in (left, *others) if isinstance(part, ast.Name)}
            case ast.List(elts=parts) | ast.Set(elts=parts) | ast.Tuple(elts=parts):
                names |= {part.id for part in parts if isinstance(part, ast.Name)}
            case ast.Dict(keys=keys):
                names |= {part.id for part in keys if isinstance(part, ast.Name)}
            case ast.Call(args=arguments) if called(node) in own or called(node) in _LOOKS:
                names |= {part.id for part in arguments if isinstance(part, ast.Name)}
    return names


def _own_keys(name: str, nodes: list[ast.AST]) -> set[str]:
    """Names that only a loop over the parameter itself binds."""
    own: set[str] = set()
    others: set[str] = set()
    for node in nodes:
        match node:
            case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source):
                names = [part for part in ast.walk(target) if isinstance(part, ast.Name)]
                over = any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(source))
                follows = any(isinstance(part, ast.Subscript) for part in ast.walk(source)) or called(source) in _LOOKS
                first = {names[0].id} if names and over and not follows and called(source) != "values" else set()
                own |= first
                others |= {part.id for part in names} - first
            case ast.Assign(targets=targets):
                others |= {part.id for each in targets for part in ast.walk(each) if isinstance(part, ast.Name)}
            case ast.arg(arg=parameter):
                others.add(parameter)
    return own - others


def _asked(name: str, nodes: list[ast.AST]) -> bool:
    """Whether it is asked if something is in a parameter, or its absence is caught."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr=attr)) if held == name and attr in _LOOKS:
                return True
            case ast.Compare(ops=operators, comparators=[*_, ast.Name(id=held)]) if held == name:
                if any(isinstance(operator, ast.In | ast.NotIn) for operator in operators):
                    return True
            case ast.ExceptHandler(type=kind):
                if kind is None or _MISSING & {n.id for n in ast.walk(kind) if isinstance(n, ast.Name)}:
                    return True
    return False


def _below_zero(node: ast.AST) -> bool:
    """Whether something is asked if it is below 0."""
    if not isinstance(node, ast.Compare):
        return False
    zero = any(isinstance(part, ast.Constant) and part.value == 0 for part in (node.left, *node.comparators))
    return zero and any(isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for operator in node.ops)


def _empty(annotation: ast.expr | None) -> Any:
    """What follows on a node without any: {} of a `dict[K, dict[…]]`, else []."""
    match annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[_, ast.Subscript(value=ast.Name(id=kind))])):
            return {"dict": {}, "set": set(), "tuple": ()}.get(kind, [])
    return []


def _worked_with(nodes: list[ast.AST]) -> set[str]:
    """Names that are reckoned with, taken apart or put in order: no nodes."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Attribute(value=part) | ast.Subscript(value=part) | ast.UnaryOp(operand=part):
                parts = [part]
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.Compare(left=left, ops=operators, comparators=others):
                ordered = any(isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for operator in operators)
                parts = [left, *others] if ordered else []
            case ast.Call(func=ast.Name(id="range" | "len"), args=arguments):
                parts = arguments
            case _:
                continue
        names |= {part.id for part in parts if isinstance(part, ast.Name)}
    return names

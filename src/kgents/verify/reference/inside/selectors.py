"""Mistakes that people make and that a spec may not be able to show: they choose inputs, and are not counted when alive."""

import ast
import copy
from collections.abc import Container, Iterator
from functools import partial
from typing import Any

from kgents.verify.reference.inside.edits import Edit
from kgents.verify.reference.inside.mutants import Original, reached

_MOST = 80
_IN_ORDER, _TRUE = "put in order", "asked for truth"
FROM_POOL = frozenset({_IN_ORDER, _TRUE})  # may be no mistakes here: no more inputs are looked for that tell them apart
_LEVEL = "__level__"
_RESOLVING = {
    f"{module}{name}"
    for at, names in (("html.", ("unescape", "escape")), ("urllib.parse.", ("unquote", "unquote_plus", "quote")))
    for module in (at, at.partition(".")[2], "")
    for name in names
}
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def selectors(source: str, target: str) -> Iterator[tuple[str, str]]:
    """(operator, program) of mistakes in what a target depends on: guards in another order, a value that is put in the
    place of one that is added to, the other end of a queue, a first value that is kept, an entry that moves to the end, a
    difference without its sign, row and column exchanged, the year of a day for that of its week, a bound for a remainder,
    floats for exact amounts, a few levels for all of a tree.
    """
    tree = ast.parse(source)
    original = Original(tree)
    for operator, edit in list(_edits(tree, reached(tree, target)))[:_MOST]:
        text = original.edited(edit)
        if text not in (None, ast.unparse(tree)):
            yield operator, text


def _edits(tree: ast.Module, within: set[int]) -> Iterator[tuple[str, Edit]]:
    yield from _shallow(tree.body, within)
    for index, top in enumerate(tree.body):
        if index in within and isinstance(top, ast.FunctionDef):
            yield from _early(top)
    for index, top in enumerate(tree.body):
        for node in ast.walk(top) if index in within else ():
            for name in ("body", "orelse"):
                body = getattr(node, name, None)
                if isinstance(body, list):
                    yield from _guards(body)
                    yield from _assignments(body)
                    yield from _shallow(body, range(len(body)))
            yield from _chains(node)
            yield from _sorts(node)
            yield from _presence(node)
            yield from _quoted(node)
            yield from _ends(node)
            yield from _magnitudes(node)
            yield from _exchanges(node)
            yield from _years(node)
            yield from _remainders(node)
            yield from _as_floats(node)
        if index in within:
            yield from _all_magnitudes(top)


def _early(function: ast.FunctionDef) -> Iterator[tuple[str, Edit]]:
    """What is done to a text on the way is done to what was given, before all else: escapes are resolved before tags go."""
    for name in [argument.arg for argument in function.args.args if argument.arg != "self"][:1]:
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
                continue
            if ast.unparse(node.func) in _RESOLVING and ast.unparse(node.args[0]) != name:
                yield "taken early", partial(_take_early, function, name, node)


def _take_early(function: ast.FunctionDef, name: str, node: ast.Call) -> None:
    called, inner = node.func, node.args[0]
    node.func, node.args = ast.Name("str", ast.Load()), [inner]
    first = ast.Assign([ast.Name(name, ast.Store())], ast.Call(called, [ast.Name(name, ast.Load())], []))
    function.body.insert(1 if ast.get_docstring(function) is not None else 0, first)


def _guards(body: list[Any]) -> Iterator[tuple[str, Edit]]:
    """Two conditions, each of which ends what goes on, in the other order."""
    for at in range(len(body) - 1):
        if all(isinstance(node, ast.If) and isinstance(node.body[-1], _ENDS) for node in body[at : at + 2]):
            yield "guards swapped", _set(body, slice(at, at + 2), body[at : at + 2][::-1])


def _chains(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """if … elif … in the other order; `and` for `or`."""
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        yield "guards swapped", lambda: _swap(node, node.orelse[0])
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and for or", lambda: setattr(node, "op", other)


def _swap(one: Any, other: Any) -> None:
    one.test, other.test = other.test, one.test
    one.body, other.body = other.body, one.body


def _assignments(body: list[Any]) -> Iterator[tuple[str, Edit]]:
    for at, node in enumerate(body):
        match node:
            case ast.AugAssign(target=target, value=value):
                yield "overwrites", _set(body, at, ast.Assign([target], value))
            case ast.Assign(targets=[ast.Name() | ast.Tuple() as target]):
                names = {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
                yield from _forgotten(node, names)
            case ast.Assign(targets=[ast.Subscript(value=held, slice=key)], value=value) if not isinstance(
                key, ast.Slice
            ):
                known = ast.Compare(key, [ast.In()], [held])
                yield "keeps the first", _set(body, at, ast.If(ast.UnaryOp(ast.Not(), known), [node], []))
                gone = ast.Expr(ast.Call(ast.Attribute(held, "pop", ast.Load()), [key, ast.Constant(None)], []))
                yield "moves to the end", _set(body, at, ast.If(known, [gone, node], [node]))


def _forgotten(node: Any, names: set[str]) -> Iterator[tuple[str, Edit]]:
    """`x = x + step` as `x = step`, also of one of several names."""
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    for index, value in enumerate(values):
        match value:
            case ast.BinOp(left=ast.Name(id=name), right=right) if name in names:
                if value is node.value:
                    yield "overwrites", partial(setattr, node, "value", right)
                else:
                    yield "overwrites", _set(values, index, right)


def _shallow(body: list[Any], places: Container[int]) -> Iterator[tuple[str, Edit]]:
    """A function that calls itself once, or twice, and no deeper: what it calls last takes 0, or nothing, for the rest."""
    for at, node in enumerate(body):
        calls = _calls_itself(node) if at in places else []
        for rest, deep in (("0", 1), ("[]", 1), ("0", 2)) if calls else ():
            yield "a few levels deep", partial(_no_deeper, body, at, _levels(node, rest, deep), calls)


def _levels(node: Any, rest: str, deep: int) -> list[Any]:
    """Copies of a function, the first of which takes `rest` for what it calls itself for, each further one the one before it."""
    levels: list[Any] = []
    for _ in range(deep):
        level = copy.deepcopy(node)
        for call in _calls_itself(level):
            call.func = (
                ast.Name(levels[-1].name, ast.Load())
                if levels
                else ast.parse(f"lambda *_, **__: {rest}", mode="eval").body
            )
        level.name = f"{node.name}{_LEVEL}{len(levels)}"
        levels.append(level)
    return levels


def _calls_itself(node: Any) -> list[Any]:
    """The calls of a function in itself."""
    if not isinstance(node, ast.FunctionDef):
        return []
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)]
    return [call for call in calls if getattr(call.func, "id", "") == node.name]


def _no_deeper(body: list[Any], at: int, levels: list[Any], calls: list[Any]) -> None:
    for call in calls:
        call.func = ast.Name(levels[-1].name, ast.Load())
    body[at:at] = levels


def _set(body: list[Any], at: int | slice, new: Any) -> Edit:
    return lambda: body.__setitem__(at, new)


def _ends(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """The other end of a queue or a stack; the first or last of several that are alike."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    zero = ast.Constant(0)
    match node.func.attr, node.args:
        case "pop", []:
            yield "other end", lambda: node.args.append(zero)
        case "pop", [ast.Constant(value=0)]:
            yield "other end", node.args.clear
        case "popleft", []:
            yield "other end", lambda: setattr(node.func, "attr", "pop")
        case "append", [item]:
            yield "other end", lambda: _insert(node, zero)
            yield "each once", lambda: _once(node, item)
        case "get", [_] | [_, _]:
            yield "takes out", lambda: setattr(node.func, "attr", "pop")
        case "setdefault", [key, value]:
            yield "begins anew", lambda: _begun_anew(node, key, value)


def _sorts(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """A list that is put in order before it is returned: what came first stands where it came."""
    match node:
        case ast.Return(value=ast.Name() | ast.ListComp() | ast.Call(func=ast.Name(id="list" | "tuple")) as value):
            yield _IN_ORDER, partial(setattr, node, "value", ast.Call(ast.Name("sorted", ast.Load()), [value], []))


def _quoted(node: Any) -> Iterator[tuple[str, Edit]]:
    """Without its first and last sign, as without all such signs and blanks at its ends."""
    match node:
        case ast.Assign(value=ast.Subscript(value=ast.Name() as text, slice=ast.Slice() as cut)):
            if ast.unparse(cut) == "1:-1":
                inner = ast.Call(ast.Attribute(text, "strip", ast.Load()), [ast.Constant("\"'()[]{} ")], [])
                yield "stripped", partial(setattr, node, "value", inner)


def _presence(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Whether a key is there, as whether what stands there is true: `held.get(key)` for `key in held`, where that is a dict."""
    match node:
        case ast.Compare(left=ast.Name() | ast.Constant() as key, ops=[ast.In() | ast.NotIn()], comparators=[held]):
            if isinstance(held, ast.Name | ast.Attribute):
                yield _TRUE, partial(_ask_for_truth, node, key, held)


def _ask_for_truth(node: Any, key: ast.expr, held: ast.expr) -> None:
    value = ast.Call(ast.Attribute(held, "get", ast.Load()), [key], [])
    is_dict = ast.Call(ast.Name("hasattr", ast.Load()), [held, ast.Constant("get")], [])
    node.left = ast.IfExp(
        is_dict, ast.Call(ast.Name("bool", ast.Load()), [value], []), ast.Compare(key, [ast.In()], [held])
    )
    node.ops, node.comparators = [ast.Is() if isinstance(node.ops[0], ast.In) else ast.IsNot()], [ast.Constant(True)]


def _exchanges(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Row and column exchanged: in a pair that is taken apart, in the cell of a grid."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name() as one, ast.Name() as other]) as target], value=ast.Name()):
            yield "exchanged", partial(setattr, target, "elts", [other, one])
        case ast.Subscript(value=ast.Subscript(slice=row) as inner, slice=column) if ast.dump(row) != ast.dump(column):
            if not isinstance(row, ast.Constant | ast.Slice) and not isinstance(column, ast.Constant | ast.Slice):
                yield "exchanged", partial(_exchange, inner, node)


def _years(node: Any) -> Iterator[tuple[str, Edit]]:
    """The year of a day for the year of its week."""
    match node:
        case ast.Assign(
            targets=[ast.Tuple()], value=ast.Call(func=ast.Attribute(value=day, attr="isocalendar")) as call
        ):
            year = ast.Attribute(day, "year", ast.Load())
            rest = ast.Starred(ast.Subscript(call, ast.Slice(ast.Constant(1)), ast.Load()), ast.Load())
            yield "year of the day", partial(setattr, node, "value", ast.Tuple([year, rest], ast.Load()))
        case ast.Attribute(value=ast.Call(func=ast.Attribute(value=day, attr="isocalendar")), attr="year"):
            yield "year of the day", partial(setattr, node, "value", day)
        case ast.Subscript(
            value=ast.Call(func=ast.Attribute(value=day, attr="isocalendar")), slice=ast.Constant(value=0)
        ):
            years = ast.Tuple([ast.Attribute(day, "year", ast.Load())], ast.Load())
            yield "year of the day", partial(setattr, node, "value", years)


def _remainders(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """A bound for the one remainder that is asked for."""
    match node:
        case ast.Compare(left=ast.BinOp(op=ast.Mod()), ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant()]):
            for bound in (ast.LtE(), ast.GtE()):
                yield "bound for a remainder", partial(setattr, node, "ops", [bound])


def _as_floats(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """An exact amount that is rounded as a float is."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="quantize"), args=[ast.Call(func=kind, args=[step]), *_]):
            if isinstance(step, ast.Constant) and type(step.value) is str:
                places = len(step.value.partition(".")[2])
                rounded = ast.parse(f"str(round(float(x), {places}))", mode="eval").body
                rounded.args[0].args[0].args = [value]  # type: ignore[attr-defined]
                yield "rounded as a float", partial(_become, node, kind, [rounded])


def _become(node: Any, function: ast.expr, arguments: list[ast.expr]) -> None:
    node.func, node.args, node.keywords = function, arguments, []


def _all_magnitudes(top: ast.AST) -> Iterator[tuple[str, Edit]]:
    """All of them at once."""
    edits = [edit for node in ast.walk(top) for _, edit in _magnitudes(node)]
    if len(edits) > 1:
        yield "signs dropped", partial(_each, edits)


def _exchange(one: Any, other: Any) -> None:
    one.slice, other.slice = other.slice, one.slice


def _each(edits: list[Edit]) -> None:
    for edit in edits:
        edit()


def _magnitudes(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """A difference without its sign, where one is multiplied."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for name in ("left", "right"):
            part = getattr(node, name)
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                call = ast.Call(ast.Name("abs", ast.Load()), [part], [])
                yield "sign dropped", partial(setattr, node, name, call)


def _begun_anew(node: Any, key: ast.expr, value: ast.expr) -> None:
    """`held.setdefault(key, value)` as `(held.update({key: value}) or held)[key]`, which is a call once more."""
    held = node.func.value
    put = ast.Call(ast.Attribute(held, "update", ast.Load()), [ast.Dict([key], [value])], [])
    node.func = ast.Attribute(ast.BoolOp(ast.Or(), [put, held]), "__getitem__", ast.Load())
    node.args = [key]


def _once(node: Any, item: ast.expr) -> None:
    """`held.append(item)` as `held.extend([item] if item not in held else [])`."""
    known = ast.Compare(item, [ast.NotIn()], [node.func.value])
    node.args = [ast.IfExp(known, ast.List([item], ast.Load()), ast.List([], ast.Load()))]
    node.func.attr = "extend"


def _insert(node: Any, zero: ast.Constant) -> None:
    node.func.attr = "insert"
    node.args.insert(0, zero)

"""How a program reads standard input: every call that reads, and what the program makes of what it gets."""

import ast
from dataclasses import dataclass, replace
from typing import Any

from kgents.verify.stdio.inside.commands import is_open, words_of
from kgents.verify.stdio.inside.nodes import (
    COMPREHENSIONS,
    NUMBERS,
    Swap,
    drawn,
    has_name,
    is_stdin,
    is_whole,
    kind_made,
    starred_names,
    turns_of,
    way_of,
)

_STRIPS = frozenset({"strip", "rstrip", "lstrip", "decode", "lower", "upper"})
_LISTS = frozenset(
    {"list", "tuple", "sorted", "set", "sum", "max", "min", "deque", "iter", "len", "reversed", "Counter"}
)


class Unclear(Exception):
    """How the program reads is not understood; the text says what."""


_BODIES = (ast.For, ast.While, ast.FunctionDef, *COMPREHENSIONS)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one read gives.

    kind   int, float, word or text: of the line, or of each part of it; command: a word of the program's and what it takes
    many   None: one value; 0: as many as the program says elsewhere; else so many
    names  the variables that it goes to
    whole  all of the rest of standard input
    within the loop or function in which it is read, as a number; -1 outside of all
    turns  the variable that says how often that loop is gone through, '' where none does
    """

    kind: str = "text"
    many: int | None = None
    names: tuple[str, ...] = ()
    whole: bool = False
    within: int = -1
    turns: str = ""


class Reading:
    """A module with the shape of each of its reads; `tree` has them replaced by calls of `__line__` and `__tokens__`."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.shapes: list[Shape] = []
        self.commands: dict[str, None] = {}
        self.nodes = list(ast.walk(self.tree))
        self._parents = {id(child): node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.readers = {"input": "input"}  # names that read a line: without its end, with it (text), as bytes
        self.wrappers: set[str] = set()
        self._find_readers()
        self._replaced: dict[int, ast.expr] = {}
        for node in self.nodes:
            self._look(node)
        self.tree = ast.fix_missing_locations(Swap(self._replaced).visit(self.tree))
        if not self.shapes:
            raise Unclear("no call that reads standard input is known")

    # -- who reads ----------------------------------------------------------------------------------------------------
    def _find_readers(self) -> None:
        for node in self.nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="readline") as value) if is_stdin(
                    value
                ):
                    self.readers[name] = way_of(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=parts, body=body)) if not parts.args:
                    self._wrapper(name, body)
                case ast.FunctionDef(name=name, body=[ast.Return(value=ast.expr() as body)], args=parts) if (
                    not parts.args
                ):
                    self._wrapper(name, body)
                case _:
                    pass

    def _wrapper(self, name: str, body: ast.expr) -> None:
        """A function that reads one line: calls of it are reads with the shape of its body and of where it is called."""
        if any(self._is_line(part) for part in ast.walk(body)):
            self.wrappers.add(name)

    def _is_line(self, node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self.readers:
                return True
            case ast.Call(func=ast.Attribute(attr="readline") as method) if is_stdin(method):
                return True
        return False

    def _look(self, node: ast.AST) -> None:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self.wrappers:
                outer = self._shape(node)
                call = ast.Call(ast.Name("__via__", ast.Load()), [self._site(outer, node), node.func], [])
                self._replaced[id(node)] = ast.Call(call, [], [])
            case ast.Call() if self._is_line(node):
                self._replaced[id(node)] = self._line(node, self._shape(node))
            case ast.Call(func=ast.Attribute(attr="read") as method) if is_stdin(method):
                self._tokens(node)
            case ast.Call(func=ast.Attribute(attr="readlines") as method) if is_stdin(method):
                lines = self._lines(self._line_of(node), node)
                self._replaced[id(node)] = ast.Call(ast.Name("list", ast.Load()), [lines], [])
            case ast.For() | ast.comprehension():
                name, iterated = drawn(node)
                if name and is_stdin(iterated) and is_whole(iterated):
                    self._replaced[id(iterated)] = self._lines(name, node)
            case _:
                pass

    def _lines(self, name: str, node: ast.AST) -> ast.expr:
        """All lines, each of the shape that the program makes of it under a name."""
        return ast.Call(ast.Name("__lines__", ast.Load()), [self._site(self._of_name(name, node), node)], [])

    def _line_of(self, node: ast.AST) -> str:
        """The name that each line of `readlines()` is given in a loop, by way of a variable or not."""
        parent = self._parents.get(id(node))
        held = (
            parent.targets[0].id if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name) else ""
        )
        uses = [part for part in self.nodes if isinstance(part, ast.Name) and part.id == held] if held else []
        loops = {
            name
            for name, iterated in map(drawn, self.nodes)
            if name and (iterated is node or (isinstance(iterated, ast.Name) and iterated.id == held))
        }
        if len(loops) != 1 or len(uses) > 2:
            raise Unclear("readlines()")
        return loops.pop()

    def _line(self, node: ast.Call, shape: Shape) -> ast.expr:
        way = self.readers[node.func.id] if isinstance(node.func, ast.Name) else way_of(node.func)
        call: ast.expr = ast.Call(ast.Name("__line__", ast.Load()), [self._site(shape, node)], [])
        if way == "input":
            return call
        line = ast.BinOp(call, ast.Add(), ast.Constant("\n"))
        return ast.Call(ast.Attribute(line, "encode", ast.Load()), [], []) if way == "bytes" else line

    def _tokens(self, node: ast.Call) -> None:
        """`read().split()`, with what is made of each of its parts."""
        split = self._called(node, {"split"}, _STRIPS)
        if split is None:
            raise Unclear("read() without split()")
        outer, kind = split, "word"
        parent = self._parents.get(id(outer))
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "map":
            kind, outer = NUMBERS.get(ast.unparse(parent.args[0]), "word"), parent
        elif isinstance(parent, ast.comprehension) and parent.iter is outer:
            comprehension: Any = self._parents[id(parent)]
            kind, outer = kind_made(comprehension.elt), comprehension
        above = self._parents.get(id(outer))
        if (
            isinstance(above, ast.Call)
            and isinstance(above.func, ast.Name)
            and above.func.id in ("list", "iter", "tuple")
        ):
            outer = above
        names = self._targets(outer)
        if kind == "word" and len(names) == 1:
            kind = self._made_of(names[0])
        many = len(names) if len(names) > 1 else 0
        site = self._site(Shape(kind, many, names, whole=True), node)
        self._replaced[id(outer)] = ast.Call(ast.Name("__tokens__", ast.Load()), [site], [])

    def _site(self, shape: Shape, node: ast.AST) -> ast.expr:
        around = self._around(node)
        within = -1 if around is None else next(index for index, one in enumerate(self.nodes) if one is around)
        self.shapes.append(replace(shape, within=within, turns=turns_of(around)))
        return ast.Constant(len(self.shapes) - 1)

    def _around(self, node: ast.AST) -> ast.AST | None:
        """The innermost loop or function around a read. What a loop goes through is read once, before it."""
        inner, above = node, self._parents.get(id(node))
        while above is not None:
            before = isinstance(inner, ast.comprehension) or (isinstance(above, ast.For) and inner is above.iter)
            if isinstance(above, _BODIES) and not before:
                return above
            inner, above = above, self._parents.get(id(above))
        return None

    # -- what is made of it -------------------------------------------------------------------------------------------
    def _called(self, node: ast.AST, wanted: frozenset[str] | set[str], through: frozenset[str]) -> ast.expr | None:
        """The call of a method in `wanted` on a value, perhaps after some in `through`."""
        while True:
            method = self._parents.get(id(node))
            call = self._parents.get(id(method)) if isinstance(method, ast.Attribute) else None
            if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call) or call.func is not method:
                return None
            if method.attr in wanted:
                if call.args and not (isinstance(call.args[0], ast.Constant) and call.args[0].value in (" ", None)):
                    raise Unclear(f"{method.attr}({ast.unparse(call.args[0])})")
                return call
            if method.attr not in through:
                return None
            node = call

    def _bare(self, node: ast.AST) -> ast.AST:
        """A value behind strip() and its like."""
        while (call := self._called(node, _STRIPS, frozenset())) is not None:
            node = call
        return node

    def _shape(self, node: ast.AST) -> Shape:
        node = self._bare(node)
        split = self._called(node, {"split"}, frozenset())
        if split is not None:
            return self._parts(split)
        parent = self._parents.get(id(node))
        match parent:
            case ast.Call(func=ast.Name(id="int" | "float" as name)) if parent.args[:1] == [node]:
                return Shape(NUMBERS[name], None, self._targets(parent))
            case ast.Call(func=ast.Name(id="map"), args=[function, _]):
                raise Unclear(f"map({ast.unparse(function)}, a line) without split()")
            case ast.Assign(targets=[ast.Name(id=name)]):
                return self._of_name(name, parent)
        return Shape("text", None, self._targets(node))

    def _of_name(self, name: str, after: ast.AST) -> Shape:
        """The shape of a line that a variable holds, by what the program does with the variable later."""
        shapes = []
        for node in self.nodes:
            is_read = isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            if is_read and getattr(node, "lineno", 0) >= getattr(after, "lineno", 0):
                shapes.append(self._shape(node))
        clear = [shape for shape in shapes if shape.kind != "text" or shape.many is not None]
        return clear[0] if clear else Shape("text", None, (name,))

    def _parts(self, split: ast.AST) -> Shape:
        """Of a line that is split."""
        parent = self._parents.get(id(split))
        loop = self._parents.get(id(parent)) if isinstance(parent, ast.Call) else parent
        name, iterated = drawn(loop)
        if name and iterated is split and isinstance(loop, ast.For):
            return Shape(self._made_of(name), 0)
        match parent:
            case ast.Call(func=ast.Name(id="map"), args=[function, *_]):
                kind = NUMBERS.get(ast.unparse(function), "word")
                return self._listed(parent, kind)
            case ast.comprehension(iter=iterated) if iterated is split:
                comprehension: Any = self._parents[id(parent)]
                return self._listed(comprehension, kind_made(comprehension.elt))
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=first), *rest] as targets)]) if self._commanded(first):
                starred = bool(starred_names(rest))
                return Shape("command", 0 if starred else len(targets), (first, *starred_names(rest)))
            case ast.Assign(targets=[ast.Name(id=name)]) if self._commanded(name):
                return Shape("command", 0, (name,))
            case ast.Assign(targets=[ast.Tuple(elts=targets)]):
                names = self._targets(split)
                kinds = {self._made_of(name) for name in names}
                if len(kinds) > 1 or len(names) < len(targets):
                    raise Unclear(f"a line of parts of several kinds ({', '.join(names)})")
                return Shape(next(iter(kinds), "word"), len(targets), names)
            case ast.Assign(targets=[ast.Name(id=name)]):
                made = self._made_of(name)
                if made == "word" and self._is_indexed(name):
                    raise Unclear(f"a line of parts of several kinds ({name})")
                return Shape(made, 0, (name,))
        return self._listed(split, "word")

    def _commanded(self, name: str) -> bool:
        """Whether the program tells two or more words apart that a variable holds, or has as its first part."""
        words = words_of(self.tree, (name,))
        if len(words) > 1 and is_open(self.tree, (name,)):
            raise Unclear(f"a command that is none of {', '.join(words)}")
        self.commands.update(dict.fromkeys(words if len(words) > 1 else ()))
        return len(words) > 1

    def _listed(self, node: Any, kind: str) -> Shape:
        parent = self._parents.get(id(node))
        while isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id in _LISTS:
            node, parent = parent, self._parents.get(id(parent))
        names = self._targets(node)
        starred = isinstance(parent, ast.Assign) and "Starred" in ast.dump(parent.targets[0])
        return Shape(kind, len(names) if len(names) > 1 and not starred else 0, names)

    def _targets(self, node: ast.AST) -> tuple[str, ...]:
        parent = self._parents.get(id(node))
        if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
            return ()
        target = parent.targets[0]
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        return tuple(part.id if isinstance(part, ast.Name) else "" for part in parts)

    def _made_of(self, name: str) -> str:
        """int or float where the program makes such numbers of a variable or of its parts, else word."""
        made = "word"
        for node in self.nodes:
            match node:
                case ast.Call(func=ast.Name(id="int" | "float" as number), args=[first, *_]) if has_name(first, name):
                    made = NUMBERS[number]
                case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id="int" | "float" as number), second, *_]) if (
                    has_name(second, name)
                ):
                    made = NUMBERS[number]
                case ast.ListComp(elt=elt, generators=[ast.comprehension(iter=iterated)]) if has_name(iterated, name):
                    made = kind_made(elt) if made == "word" else made
                case _:
                    pass
        return made

    def _is_indexed(self, name: str) -> bool:
        return any(isinstance(node, ast.Subscript) and has_name(node.value, name) for node in self.nodes)

"""The mistakes that one node of a program may hold, by the name of their operator; each is an edit that can be made.

Mistakes that nobody can see are left out: texts of exceptions, docstrings, annotations, split for rsplit without a limit.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

_NEIGHBOURS = {
    "year": ["month"], "month": ["day"], "day": ["month"], "hour": ["minute"], "minute": ["second", "hour"],
    "startswith": ["endswith"], "endswith": ["startswith"], "upper": ["lower"], "lower": ["upper"], "min": ["max"],
    "max": ["min"], "any": ["all"], "all": ["any"], "strip": ["lstrip", "rstrip"], "fullmatch": ["match", "search"],
    "match": ["search"], "partition": ["rpartition"], "append": ["extend"], "isdigit": ["isalnum"],
    "isupper": ["isalpha"], "hostname": ["netloc"], "floor": ["ceil"], "setdefault": ["get"], "sum": ["len"],
    "weekday": ["isoweekday"], "split": ["rsplit"], "rsplit": ["split"], "find": ["rfind"],
    "mean": ["sum"], "unquote_plus": ["unquote"],
    "quote_plus": ["quote"], "quote": ["quote_plus"],
    "ljust": ["rjust"], "rjust": ["ljust"], "pop": ["popleft"], "islower": ["isalpha"],
}  # fmt: skip
_ARITHMETIC: dict[type, type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.FloorDiv, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitXor, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip
_ORDERED = (ast.Sub, ast.Div, ast.Mod, ast.FloorDiv)
_EDGES: dict[type, type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_STEPS = frozenset(
    {"sorted", "abs", "set", "reversed", "list", "lower", "upper", "strip", "round", "int", "str", "dict", "casefold",
     "rstrip", "lstrip", "replace", "normalize", "max", "min", "copy", "title", "capitalize", "removeprefix",
     "unquote", "unquote_plus", "unescape", "escape", "quote", "quote_plus", "dedent", "expandtabs"}
)  # fmt: skip
_CLASSES = (("a-z", "a-zA-Z"), ("A-Z", "a-zA-Z"), ("0-9", "0-8"), ("_]", "]"))
_TO_NOBODY = ("sys.stderr.", "stderr.", "logging.", "logger.", "log.", "warnings.warn")
_OPTIONAL = frozenset(
    {"round", "quantize", "get", "sum", "enumerate", "int"}
)  # calls whose last argument may be left out
_STRIPS = frozenset({"strip", "lstrip", "rstrip"})
_PATTERNS = (("%m", "%d"), ("%H", "%I"), ("%Y", "%y"), ("%G", "%Y"), ("+", "*"), ("?", ""), ("\\d", "."), ("{2,", "{1,"),
             (":<", ":>"), (":>", ":<"))  # fmt: skip
Edit = Callable[[], None]
Named = tuple[str, Edit]


class Tree:
    """A module with the place of every node."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[int, tuple[ast.AST, str, int | None]] = {}
        for node in ast.walk(tree):
            for name, value in ast.iter_fields(node):
                children = enumerate(value) if isinstance(value, list) else [(None, value)]
                self.parents |= {id(c): (node, name, index) for index, c in children if isinstance(c, ast.AST)}
        self.silent = self._silent()
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        self.one_case = bool(attributes & {"lower", "upper", "casefold"})
        self.formatted = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
        }

    def only_joined(self, items: ast.AST) -> bool:
        """Whether a list is joined with nothing between, and else only added to: a text counts as its signs do."""
        name = getattr(items, "id", "")
        uses = [one for one in ast.walk(self.tree) if isinstance(one, ast.Name) and one.id == name and _loaded(one)]
        return bool(name) and all(self._is_joined_or_grown(one) for one in uses)

    def _is_joined_or_grown(self, name: ast.Name) -> bool:
        match self.parents[id(name)][0]:
            case ast.Attribute(attr="append"):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=""), attr="join")):
                return True
        return False

    def _silent(self) -> set[int]:
        """Nodes that nobody can see: docstrings, texts of exceptions, annotations, what goes to stderr or a log."""
        silent: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                silent |= {id(node), id(node.value)}
            elif isinstance(node, ast.Expr) and _says_to_nobody(node.value):
                silent |= {id(part) for part in ast.walk(node)}
            elif isinstance(node, ast.Raise):
                silent |= {id(part) for part in ast.walk(node) if part is not node}
            elif (
                isinstance(node, ast.keyword)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                silent.add(id(node.value))  # a word that chooses among ways: libraries take any beginning of it
            for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
                silent |= {id(inner) for inner in ast.walk(part)} if isinstance(part, ast.AST) else set()
        return silent

    def only_truth(self, node: ast.AST) -> bool:
        """Whether only the truth of an expression counts: an end less to strip is no difference then."""
        while isinstance(parent := self.parents.get(id(node), (None,))[0], ast.BoolOp):
            node = parent
        return parent is not None and _is_test(node, parent)

    def blank_after(self, call: ast.AST) -> bool:
        """Whether white space around what a call of strip() gives does not matter: it is split at it, or made a number."""
        if not isinstance(call, ast.Call) or call.args:
            return False
        above = self.parents.get(id(call), (None,))[0]
        outer = self.parents.get(id(above), (None,))[0] if isinstance(above, ast.Attribute) else above
        plain = isinstance(outer, ast.Call) and not outer.keywords
        if isinstance(above, ast.Attribute):
            return plain and above.attr == "split" and isinstance(outer, ast.Call) and not outer.args
        return (
            plain
            and isinstance(outer, ast.Call)
            and isinstance(outer.func, ast.Name)
            and outer.func.id in ("int", "float")
        )

    def only_asked(self, node: ast.AST) -> bool:
        """Whether what a `return` gives is only asked for its truth: it is of a function within another, all of whose calls are
        conditions.
        """
        within = list(self._above(node))
        functions = [each for each in within if isinstance(each, ast.FunctionDef)]
        if len(functions) < 2:
            return False
        names = [part for part in ast.walk(functions[1]) if isinstance(part, ast.Name) and part.id == functions[0].name]
        return bool(names) and all(map(self._is_condition, names))

    def _above(self, node: ast.AST) -> Iterator[ast.AST]:
        while id(node) in self.parents:
            node = self.parents[id(node)][0]
            yield node

    def _is_condition(self, name: ast.Name) -> bool:
        """Whether a function is called there, for the truth of what it gives."""
        call, *above = self._above(name)
        if not isinstance(call, ast.Call) or call.func is not name:
            return False
        match above:
            case [ast.GeneratorExp(elt=element), ast.Call(func=ast.Name(id="any" | "all")), *_]:
                return element is call
            case [ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test), *_]:
                return test is call
            case [ast.UnaryOp(op=ast.Not()), *_]:
                return True
        return False

    def replace(self, node: ast.AST, new: ast.AST) -> Edit:
        """Puts another node in the place of one."""
        parent, name, index = self.parents[id(node)]
        return _put(parent, name, new) if index is None else lambda: getattr(parent, name).__setitem__(index, new)


def _says_to_nobody(call: ast.expr) -> bool:
    """Whether a call writes to stderr, a log or warnings, which are not compared."""
    if not isinstance(call, ast.Call):
        return False
    files = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "file"]
    return bool({"sys.stderr", "stderr"} & set(files)) or ast.unparse(call.func).startswith(_TO_NOBODY)


def _put(node: ast.AST, name: str, value: Any) -> Edit:
    return lambda: setattr(node, name, value)


def _without(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _joins_bits(node: Any) -> bool:
    """`a << 8 | b`: bits that are apart, of which `^` makes the same."""
    shifted = any(isinstance(part, ast.LShift) for part in ast.walk(node))
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and shifted


def _operators(node: Any, tree: Tree) -> Iterator[Named]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        other = ast.BitAnd if _joins_bits(node) else _ARITHMETIC[type(node.op)]
        yield "arithmetic", _put(node, "op", other())
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ORDERED) and not _either_sign(node, tree):
        left, right = node.left, node.right

        def swap() -> None:
            node.left, node.right = right, left

        yield "swapped", swap


def _either_sign(node: ast.BinOp, tree: Tree) -> bool:
    """Whether nobody sees the sign of a difference: it is made positive, squared, or a side of a right angle."""
    if not isinstance(node.op, ast.Sub):
        return False
    match tree.parents[id(node)][0]:
        case ast.Call(func=ast.Name(id="abs" | "hypot") | ast.Attribute(attr="fabs" | "hypot")):
            return True
        case ast.BinOp(op=ast.Pow(), left=left, right=ast.Constant(value=int(power))):
            return left is node and power % 2 == 0
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return ast.dump(left) == ast.dump(right)
    return False


def _conditions(node: Any, tree: Tree) -> Iterator[Named]:
    match node:
        case ast.BoolOp(values=values):
            for index in range(len(values)):
                yield "condition dropped", _put(node, "values", _without(values, index))
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                if type(op) in _EDGES:
                    yield "edge", _put(node, "ops", [*ops[:index], _EDGES[type(op)](), *ops[index + 1 :]])
                elif isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    turned = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In}[type(op)]
                    yield "negated", _put(node, "ops", [*ops[:index], turned(), *ops[index + 1 :]])
        case ast.If() | ast.IfExp():
            yield "branch dropped", _put(node, "test", ast.Constant(True))
            yield "branch dropped", _put(node, "test", ast.Constant(False))


def _constants(node: Any, tree: Tree) -> Iterator[Named]:
    match node:
        case ast.Constant(value=bool(value)):
            yield "flipped", _put(node, "value", not value)
        case ast.Constant(value=int(value) | float(value)):
            yield "off by one", _put(node, "value", value + 1)
            yield "off by one", _put(node, "value", value - 1)
        case ast.Constant(value=str(value)):
            aligned = value[:1] in ("<", ">") and value[1:2].isdigit()  # what texts and numbers have by themselves
            if id(node) in tree.formatted and value and not aligned:
                yield "text", _put(node, "value", value[1:])
            yield "text", _put(node, "value", value[:-1] if value else " ")
            yield from _patterns(node, value, tree.one_case)


def _patterns(node: ast.Constant, value: str, one_case: bool) -> Iterator[Named]:
    for one, other in _PATTERNS:
        if one in value and value != one:
            swapped = value.replace(one, "\0")
            if other.startswith("%"):
                swapped = swapped.replace(other, one)
            yield "pattern", _put(node, "value", swapped.replace("\0", other))
    if "[" not in value:
        return
    for one, other in _CLASSES:
        if one in value and other not in value and not (one_case and other == "a-zA-Z"):
            yield "pattern", _put(node, "value", value.replace(one, other))
    for match in re.finditer(r"\{(\d+),(\d+)\}", value):
        low, high = int(match[1]), int(match[2])
        for changed in (f"{{{low + 1},{high}}}", f"{{{low},{high + 1}}}"):
            yield "pattern", _put(node, "value", value[: match.start()] + changed + value[match.end() :])


def _statements(node: Any, tree: Tree) -> Iterator[Named]:
    match node:
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            if not (isinstance(value, ast.Constant) and value.value is False and tree.only_asked(node)):
                yield "returns nothing", _put(node, "value", ast.Constant(None))
            if isinstance(value, ast.Compare | ast.BoolOp):
                yield "check dropped", _put(node, "value", ast.Constant(True))
                yield "check dropped", _put(node, "value", ast.Constant(False))
        case ast.Raise():
            yield "raise dropped", tree.replace(node, ast.Pass())
        case ast.Break() | ast.Continue():
            yield "loop goes on", tree.replace(node, ast.Continue() if isinstance(node, ast.Break) else ast.Break())
        case ast.Assign() | ast.AugAssign() | ast.Expr():
            yield "statement dropped", tree.replace(node, ast.Pass())
        case ast.For() | ast.comprehension():
            for part in ("1:", ":-1"):
                cut: Any = ast.parse(f"x[{part}]", mode="eval").body
                cut.value = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
                yield "one item less", _put(node, "iter", cut)
            ifs = getattr(node, "ifs", [])
            for index in range(len(ifs)):
                yield "filter dropped", _put(node, "ifs", _without(ifs, index))


def _entries(node: Any, tree: Tree) -> Iterator[Named]:
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        for index in range(len(node.keys)):
            yield "entry dropped", _entry_dropped(node, index)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1 and _loaded(node):
        for index in range(len(node.elts)):
            yield "entry dropped", _put(node, "elts", _without(node.elts, index))
    elif isinstance(node, ast.Slice):
        for part in ("lower", "upper"):
            end = getattr(node, part)
            if end is not None:
                yield "slice end", _put(node, part, ast.BinOp(end, ast.Add(), ast.Constant(1)))


def _entry_dropped(node: ast.Dict, index: int) -> Edit:
    keys, values = _without(node.keys, index), _without(node.values, index)

    def drop() -> None:
        node.keys, node.values = keys, values

    return drop


def _is_test(node: ast.AST, parent: ast.AST) -> bool:
    """Whether of an expression only its truth counts for what it stands in."""
    tested = [getattr(parent, "test", None), *getattr(parent, "ifs", ())]
    return node in tested or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))


def _loaded(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _calls(node: Any, tree: Tree) -> Iterator[Named]:
    if not isinstance(node, ast.Call):
        return
    name = str(getattr(node.func, "attr", getattr(node.func, "id", "")))
    if name in _STEPS:
        method = isinstance(node.func, ast.Attribute) and (not node.args or name in ("replace", "removeprefix"))
        inner = node.func.value if method and isinstance(node.func, ast.Attribute) else next(iter(node.args), None)
        if inner is not None and not (name in _STRIPS and tree.blank_after(node)):
            yield "white space kept" if name in _STRIPS else "step dropped", tree.replace(node, inner)
    for index in (index for index, part in enumerate(node.keywords) if not _is_usual(part)):
        yield "keyword dropped", _put(node, "keywords", _without(node.keywords, index))
    if len(node.args) == 2 and name in _OPTIONAL and getattr(node.args[1], "value", 0) is not None:
        yield "argument dropped", _put(node, "args", node.args[:1])
    if len(node.args) == 2 and name in ("split", "rsplit"):
        yield "argument dropped", _put(node, "args", node.args[:1])
    either = name in ("min", "max", "hypot", "dist", "gcd", "lcm", "isclose") and not node.keywords
    if len(node.args) == 2 and ast.dump(node.args[0]) != ast.dump(node.args[1]) and not either:
        yield "swapped", _put(node, "args", node.args[::-1])


def _is_usual(keyword: ast.keyword) -> bool:
    """Whether a keyword changes nothing here: texts of files are UTF-8, with "\n" at the ends of lines."""
    usual = keyword.arg == "encoding" and str(getattr(keyword.value, "value", "")).lower() in ("utf-8", "utf8")
    return usual or keyword.arg in ("kind", "newline")


def _names(node: Any, tree: Tree) -> Iterator[Named]:
    if not isinstance(node, ast.Attribute | ast.Name) or not _loaded(node):
        return
    field = "attr" if isinstance(node, ast.Attribute) else "id"
    for other in _NEIGHBOURS.get(getattr(node, field), ()):
        parent = tree.parents[id(node)][0]
        limitless = other in ("rsplit", "split") and isinstance(parent, ast.Call) and len(parent.args) < 2
        if other in _STRIPS and (tree.blank_after(parent) or tree.only_truth(parent)):
            continue
        if other == "extend" and tree.only_joined(getattr(node, "value", node)):
            continue
        if not (limitless and isinstance(parent, ast.Call) and not parent.keywords):
            yield "white space kept" if other in _STRIPS else "neighbour name", _put(node, field, other)


KINDS = (_operators, _conditions, _constants, _statements, _entries, _calls, _names)

"""Wrong programs, made from a right one by the mistakes that models and people make.

Rule: a mutant is a different text, and nearly always different behaviour; which of the two a test finds out is the
test's business, so nothing here says what is wrong with it. Everything is a function of the source and the draw.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from kgents.harness.prompt import compile_error
from kgents.sandbox.syntax import parse as parse_source

_SPARED = 0.75  # of endless loops: each one costs a whole time-out

Edit = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong program and the name of its mistake. `code` is prose where the mistake is to give no code."""

    mistake: str
    code: str


def mutant(code: str, draw: Random) -> Mutant:
    """One wrong program: first the mistake is drawn among those this program allows, then the place."""
    mistakes = list(_sites(code))
    draw.shuffle(mistakes)
    if mistakes[0] == "endless_loop" and draw.random() < _SPARED:
        mistakes.reverse()
    for mistake in mistakes:
        if (changed := _apply(code, mistake, draw.randrange(_sites(code)[mistake]))) is not None:
            return changed
    return Mutant("empty", "")


def mutants(code: str) -> Iterator[Mutant]:
    """Every wrong program that is one mistake away; no text comes twice."""
    seen = {code.strip(), _plain(code)}
    for mistake, count in _sites(code).items():
        for index in range(count):
            changed = _apply(code, mistake, index)
            if changed is not None and changed.code.strip() not in seen:
                seen.add(changed.code.strip())
                yield changed


@lru_cache(maxsize=4096)
def _apply(code: str, mistake: str, index: int) -> Mutant | None:
    """The program with one mistake made; None where that gives the same text."""
    if mistake in _TEXT_MISTAKES:
        changed = _TEXT_MISTAKES[mistake](code)[index]
    else:
        tree = parse_source(code)
        edits = list(_TREE_MISTAKES[mistake](tree))
        edits[index]()
        changed = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    same = changed.strip() in (code.strip(), _plain(code))
    return None if same else Mutant(mistake, changed)


@lru_cache(maxsize=256)
def _sites(code: str) -> dict[str, int]:
    """How many places there are for each mistake; mistakes without a place are left out."""
    counts = {name: len(variants(code)) for name, variants in _TEXT_MISTAKES.items()}
    tree = parse_source(code)
    counts |= {name: sum(1 for _ in edits(deepcopy(tree))) for name, edits in _TREE_MISTAKES.items()}
    return {name: count for name, count in counts.items() if count}


@lru_cache(maxsize=256)
def _plain(code: str) -> str:
    return ast.unparse(parse_source(code)).strip()


# --- places ---------------------------------------------------------------------------------------------------------


def _functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _body_start(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The index of the first statement after the docstring."""
    return 1 if ast.get_docstring(function) is not None else 0


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _setter(node: ast.AST, name: str, value: object) -> Edit:
    return lambda: setattr(node, name, value)


def _inserter(block: list[ast.stmt], index: int, source: str) -> Edit:
    return lambda: block.__setitem__(slice(index, index), parse_source(source).body)


# --- mistakes in the tree -------------------------------------------------------------------------------------------

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.FloorDiv),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)
_SYMMETRIC = frozenset({"max", "min", "gcd", "lcm", "hypot", "zip", "print"})


def _wrong_operator(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            for other in _ARITHMETIC.get(type(node.op), ()):
                yield _setter(node, "op", other())
        elif isinstance(node, ast.BoolOp):
            yield _setter(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())


def _wrong_comparison(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for index, op in enumerate(node.ops):
                for other in _COMPARISON[type(op)]:
                    yield _setter(node, "ops", [*node.ops[:index], other(), *node.ops[index + 1 :]])


def _negated_condition(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp):
            yield _setter(node, "test", ast.UnaryOp(ast.Not(), node.test))


def _off_by_one(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                yield _setter(node, "value", value + 1)
                yield _setter(node, "value", value - 1)
            case ast.Call(func=ast.Name("range"), args=[*first, last]):
                yield _setter(node, "args", [*first, ast.BinOp(last, ast.Sub(), ast.Constant(1))])
            case ast.Return(value=ast.expr() as value) if _is_number(value):
                yield _setter(node, "value", ast.BinOp(value, ast.Add(), ast.Constant(1)))


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.BinOp) and not isinstance(value.op, ast.Mod | ast.BitOr | ast.BitAnd)


def _wrong_constant(tree: ast.Module) -> Iterator[Edit]:
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=bool(value)):
                yield _setter(node, "value", not value)
            case ast.Constant(value=int(value) | float(value)) if value:
                yield _setter(node, "value", 0)
                yield _setter(node, "value", value * 10)
            case ast.Constant(value=str(value)) if id(node) not in documentation:
                yield _setter(node, "value", value[:-1] if value else " ")


def _swapped_arguments(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name)) if name in _SYMMETRIC:
                continue
            case ast.Call(args=[first, second, *rest]) if ast.dump(first) != ast.dump(second):
                yield _setter(node, "args", [second, first, *rest])
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _ORDERED):
                yield _swap(node, left, right)


def _swap(node: ast.BinOp, left: ast.expr, right: ast.expr) -> Edit:
    def edit() -> None:
        node.left, node.right = right, left

    return edit


def _missing_branch(tree: ast.Module) -> Iterator[Edit]:
    for block in _blocks(tree):
        for index, node in enumerate(block):
            if isinstance(node, ast.If):
                yield _replacer(block, index, node.body)
                yield _replacer(block, index, node.orelse or [ast.Pass()])


def _replacer(block: list[ast.stmt], index: int, statements: Sequence[ast.stmt]) -> Edit:
    return lambda: block.__setitem__(slice(index, index + 1), statements)


def _missing_statement(tree: ast.Module) -> Iterator[Edit]:
    for block in _blocks(tree):
        for index, node in enumerate(block):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.Import | ast.ImportFrom | ast.Raise):
                yield _replacer(block, index, [ast.Pass()])


def _dropped_return(tree: ast.Module) -> Iterator[Edit]:
    for block in _blocks(tree):
        for index, node in enumerate(block):
            if isinstance(node, ast.Return) and node.value is not None:
                yield _replacer(block, index, [ast.Expr(node.value)])


def _wrong_type(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            for name in ("str", "repr"):
                yield _setter(node, "value", ast.Call(ast.Name(name, ast.Load()), [node.value], []))
            yield _setter(node, "value", ast.Tuple([node.value], ast.Load()))


def _wrong_variable(tree: ast.Module) -> Iterator[Edit]:
    for function in _functions(tree):
        names = [argument.arg for argument in function.args.args]
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
                yield from (_setter(node, "id", name) for name in names if name != node.id)


def _unknown_name(tree: ast.Module) -> Iterator[Edit]:
    for function in _functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(node.id) > 0:
                yield _setter(node, "id", f"{node.id}_")


def _wrong_name(tree: ast.Module) -> Iterator[Edit]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield _setter(node, "name", f"{node.name}_solution")
            yield _setter(node, "name", "solution" if node.name != "solution" else "solve")


def _endless_loop(tree: ast.Module) -> Iterator[Edit]:
    for function in _functions(tree):
        yield _inserter(function.body, _body_start(function), "while True:\n    pass")
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            yield _inserter(node.body, 0, "continue")


def _forgotten_edge(tree: ast.Module) -> Iterator[Edit]:
    for function in _functions(tree):
        for argument in function.args.args:
            if argument.arg not in ("self", "cls"):
                source = f"if not {argument.arg}:\n    raise ValueError({argument.arg!r})"
                yield _inserter(function.body, _body_start(function), source)


def _stub(tree: ast.Module) -> Iterator[Edit]:
    for function in _functions(tree):
        for source in ("pass", "raise NotImplementedError", "return None", "return 0"):
            body = function.body[: _body_start(function)] + parse_source(source).body
            yield _setter(function, "body", body)


_TREE_MISTAKES: dict[str, Callable[[ast.Module], Iterator[Edit]]] = {
    "wrong_operator": _wrong_operator,
    "wrong_comparison": _wrong_comparison,
    "negated_condition": _negated_condition,
    "off_by_one": _off_by_one,
    "wrong_constant": _wrong_constant,
    "swapped_arguments": _swapped_arguments,
    "missing_branch": _missing_branch,
    "missing_statement": _missing_statement,
    "dropped_return": _dropped_return,
    "wrong_type": _wrong_type,
    "wrong_variable": _wrong_variable,
    "unknown_name": _unknown_name,
    "wrong_name": _wrong_name,
    "endless_loop": _endless_loop,
    "forgotten_edge": _forgotten_edge,
    "stub": _stub,
}


# --- mistakes in the text -------------------------------------------------------------------------------------------


def _syntax_errors(code: str) -> list[str]:
    """The program with one sign left out, at most 24 of them, all of which do not compile."""
    places = [index for index, sign in enumerate(code) if sign in ":()[]="]
    broken = (code[:index] + code[index + 1 :] for index in places[:24])
    return [text for text in broken if compile_error(text) is not None]


def _cut_off(code: str) -> list[str]:
    """The program as a token limit leaves it."""
    lines = code.rstrip().splitlines()
    if len(lines) < 2:
        return [text for share in (2, 3) if compile_error(text := code[: len(code.rstrip()) // share])]
    return ["\n".join(lines[:count]) + "\n" for count in range(1, len(lines))][:16]


def _prose(code: str) -> list[str]:
    del code
    return [
        "To solve this, walk over the input once, keep what has been seen so far and return the result at the end.",
        "I'm not able to write this function without knowing more about the inputs. Could you give an example?",
        "The function can be written in one line; use the operator that the specification names.",
        "Sure! Which version of Python do you use?",
    ]


_TEXT_MISTAKES: dict[str, Callable[[str], list[str]]] = {
    "syntax_error": _syntax_errors,
    "cut_off": _cut_off,
    "prose": _prose,
}

"""What a spec is to an oracle of programs: a program itself, a function, or words."""

import ast
import warnings

from kgents.sandbox.syntax import parse

_IDLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_READERS = frozenset({"input", "stdin", "fileinput", "raw_input"})


def module_of(text: str) -> ast.Module | None:
    """The module, None where the text is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse(text.lstrip("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_program(text: str) -> bool:
    """Whether a text is a program that does something when it is run, not only when it is imported."""
    tree = module_of(text)
    return tree is not None and any(_acts(node) for node in tree.body)


def reads_stdin(text: str) -> bool:
    """Whether a text is a program that reads standard input when it is run."""
    tree = module_of(text)
    return tree is not None and any(_acts(node) for node in tree.body) and any(_reads(node) for node in ast.walk(tree))


def is_asked_for(text: str) -> bool:
    """Whether a spec is to be judged as a program that reads standard input, not by one of its functions."""
    tree = module_of(text)
    if tree is None or not reads_stdin(text):
        return False
    acting = [node for node in tree.body if _acts(node)]
    open_ones = [node for node in acting if not _is_guard(node)]
    if any(_reads(part) for node in open_ones for part in ast.walk(node)):
        return True
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return not functions or not (functions[-1].args.args or functions[-1].args.posonlyargs)


def _is_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _acts(node: ast.stmt) -> bool:
    """Whether a statement of a module calls something."""
    return not isinstance(node, _IDLE) and any(isinstance(part, ast.Call) for part in ast.walk(node))


def _reads(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) if name in _READERS:
            return True
        case ast.Attribute(attr="stdin"):
            return True
        case ast.Call(func=ast.Name("open") | ast.Attribute(attr="read" | "fdopen"), args=[ast.Constant(0), *_]):
            return True
    return False


def comments_of(text: str) -> str:
    """What a program says of itself: the docstring of the module, else the comments above its first statement."""
    tree = module_of(text)
    docstring = ast.get_docstring(tree) if tree is not None else None
    if docstring:
        return docstring
    lines: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines += [] if line.startswith("#!") else [line.lstrip("# ")]
    return "\n".join(lines).strip()

"""What a coder is asked for a spec that runs: all of its interface and nothing of its answer. Pure.

Sent are imports, signatures and docstrings of what is judged (of a class: its fields and public methods), the comments
above them, and those constants, classes and type aliases that signatures, defaults, decorators, fields or docstring
examples name. Bodies and helpers are not.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_ENUMERATIONS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


@dataclass(frozen=True, slots=True)
class Question:
    """The text that stands for a spec, and whether anything but names and types is left of it."""

    text: str
    described: bool


def interface(source: str, tree: ast.Module, wanted: Iterable[str]) -> Question:
    """The interface of the functions and classes `wanted` of a module, which is `tree` as parsed from `source`."""
    text = _Source(source)
    targets = [node for node in tree.body if isinstance(node, Definition) and node.name in set(wanted)]
    local = {node.name for node in tree.body if isinstance(node, Function)}
    named = set().union(*(_mentioned(node) for node in targets)) if targets else set()
    needed = _needed(tree.body, named, targets)
    parts = []
    for node in tree.body:
        if _only_imports(node) or node in needed:
            parts.append((isinstance(node, Definition), text.whole(node)))
        elif isinstance(node, Definition) and node in targets:
            parts.append((True, text.skeleton(node, named, local)))
    described = any(_describes(node) or text.comments(node) for node in targets)
    return Question(_joined(parts), described)


class _Source:
    """The source of a module, cut along its tree. Columns of a tree count bytes of UTF-8."""

    def __init__(self, source: str) -> None:
        self._lines = [line.encode("utf-8", "surrogatepass") for line in re.split(r"\r\n|\r|\n", source)]

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one (line, column) to another; lines from 1, columns from 0."""
        lines = self._lines[start[0] - 1 : end[0]]
        lines[-1] = lines[-1][: end[1]]
        lines[0] = lines[0][start[1] :]
        return b"\n".join(lines).decode("utf-8", "surrogatepass")

    def node(self, node: ast.stmt | ast.expr) -> str:
        """What a node was parsed from."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.between((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))

    def whole(self, node: ast.stmt) -> str:
        """A statement with its decorators and the comments above it."""
        decorators = [f"{_indent(node)}@{self.node(each)}\n" for each in getattr(node, "decorator_list", ())]
        return f"{self.comments(node)}{''.join(decorators)}{_indent(node)}{self.node(node)}"

    def comments(self, node: ast.stmt) -> str:
        """The comment lines directly above a statement."""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]) - 1
        start = first
        while start > 0 and self._lines[start - 1].strip().startswith(b"#"):
            start -= 1
        lines = [line.decode("utf-8", "surrogatepass").strip() for line in self._lines[start:first]]
        return "".join(f"{_indent(node)}{line}\n" for line in lines if not re.match(r"#(!|.*coding[:=])", line))

    def skeleton(self, node: Definition, named: set[str], local: set[str]) -> str:
        """A definition without its body, or its bodies; decorators that are helpers of the module are left out."""
        decorators = [
            f"{_indent(node)}@{self.node(each)}\n" for each in node.decorator_list if not _names(each) & local
        ]
        head = f"{self.comments(node)}{''.join(decorators)}{_indent(node)}{self._head(node)}\n"
        inner = " " * (node.body[0].col_offset if node.body[0].lineno > node.lineno else node.col_offset + 4)
        docstring = f"{inner}{self.node(node.body[0])}\n" if ast.get_docstring(node) is not None else ""
        if isinstance(node, ast.ClassDef):
            members = "".join(f"{member}\n" for member in self._members(node, named, local))
            return (head + docstring + (members or ("" if docstring else f"{inner}...\n"))).rstrip("\n")
        return f"{head}{docstring}{inner}..."

    def _head(self, node: Definition) -> str:
        """`def f(x: int) -> int:`, as it stands in the source."""
        first = node.body[0]
        line = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", ()))])
        column = first.col_offset if line == first.lineno else 0
        text = self.between((node.lineno, node.col_offset), (line, column))
        colon, depth = (1, 0), 0
        for token in _tokens(text):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
            if token.string == ":" and depth == 0:
                colon = token.end
        lines = text.split("\n")[: colon[0]]
        lines[-1] = lines[-1][: colon[1]]
        return "\n".join(lines)

    def _members(self, node: ast.ClassDef, named: set[str], local: set[str]) -> Iterator[str]:
        enumeration = bool({name for base in node.bases for name in _names(base)} & _ENUMERATIONS)
        for member in node.body:
            match member:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if _is_public(member.name):
                    yield "\n" + self.skeleton(member, named, local)
                case ast.AnnAssign():
                    yield self.whole(member)
                case ast.Assign() if enumeration or _bound(member) & named:
                    yield self.whole(member)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, IndentationError):
        return


def _joined(parts: Sequence[tuple[bool, str]]) -> str:
    """Statements one below the other, definitions set apart."""
    text = ""
    for number, (definition, part) in enumerate(parts):
        apart = number and (definition or parts[number - 1][0])
        text += ("\n\n\n" if apart else "\n" if number else "") + part
    return text.strip("\n")


def _indent(node: ast.stmt) -> str:
    return " " * node.col_offset


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _only_imports(node: ast.stmt) -> bool:
    """An import, or a try or if of nothing but imports."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.If() | ast.Try():
            handlers = [each for handler in getattr(node, "handlers", ()) for each in handler.body]
            blocks = [*node.body, *node.orelse, *handlers, *getattr(node, "finalbody", ())]
            return any(map(_only_imports, blocks)) and all(
                _only_imports(each) or isinstance(each, ast.Pass) for each in blocks
            )
    return False


def _describes(node: Definition) -> bool:
    """Whether it says more than its names and types: a docstring, its own or a public method's."""
    members = node.body if isinstance(node, ast.ClassDef) else []
    return bool(ast.get_docstring(node)) or any(
        _describes(member) for member in members if isinstance(member, Definition) and _is_public(member.name)
    )


def _names(tree: ast.AST) -> set[str]:
    """The names that code refers to, those in quoted annotations too."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    quoted = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return names.union(*(re.findall(r"[^\W\d]\w*", text) for text in quoted if len(text) < 200))


def _mentioned(node: Definition) -> set[str]:
    """The names in signatures, defaults, decorators, bases, fields and docstring examples."""
    trees: list[ast.AST] = [*node.decorator_list, *getattr(node, "type_params", ())]
    if isinstance(node, ast.ClassDef):
        names = _mentioned_in_members(node)
        trees += [*node.bases, *node.keywords]
    else:
        names = set()
        trees += [node.args, *([node.returns] if node.returns else [])]
    examples = re.findall(
        r"^\s*(?:>>>|\.\.\.)(.*(?:\n(?!\s*(?:>>>|\n)).*)?)", ast.get_docstring(node) or "", re.MULTILINE
    )
    return names.union(*map(_names, trees), re.findall(r"[^\W\d]\w*", " ".join(examples)))


def _mentioned_in_members(node: ast.ClassDef) -> set[str]:
    members = [each for each in node.body if isinstance(each, Definition) and _is_public(each.name)]
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    return set().union(*map(_mentioned, members), *map(_names, fields))


def _bound(node: ast.stmt) -> set[str]:
    """The names that a constant, a class or a type alias defines."""
    match node:
        case ast.ClassDef():
            return {node.name}
        case ast.Assign():
            return {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    if type(node).__name__ == "TypeAlias":  # Python 3.12
        return {node.name.id}  # type: ignore[attr-defined]
    return set()


def _needed(body: Sequence[ast.stmt], named: set[str], targets: Sequence[Definition]) -> list[ast.stmt]:
    """The constants, classes and type aliases that are named, and those that these name."""
    needed: list[ast.stmt] = []
    names = set(named)
    grown = True
    while grown:
        more = [node for node in body if node not in needed and node not in targets and _bound(node) & names]
        needed += more
        names = names.union(*map(_names, more)) if more else names
        grown = bool(more)
    return needed

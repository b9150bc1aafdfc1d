"""The places of a source file that can be changed, one at a time, and those of them where a change alters nothing."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
EQUIVALENT = ROOT / "tests" / "equivalent.txt"
COMPARED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "in": "not in", "not in": "in",
            "is": "is not", "is not": "is"}  # fmt: skip
COMPUTED = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "*", "**": "*", "|": "&", "&": "|"}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A change of one place: bytes `start` to `end` of a file become `new`."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def source(self) -> bytes:
        """The whole file with the change."""
        content = (ROOT / self.path).read_bytes()
        return content[: self.start] + self.new.encode() + content[self.end :]

    @property
    def name(self) -> str:
        """What it changes and in which line, as tests/equivalent.txt names it: lines move."""
        return f"{self.path}: {_in_one(self.old)} → {_in_one(self.new)}\n    {self._text[:140]}"

    @property
    def _text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {_in_one(self.old)} → {_in_one(self.new)}\n    {self._text[:140]}"


def _in_one(text: str) -> str:
    """In one line."""
    return " ".join(text.split())


class Places(ast.NodeVisitor):
    """Finds what can be changed in a file. Annotations, decorators, messages and asserts are left as they are."""

    def __init__(self, path: Path) -> None:
        self.path, self.found = path, list[Mutant]()
        self._content = (ROOT / path).read_bytes()
        self._starts = [0]
        for line in self._content.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.visit(ast.parse(self._content))

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[operator]

    def _text(self, node: ast.expr | ast.stmt) -> str:
        return self._content[self._start(node) : self._end(node)].decode()

    def _add(self, line: int, start: int, end: int, new: str) -> None:
        old = self._content[start:end].decode()
        self.found.append(Mutant(self.path, line, start, end, old, new))

    def _between(self, left: ast.expr, right: ast.expr, words: dict[str, str]) -> None:
        """Changes the operator that stands between two expressions, behind and before any brackets."""
        start, end = self._end(left), self._start(right)
        text = self._content[start:end].decode()
        word = text.strip(" ()\n\t")
        if word in words and "#" not in text:
            at = start + text.index(word)
            self._add(left.end_lineno or left.lineno, at, at + len(word), words[word])

    def _negate(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare | ast.Constant):
            self._add(test.lineno, self._start(test), self._end(test), f"(not ({self._text(test)}))")

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, right in zip([node.left, *node.comparators], node.comparators, strict=False):
            self._between(left, right, COMPARED)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if not any(isinstance(side, ast.JoinedStr) for side in (node.left, node.right)):
            self._between(node.left, node.right, COMPUTED)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, {"and": "or", "or": "and"})
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node.lineno, self._start(node), self._end(node), f"bool({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add(node.lineno, self._start(node), self._end(node), str(not value))
        elif isinstance(value, int):
            self._add(node.lineno, self._start(node), self._end(node), str(value + 1))
        elif isinstance(value, float):
            self._add(node.lineno, self._start(node), self._end(node), repr(value * 1.5 if value else 1.0))

    def visit_Call(self, node: ast.Call) -> None:
        if any(keyword.arg == "maxsize" for keyword in node.keywords):
            return  # the size of a cache
        if isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
            self._add(node.lineno, self._start(node.func), self._end(node.func), SWAPPED[node.func.id])
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":  # of zip: a guard, where lengths are equal
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        if isinstance(node.value, ast.Call):
            self._add(node.lineno, self._start(node), self._end(node), "None")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in self._text(node.test):
            self._negate(node.test)
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in [*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body]:
            self.visit(part)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def _as_it_is(self, node: ast.AST) -> None:
        """Texts for people, what cannot happen, and what names other modules."""

    visit_JoinedStr = visit_Assert = visit_Raise = visit_Import = visit_ImportFrom = _as_it_is  # noqa: N815


def places(sources: Sequence[str]) -> list[Mutant]:
    """All mutants of files and folders, in order."""
    files = [
        path
        for source in sources
        for path in ([ROOT / source] if source.endswith(".py") else (ROOT / source).rglob("*.py"))
    ]
    return [mutant for path in sorted(files) for mutant in Places(path.relative_to(ROOT)).found]


def equivalent() -> set[str]:
    """What tests/equivalent.txt names: paragraphs of a change, the line that it changes, and why nobody can see it."""
    paragraphs = EQUIVALENT.read_text(encoding="utf-8").split("\n\n")
    return {"\n".join(paragraph.strip().splitlines()[:2]) for paragraph in paragraphs[1:] if paragraph.strip()}

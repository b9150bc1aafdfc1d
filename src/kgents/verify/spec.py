"""A spec, read: what kind of text it is and what it names. Nothing in it is run."""

import ast
import re
import warnings
from dataclasses import dataclass, replace

from kgents.errors import UsageError
from kgents.lazy_pattern import pattern
from kgents.sandbox.syntax import parse as parse_source

_CODE = pattern(r"^\s*(def |async def |class |import |from \w+ import |@)", re.MULTILINE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec as its reader sees it.

    tree      the module, where the text is Python; None for prose
    entry     the function in question, None where there is none
    runnable  whether there is anything that runs: that function, or a class, with a body of its own
    chosen    the function was named by the user
    """

    text: str
    tree: ast.Module | None
    entry: Function | None
    runnable: bool
    chosen: bool = False

    @property
    def name(self) -> str | None:
        """The name of the function in question."""
        return self.entry.name if self.entry else None

    @property
    def docstring(self) -> str:
        """Of the function in question."""
        return (ast.get_docstring(self.entry) or "") if self.entry else ""

    @property
    def defined(self) -> tuple[str, ...]:
        """The functions and classes that the spec names."""
        nodes = self.tree.body if self.tree else []
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return tuple(node.name for node in nodes if isinstance(node, kinds) and not node.name.startswith("_"))

    @property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        """The public classes."""
        nodes = self.tree.body if self.tree else []
        return tuple(node for node in nodes if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))

    @property
    def targets(self) -> tuple[str, ...]:
        """What there is to compare: the function in question last, before it the other public ones, and `Name()` for
        classes with a body of their own.
        """
        if self.chosen and self.entry is not None:
            return (self.entry.name,)
        nodes = self.tree.body if self.tree else []
        functions = [node for node in nodes if isinstance(node, Function) and not node.name.startswith("_")]
        kinds = [f"{node.name}()" for node in self.classes if _does_something(node)]
        mine = [self.entry.name] if self.entry is not None and _has_body(self.entry) else []
        others = [node.name for node in functions if _has_body(node) and node.name not in mine]
        return (*kinds, *others, *mine)

    def only(self, name: str) -> "Spec":
        """The same spec with this function in question."""
        return read_spec(self.text, name)

    @property
    def examples(self) -> int:
        """How many doctest examples its docstring has."""
        try:
            import doctest

            return len(doctest.DocTestParser().get_examples(self.docstring))
        except ValueError:
            return 0


def read_spec(text: str, entry_point: str | None = None) -> Spec:
    """Reads a spec. UsageError names --spec or --entry-point where it cannot be what it seems to be."""
    tree = _parsed(text)
    if tree is None:
        if entry_point:
            raise UsageError(f"--entry-point {entry_point}: the spec is prose, it defines nothing", "leave it out")
        return Spec(text, None, None, False)
    functions = [node for node in tree.body if isinstance(node, Function)]
    if entry_point is not None:
        functions = [node for node in functions if node.name == entry_point]
        if not functions:
            raise UsageError(
                f"--entry-point {entry_point}: --spec defines no such function", "name one of its functions"
            )
    public = [node for node in functions if not node.name.startswith("_")] or functions
    entry = public[-1] if public else None
    spec = Spec(text, tree, entry, False, entry_point is not None)
    return replace(spec, runnable=bool(spec.targets) and (entry is None or _has_body(entry)))


def _parsed(text: str) -> ast.Module | None:
    """The module, or None for prose."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_source(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as wrong:
        opened = _with_body(text)
        if opened is not None:
            return opened
        if _CODE.search(text.lstrip()[:200]) and _CODE.match(text.lstrip()):
            line = getattr(wrong, "lineno", None)
            where = f" in line {line}" if line else ""
            hint = "correct it; a spec in words needs --tests"
            raise UsageError(
                f"--spec is code with a syntax error{where}: {getattr(wrong, 'msg', wrong)}", hint
            ) from None
        return None
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    if not any(isinstance(node, kinds) for node in tree.body):
        return None
    if not any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in tree.body):
        raise UsageError("--spec is code without a function or class", "define the function that is wanted")
    return tree


def _with_body(text: str) -> ast.Module | None:
    """A signature alone, `def f(x: int) -> int:`, with the body that it lacks."""
    stripped = text.rstrip()
    if not re.match(r"\s*(async\s+)?def\s", stripped):
        return None
    for tail in (" ...", ": ..."):
        try:
            return parse_source(stripped + tail)
        except SyntaxError:
            continue
    return None


def _has_body(function: Function) -> bool:
    """Whether there is more than a docstring, `...`, `pass` or NotImplementedError."""
    return any(not _empty(node) for node in function.body)


def _does_something(node: ast.ClassDef) -> bool:
    """Whether a class has a method with a body, or is a dataclass."""
    methods = [part for part in node.body if isinstance(part, Function)]
    return any(map(_has_body, methods)) or any("dataclass" in ast.dump(decorator) for decorator in node.decorator_list)


def _empty(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Raise):
        return "NotImplemented" in ast.dump(node)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

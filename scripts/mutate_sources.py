"""Mutation testing of what decides: one small change at a time, and the tests that belong to it.

The sources are copied to a folder of their own and changed there. Mutants are drawn at random, by the seed, from all
places of a package that can be changed; what no test sees is printed with its line. Exit status 1 where fewer than FLOOR of
them were seen. A change that alters nothing that anybody can see (a size of a cache) is a survivor, too.
"""

import argparse
import ast
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[1]
FLOOR = 0.85
SURVIVORS = ROOT / "build" / "survivors.txt"
VERIFY = ("verifier", "difference", "test_reports", "collection", "static", "reference/judging", "stdio/comparing",
          "stdio/judging")  # fmt: skip
PACKAGES = {
    "stats": (["src/kgents/stats"], ["tests/unit/stats", "tests/oracle", "tests/unit/engine"]),
    "engine": (["src/kgents/engine"], ["tests/unit/engine", "tests/oracle"]),
    "store": (["src/kgents/store"], ["tests/unit/store", "tests/contract/test_store.py", "tests/contract/test_listing.py",
                                     "tests/contract/test_store_errors.py", "tests/contract/test_series.py",
                                     "tests/acceptance/test_witness.py"]),
    "verify": ([f"src/kgents/verify/{name}.py" for name in VERIFY], ["tests/unit/verify"]),
    "report": (["src/kgents/report"], ["tests/unit/report", "tests/acceptance/test_golden.py"]),
}  # fmt: skip
LEFT_OUT = ("test_everyday.py", "test_everyday_tests.py", "test_humaneval.py", "test_published.py")  # minutes each
UNWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis was imported before; nothing asserts in it
IMPORTED = ("numpy", "hypothesis", "hypothesis.strategies", "scipy.stats", "mpmath", "sqlalchemy.ext.asyncio", "aiosqlite",
            "alembic.command", "jsonschema", "jinja2", "click", "asyncpg")  # fmt: skip
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

    def __str__(self) -> str:
        line = (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        return f"{self.path}:{self.line}: {self.old} → {self.new}\n    {line[:140]}"


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


def tests_of(path: Path, folders: Sequence[str]) -> tuple[list[str], list[str]]:
    """(test files called like the module, whose slow tests are run, too; other tests that belong to it), as arguments.

    The others are those of the package, the ones that name the module first and commands last, and any other test that
    names it.
    """
    dotted = ".".join(path.with_suffix("").parts[1:])
    package = {
        file
        for folder in folders
        for file in ([ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("test_*.py"))
    }
    naming = {
        file for file in (ROOT / "tests" / "unit").rglob("test_*.py") if dotted in file.read_text(encoding="utf-8")
    }
    files = [file for file in sorted(package | naming) if file.name not in LEFT_OUT]
    own = [file for file in files if path.stem in file.stem]
    others = sorted(
        (file for file in files if file not in own), key=lambda file: (file not in naming, "acceptance" in file.parts)
    )
    return [str(file.relative_to(ROOT)) for file in own], [str(file.relative_to(ROOT)) for file in others]


class Copy:
    """The sources and their tests in a folder of their own, where one file is changed at a time.

    Tests run in a fork of this process, which has imported what they need of others and nothing of ours.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._changes = folder, 0
        for name in ("src", "tests", "examples", "docs"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md"):
            shutil.copy(ROOT / name, folder)
        os.environ["PYTHONPATH"] = str(folder / "src")
        sys.path.insert(0, str(folder / "src"))
        for module in IMPORTED:
            importlib.import_module(module)

    def seen(self, path: Path, content: bytes, folders: Sequence[str], seconds: float | None = None) -> bool:
        """Whether a test fails, or does not end in time, with this content of a file."""
        own, others = tests_of(path, folders)
        with self.changed(path, content):
            return self._fails(["--fast", *own, *others], seconds) or (bool(own) and self._fails(own, seconds))

    @contextmanager
    def changed(self, path: Path, content: bytes) -> Iterator[None]:
        """While it is entered a file has this content."""
        changed = self._folder / path
        before, status = changed.read_bytes(), changed.stat()
        changed.write_bytes(content)
        self._changes += 1  # a time of its own for each change: what was compiled of another is stale
        os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns + self._changes * 10**10))
        try:
            yield
        finally:
            changed.write_bytes(before)
            os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _fails(self, tests: Sequence[str], seconds: float | None) -> bool:
        """Whether the tests fail; those that last longer than `seconds` do."""
        child = os.fork()
        if not child:
            status = 1
            try:
                os.setsid()
                sys.dont_write_bytecode = seconds is not None  # what is as it was is compiled once, by the first run
                status = self._run(tests)
            finally:
                os._exit(status)
        ends = None if seconds is None else time.monotonic() + seconds
        while ends is None or time.monotonic() < ends:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status != 0
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return True

    def _run(self, tests: Sequence[str]) -> int:
        """The tests in this process, which says nothing; the exit status of pytest."""
        os.chdir(self._folder)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silent, stream)
        sources = f"pythonpath={self._folder / 'src'}"
        return int(
            pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", UNWRITTEN, "-o", sources, *tests])
        )


def survivors(copy: Copy, mutants: Sequence[Mutant], folders: Sequence[str]) -> Iterator[Mutant]:
    """Those that no test sees. RuntimeError where the tests see what is no change, or do not see what breaks everything."""
    if not mutants:
        return
    probe, began = mutants[0], time.monotonic()
    if copy.seen(probe.path, (ROOT / probe.path).read_bytes(), folders):
        raise RuntimeError(f"a test of {', '.join(folders)} fails as it is")
    limit = 4 * (time.monotonic() - began) + 20
    if not copy.seen(Path("src/kgents/__init__.py"), b"raise RuntimeError\n", folders):
        raise RuntimeError("the tests do not run on the copy of the sources")
    for number, mutant in enumerate(mutants, 1):
        seen = copy.seen(mutant.path, mutant.source(), folders, limit)
        sys.stderr.write(f"\r{number} of {len(mutants)}")
        sys.stderr.flush()
        if not seen:
            yield mutant
    sys.stderr.write("\n")


def drawn(package: str, count: int, random: Random, only: str | None) -> list[Mutant]:
    """Mutants of a package; with `only` those of a file, or of a line of it."""
    all_of_them = places(PACKAGES[package][0])
    if only is not None:
        file, _, line = only.partition(":")
        all_of_them = [each for each in all_of_them if str(each.path) == file and (not line or each.line == int(line))]
    chosen = random.sample(range(len(all_of_them)), min(count, len(all_of_them)))
    return [all_of_them[number] for number in sorted(chosen)]


def main() -> None:
    """Runs the mutants; prints what no test saw, and keeps it in a file."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("mutants", nargs="?", type=int, default=60, help="how many, of all packages together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of", choices=PACKAGES, action="append", help="one package; all of them by default")
    parser.add_argument("--only", help="of one file, or one line of it: src/kgents/stats/pairs.py:31")
    options = parser.parse_args()
    chosen, random = options.of or list(PACKAGES), Random(options.seed)
    tried = unseen = 0
    SURVIVORS.parent.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kgents-mutants-") as folder,
        SURVIVORS.open("w", encoding="utf-8") as kept,
    ):
        copy = Copy(Path(folder))
        for number, package in enumerate(chosen):
            share = (options.mutants + number) // len(chosen)
            mutants = drawn(package, share, random, options.only)
            tried += len(mutants)
            for mutant in survivors(copy, mutants, PACKAGES[package][1]):
                unseen += 1
                for file in (sys.stdout, kept):
                    file.write(f"{mutant}\n")
                    file.flush()
        total = f"{tried - unseen} of {tried} mutants were seen (seed {options.seed})\n"
        kept.write(total)
    sys.stdout.write(total)
    sys.exit(int(not tried or (tried - unseen) / tried < FLOOR))


if __name__ == "__main__":
    main()

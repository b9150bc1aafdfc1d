"""Mutation testing of what decides: one small change at a time, and the tests that belong to it.

The sources are copied to a folder of their own and changed there. Mutants are drawn at random, by the seed, from all
places of a package that can be changed; what no test sees is printed with its line. Exit status 1 where fewer than FLOOR of
them were seen. A change that alters nothing that anybody can see is named, with the reason, in tests/equivalent.txt, and is
not drawn; what is named there and is not in the sources any more is told.
"""

import argparse
import compileall
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from mutation import ROOT, Mutant, equivalent, places
from mutation_reach import Reached, Tests, Watched, starts_commands

FLOOR = 0.85
SLOW = 240.0  # more seconds for tests that are slow
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


def tests_of(path: Path, folders: Sequence[str]) -> Tests:
    """The tests that belong to a module: those of the package, and any other that names it."""
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
    every = [str(file.relative_to(ROOT)) for file in files]
    return Tests([name for name in every if path.stem in Path(name).stem], every)


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
        compileall.compile_dir(folder / "src", quiet=2)  # what runs in the sandbox is copied with its bytecode
        os.environ["PYTHONPATH"] = str(folder / "src")
        sys.path.insert(0, str(folder / "src"))
        for module in IMPORTED:
            importlib.import_module(module)

    def reached(self, sources: Sequence[str], tests: Sequence[str]) -> Reached:
        """Which lines of the sources each of the tests passes. RuntimeError where one fails as it is."""
        answer = self._folder / "reached.json"
        watched = Watched([str(self._folder / source) for source in sources], answer)
        if self._fails(["--fast", *tests], None, watched):
            raise self._wrong("a test fails as it is")
        return Reached(self._folder, json.loads(answer.read_text(encoding="utf-8")))

    def check(self, tests: Sequence[str]) -> None:
        """RuntimeError where these tests, alone, see what is no change, or do not see what breaks everything."""
        if self._fails(["--fast", *tests], None):
            raise self._wrong("a test fails as it is where it runs without the others")
        with self.changed(Path("src/kgents/__init__.py"), b"raise RuntimeError\n"):
            if not self._fails(["--fast", *tests], None):
                raise RuntimeError("the tests do not run on the copy of the sources")

    def seen(self, mutant: Mutant, content: bytes, reached: Reached, tests: Tests) -> bool:
        """Whether a test fails, or does not end in time, with this content of a file.

        First a few quick tests that pass the line, then all that pass it and the files whose tests start commands, then
        the slow tests of its own.
        """
        quick, others = reached.quick(mutant.path, mutant.line), reached.others(mutant.path, mutant.line, tests)
        with self.changed(mutant.path, content):
            return (
                (bool(quick) and self._fails(["--fast", *quick], reached.limit(quick)))
                or (bool(others) and self._fails(["--fast", *others], reached.limit(others) + SLOW))
                or (bool(tests.own) and self._fails(tests.own, reached.limit(tests.own) + SLOW))
            )

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

    def _fails(self, tests: Sequence[str], seconds: float | None, *plugins: object) -> bool:
        """Whether the tests fail; those that last longer than `seconds` do."""
        child = os.fork()
        if not child:
            status = 1
            try:
                os.setsid()
                sys.dont_write_bytecode = seconds is not None  # what is as it was is compiled once, by the first run
                status = self._run(tests, plugins)
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

    def _wrong(self, what: str) -> RuntimeError:
        """With the end of what the tests said."""
        said = (self._folder / "said.txt").read_text(encoding="utf-8", errors="replace")
        return RuntimeError(f"{what}:\n{said[-2000:]}")

    def _run(self, tests: Sequence[str], plugins: Sequence[object]) -> int:
        """The tests in this process, which says nothing; the exit status of pytest."""
        os.chdir(self._folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(self._folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(said, stream)
        sources = f"pythonpath={self._folder / 'src'}"
        chosen = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", UNWRITTEN, "-o", sources, *tests]
        return int(pytest.main(chosen, plugins=[*plugins]))


def survivors(copy: Copy, mutants: Sequence[Mutant], folders: Sequence[str]) -> Iterator[Mutant]:
    """Those that no test sees."""
    if not mutants:
        return
    tests = {mutant.path: tests_of(mutant.path, folders) for mutant in mutants}
    every = sorted({file for each in tests.values() for file in each.every})
    reached = copy.reached(sorted({str(path) for path in tests}), [file for file in every if not starts_commands(file)])
    quick = {test for mutant in mutants for test in reached.quick(mutant.path, mutant.line)}
    copy.check([*sorted(quick), *filter(starts_commands, every)])
    for number, mutant in enumerate(mutants, 1):
        seen = copy.seen(mutant, mutant.source(), reached, tests[mutant.path])
        sys.stderr.write(f"\r{number} of {len(mutants)}")
        sys.stderr.flush()
        if not seen:
            yield mutant
    sys.stderr.write("\n")


def drawn(package: str, count: int, random: Random, only: str | None) -> list[Mutant]:
    """Mutants of a package, in the order in which they are drawn; with `only` those of a file, or of a line of it."""
    named = equivalent()
    all_of_them = [each for each in places(PACKAGES[package][0]) if each.name not in named]
    if only is not None:
        file, _, line = only.partition(":")
        all_of_them = [each for each in all_of_them if str(each.path) == file and (not line or each.line == int(line))]
    return random.sample(all_of_them, min(count, len(all_of_them)))


def gone() -> set[str]:
    """What tests/equivalent.txt names and the sources have no more."""
    return equivalent() - {each.name for sources, _ in PACKAGES.values() for each in places(sources)}


def main() -> None:
    """Runs the mutants; prints what no test saw, and keeps it in a file."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("mutants", nargs="?", type=int, default=60, help="how many, of all packages together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of", choices=PACKAGES, action="append", help="one package; all of them by default")
    parser.add_argument("--only", help="of one file, or one line of it: src/kgents/stats/pairs.py:31")
    options = parser.parse_args()
    chosen, random = options.of or list(PACKAGES), Random(options.seed)
    for name in sorted(gone()):
        sys.stdout.write(f"not in the sources any more: {name}\n")
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

"""Which lines of a source file each test passes: a change is shown first to the few quick tests that can see it."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

QUICK = 25  # tests that a change is shown to first
SPARED = 60.0  # seconds beyond ten times what tests took that they may take on a busy machine


@dataclass(frozen=True)
class Tests:
    """The files of tests that belong to a module: those that are called like it, and all of them."""

    own: Sequence[str]
    every: Sequence[str]


def starts_commands(file: str) -> bool:
    """Whether the tests of a file start commands, of whose lines nobody knows."""
    return "acceptance" in Path(file).parts


class Watched:
    """A plugin of pytest that notes which lines of some sources each test passes, and how long it takes."""

    def __init__(self, sources: Sequence[str], answer: Path) -> None:
        self._sources, self._answer = sources, answer
        self._seconds: dict[str, float] = defaultdict(float)
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[*sources])

    def pytest_sessionstart(self) -> None:
        """Before anything of ours is imported by a test."""
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """The lines that are passed from now on are those of this test."""
        function, began = item.nodeid.partition("[")[0], time.monotonic()
        self._coverage.switch_context(function)
        try:
            return (yield)
        finally:
            self._seconds[function] += time.monotonic() - began

    def pytest_sessionfinish(self) -> None:
        """Writes it down."""
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {source: data.contexts_by_lineno(source) for source in self._sources}
        self._answer.write_text(json.dumps({"seconds": self._seconds, "lines": lines}), encoding="utf-8")


class Reached:
    """What `Watched` wrote, by paths of the sources as they are called here."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        self._seconds: Mapping[str, float] = told["seconds"]
        self._lines = {Path(source).relative_to(folder): lines for source, lines in told["lines"].items()}

    def quick(self, path: Path, line: int) -> list[str]:
        """The quickest tests that pass a line, or any line of its file where it is passed by an import alone."""
        return self._passing(path, line)[:QUICK]

    def others(self, path: Path, line: int, tests: Tests) -> list[str]:
        """The other tests that pass it, and the files whose tests start commands, which nobody watches."""
        return [*self._passing(path, line)[QUICK:], *filter(starts_commands, tests.every)]

    def limit(self, tests: Sequence[str]) -> float:
        """Seconds that these tests, or those of these files, may take."""
        taken = sum(
            seconds for test, seconds in self._seconds.items() if test in tests or test.partition("::")[0] in tests
        )
        return 10 * taken + SPARED

    def _passing(self, path: Path, line: int) -> list[str]:
        lines = self._lines[path]
        on_it = lines.get(str(line), ())
        passing = {test for tests in ([on_it] if any(on_it) else lines.values()) for test in tests if test}
        return sorted(passing, key=lambda test: self._seconds[test])

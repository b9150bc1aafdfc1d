"""Loaded into the pytest of the project under test: writes what every test came to, orders and selects tests.

Standard library and pytest only: the project's interpreter need not have kgents.

KGENTS_SUITE_REPORT  the file: one JSON object a line, {"test", "when": "start"|"setup"|"call"|"teardown", …}
KGENTS_SUITE_ONLY    a file of test ids, one a line: no others are run
KGENTS_SUITE_ORIGINAL  the repository of which this is a commit: modules of its own files are told
KGENTS_SUITE_ORDER   seed of the order: modules are shuffled, and tests within them
"""

import json
import os
import random
import sys
from typing import TextIO

import pytest

_TEXT = 4000
_file: TextIO | None = None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the tests that are wanted, in the order of the seed."""
    only = os.environ.get("KGENTS_SUITE_ONLY")
    if only:
        with open(only, encoding="utf-8") as file:
            wanted = set(file.read().split("\n"))
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in wanted])
        items[:] = [item for item in items if item.nodeid in wanted]
    seed = os.environ.get("KGENTS_SUITE_ORDER")
    if seed:
        items[:] = _shuffled(items, random.Random(int(seed)))


def _shuffled(items: list[pytest.Item], rng: random.Random) -> list[pytest.Item]:
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    names = sorted(modules)
    rng.shuffle(names)
    ordered: list[pytest.Item] = []
    for name in names:
        tests = sorted(modules[name], key=lambda item: item.nodeid)
        rng.shuffle(tests)
        ordered += tests
    return ordered


def pytest_runtest_logstart(nodeid: str, location: object) -> None:
    """A test begins."""
    _write({"test": nodeid, "when": "start"})


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What set-up, call or tear-down of a test came to; an expected failure is a pass."""
    row: dict[str, object] = {
        "test": report.nodeid,
        "when": report.when,
        "outcome": report.outcome,
        "seconds": report.duration,
    }
    if hasattr(report, "wasxfail"):
        row["outcome"] = "passed"
    elif report.outcome == "failed":
        row["text"] = report.longreprtext[-_TEXT:]
        row["line"] = str(getattr(getattr(report.longrepr, "reprcrash", None), "message", ""))[:300]
    _write(row)


def pytest_configure(config: pytest.Config) -> None:
    """Opens the file, once: the workers of pytest-xdist report to their controller."""
    global _file
    if not hasattr(config, "workerinput") and os.environ.get("KGENTS_SUITE_REPORT"):
        _file = open(os.environ["KGENTS_SUITE_REPORT"], "a", encoding="utf-8")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tells which modules came from the repository itself, which is not the commit."""
    root = os.environ.get("KGENTS_SUITE_ORIGINAL")
    if root:
        files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.copy().items()}
        foreign = sorted(name for name, file in files.items() if _own(os.path.realpath(file), os.path.realpath(root)))
        if foreign:
            _write({"test": "", "when": "foreign", "modules": foreign[:5]})


def _own(file: str, root: str) -> bool:
    """Whether a file is the repository's, and no installed package of an environment that stands in its folder."""
    inside = file.startswith(root + os.sep)
    return inside and "site-packages" not in file and not file.startswith(os.path.realpath(sys.prefix) + os.sep)


def _write(row: dict[str, object]) -> None:
    if _file is not None:
        _file.write(json.dumps(row) + "\n")
        _file.flush()

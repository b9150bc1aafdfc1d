"""The pytest plugin: a marked test is decided by trials, and is one test with one report.

Rule: this module imports pytest and nothing else; the rest is imported when a marked test runs. No other test is touched.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kgents.api.result import Result
    from kgents.kinds.callable.trial import Trial

MARK = (
    "experiment(target=0.9, confidence=0.95, max_trials=None, on_inconclusive='fail'|'pass'|'skip', errors='exclude', "
    "error_types=(), budget_usd=None, under=None, compare=None, margin=0): run the test, with fresh fixtures, until its "
    "trials decide whether it passes more often than target, or for which value of an argument it passes more often"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options --kg-…"""
    group = parser.getgroup("kgents", "experiments (kgents)")
    group.addoption("--kg-off", action="store_true", help="run marked tests once, as plain tests")
    group.addoption("--kg-max-trials", type=int, metavar="N", help="the cap of every experiment")
    group.addoption("--kg-seed", type=int, default=0, metavar="N", help="root of the seeds of all trials (default: 0)")
    group.addoption("--kg-trial", metavar="NODEID::N", help="run trial N of one marked test, alone, as a plain test")
    group.addoption("--kg-record", action="store_true", help="keep the experiments in the record of kg")
    group.addoption("--kg-explain", action="store_true", help="explain every word of the summary")


def pytest_configure(config: pytest.Config) -> None:
    """The mark."""
    config.addinivalue_line("markers", MARK)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """--kg-trial leaves one test."""
    wanted = config.getoption("kg_trial")
    if wanted is None:
        return
    nodeid, index = _one(wanted)
    kept = [item for item in items if item.nodeid == nodeid]
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid != nodeid])
    items[:] = kept
    if not kept:
        raise pytest.UsageError(f"--kg-trial {wanted}: no test has the id {nodeid!r}")
    from kgents.domain.seeds import seed_of
    from kgents.kinds.callable.trial import Trial
    from kgents.plugin.trials import TRIAL

    kept[0].stash[TRIAL] = Trial(index, seed_of(seed_of(config.getoption("kg_seed"), _seeded_by(kept[0])), index))


def _seeded_by(item: pytest.Item) -> str:
    """What the seeds of a test depend on: its id, or what it has in common with those that it is compared with."""
    mark = item.get_closest_marker("experiment")
    axis = None if mark is None else mark.kwargs.get("compare")
    if not isinstance(axis, str):
        return item.nodeid
    from kgents.plugin.axis import name_of

    return name_of(item, axis)


def _one(wanted: str) -> tuple[str, int]:
    nodeid, _, index = wanted.rpartition("::")
    if not nodeid or not index.isdecimal():
        raise pytest.UsageError(f"--kg-trial {wanted}: write NODEID::N, such as tests/test_a.py::test_b::17")
    return nodeid, int(index)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Takes over marked tests, and no others."""
    mark = item.get_closest_marker("experiment")
    option = item.config.getoption
    if mark is None or option("kg_off") or option("kg_trial") or option("setuponly", False):
        return None
    from kgents.plugin.private import disarm

    disarm(item)
    from kgents.plugin.trials import reports_of

    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports_of(item, mark, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """An experiment inside of a trial of another is refused."""
    mark = item.get_closest_marker("experiment")
    option = item.config.getoption
    if mark is None or option("kg_off") or option("kg_trial"):
        return (yield)
    from kgents.kinds.callable.trial import INSIDE

    before = INSIDE.set(f"the test {item.nodeid}")
    try:
        return (yield)
    finally:
        INSIDE.reset(before)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Keeps what a trial raised: a report has only its text."""
    if call.when == "call" and item.get_closest_marker("experiment") is not None:
        from kgents.plugin.trials import ERRORS

        item.stash[ERRORS] = call.excinfo.value if call.excinfo is not None else None


@pytest.fixture
def trial(request: pytest.FixtureRequest) -> "Trial":
    """The trial that this run of a marked test is: index, seed, rng, note(text), cost(usd=…). Of a plain test: trial 0."""
    from kgents.domain.seeds import seed_of
    from kgents.kinds.callable.trial import Trial
    from kgents.plugin.trials import TRIAL

    node = request.node
    plain = Trial(0, seed_of(seed_of(request.config.getoption("kg_seed"), _seeded_by(node)), 0))
    kept: Trial = node.stash.get(TRIAL, plain)
    return kept


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> "Callable[..., Result]":
    """`experiment(trial, target=.9, …)` is kg.decide: for trials that share what was expensive to set up."""
    import kgents
    from kgents.domain.seeds import seed_of

    option = request.config.getoption
    if option("kg_off"):
        pytest.skip("--kg-off: an experiment cannot be run as a plain test")

    def decide(function: Any, **options: Any) -> "Result":
        own = {"seed": seed_of(option("kg_seed"), request.node.nodeid), "record": option("kg_record")}
        if option("kg_max_trials") is not None:
            options["max_trials"] = option("kg_max_trials")
        result = kgents.decide(function, **{**own, **options})
        saved = max(0, result.evidence.get("trials_saved") or 0)
        rows = {"verdict": result.verdict or "stopped", "trials": result.trials, "successes": result.successes}
        for name, value in {**rows, "target": result.target, "saved": saved, "experiment": result.id}.items():
            request.node.user_properties.append((f"kg.{name}", value))
        return result

    return decide


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """One line an experiment, and what early decisions saved."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    rows = [
        (dict(report.user_properties), report.nodeid)
        for report in reports
        if getattr(report, "when", None) == "call" and any(name == "kg.verdict" for name, _ in report.user_properties)
    ]
    if not rows:
        return
    terminalreporter.section("experiments")
    for row, nodeid in rows:
        tally = f"{row['kg.successes']} of {row['kg.trials']}"
        asked = f"target {row['kg.target']:g}" if "kg.target" in row else f"of {row['kg.compared']}"
        terminalreporter.write_line(f"{row['kg.verdict']:<12} {tally:>12}  {asked}  {nodeid}")
    trials, saved = (sum(row[name] for row, _ in rows) for name in ("kg.trials", "kg.saved"))
    terminalreporter.write_line(f"trials run {trials}, saved {saved}")
    if config.getoption("kg_explain"):
        for word, text in EXPLAINED.items():
            terminalreporter.write_line(f"  {word:<12}  {text}")


EXPLAINED = {
    "supported": "the test passes more often than the target; wrong with probability at most 1 - confidence",
    "refuted": "it does not; wrong with probability at most 1 - confidence",
    "best": "it passes more often than all that it is compared with; wrong with probability at most 1 - confidence",
    "eliminated": "another passes more often, by the same error",
    "equivalent": "its rate differs from that of the others by less than the margin",
    "open": "which of those that are left passes more often was not shown",
    "inconclusive": "the cap on trials was reached, or no verdict was likely before it: neither was shown",
    "stopped": "no verdict: the budget was used up, a debugger was open, the session ended, or too many trials were skipped",
    "28 of 29": "trials that passed, of those that count; skipped trials do not",
    "target": "the rate that is to be exceeded",
    "trials run": "of all experiments of this session",
    "saved": "trials below the cap that were not needed",
}

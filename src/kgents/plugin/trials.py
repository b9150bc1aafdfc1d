"""One item of pytest as an experiment: many full cycles of set-up, call and tear-down, exactly one report."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from kgents.domain.meter import Meter
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.errors import KgentsError
from kgents.kinds.callable.trial import MisusedTrial, Trial, metadata_of
from kgents.plugin.axis import Axis, axis_of
from kgents.plugin.claim import Claim, claim_of
from kgents.plugin.experiment import TestExperiment
from kgents.plugin.private import run_once, tear_down, wants_pdb
from kgents.plugin.verdict import Cycle, Told, final_reports

TRIAL: pytest.StashKey[Trial] = pytest.StashKey()
ERRORS: pytest.StashKey[BaseException | None] = pytest.StashKey()
COMPARED: pytest.StashKey[dict[str, Sequence[pytest.TestReport]]] = pytest.StashKey()  # reports by id


def reports_of(item: pytest.Item, mark: pytest.Mark, nextitem: pytest.Item | None) -> Sequence[pytest.TestReport]:
    """Runs the trials of a marked test; the reports of the one test that it is."""
    option = item.config.getoption
    try:
        refuse(item)
        claim = claim_of(mark.args, mark.kwargs, option("kg_max_trials"))
        if claim.axis is not None:
            return _compared(item, claim, nextitem)
        experiment = TestExperiment.begin(item.nodeid, claim, option("kg_seed"), option("kg_record"))
    except KgentsError as wrong:
        hint = f"\n{wrong.hint}" if wrong.hint else ""
        return [_error(item, f"{wrong.message}{hint}")]
    begun = time.monotonic()
    try:
        (told,) = _trials([item], claim, experiment)
    finally:
        tear_down(item, nextitem)
    if told.last is None:
        return [_error(item, _no_verdict(claim))]
    if option("kg_record") and told.broken is None:
        experiment.write()
    return final_reports(item, claim, experiment, told, time.monotonic() - begun)


def _no_verdict(claim: Claim) -> str:
    cap = claim.design.max_trials
    return f"max_trials = {cap}: no verdict can occur within {cap} trials\n--kg-off runs it once"


def _compared(item: pytest.Item, claim: Claim, nextitem: pytest.Item | None) -> Sequence[pytest.TestReport]:
    """The reports of a test that is compared with others: with the first of them the trials of all are run."""
    axis = axis_of(item, str(claim.axis))
    kept = item.session.stash.setdefault(COMPARED, {})
    if item.nodeid not in kept:
        kept.update(zip((each.nodeid for each in axis.items), _comparison(axis, claim), strict=True))
    tear_down(item, nextitem)
    return kept[item.nodeid]


def _comparison(axis: Axis, claim: Claim) -> list[Sequence[pytest.TestReport]]:
    option = axis.items[0].config.getoption
    experiment = TestExperiment.begin(axis.name, claim, option("kg_seed"), option("kg_record"), axis.arms)
    begun = time.monotonic()
    every = _trials(axis.items, claim, experiment)
    broken = next((told for told in every if told.broken is not None), None)
    if broken is None and option("kg_record") and every[0].last is not None:
        experiment.write()
    reports: list[Sequence[pytest.TestReport]] = []
    for arm, (item, told) in enumerate(zip(axis.items, every, strict=True)):
        if told is not broken and (broken is not None or told.last is None):
            other = axis.items[every.index(broken)].nodeid if broken is not None else ""
            reports.append([_error(item, f"the comparison ended with {other}" if other else _no_verdict(claim))])
        else:
            reports.append(final_reports(item, claim, experiment, told, time.monotonic() - begun, arm))
    return reports


def _trials(items: Sequence[pytest.Item], claim: Claim, experiment: TestExperiment) -> list[Told]:
    """What is kept of the trials of every arm."""
    every, properties = [Told() for _ in items], [list(item.user_properties) for item in items]
    try:
        while (slot := experiment.next()) is not None:
            if not _tried(items[slot.arm], slot, claim, experiment, every[slot.arm], properties[slot.arm]):
                break
    finally:
        for item in items:
            item.stash[TRIAL] = Trial(0, 0)
    return every


def _tried(
    item: pytest.Item, slot: Slot, claim: Claim, experiment: TestExperiment, told: Told,
    properties: Sequence[tuple[str, Any]],
) -> bool:  # fmt: skip
    """Whether the trial that was run leaves the experiment whole."""
    meter = Meter()
    trial = item.stash[TRIAL] = Trial(slot.index, slot.seed, meter=meter)
    item.stash[ERRORS] = None
    cycle = Cycle(run_once(item, properties), trial)
    told.last = cycle
    misused = isinstance(item.stash[ERRORS], MisusedTrial)
    if cycle.broken or misused or (cycle.skipped and not slot.index):
        told.broken = cycle
        return False
    outcome = outcome_of(cycle, claim, item.stash[ERRORS])
    experiment.tell(slot, replace(outcome, usage=meter.usage, metadata=metadata_of(trial)), cycle.seconds)
    if outcome.success is False:
        told.failed = told.failed or cycle
        if wants_pdb(item):
            experiment.halt()
    elif outcome.success:
        told.passed = cycle
    if item.session.shouldstop or item.session.shouldfail:
        experiment.halt()
    return True


def outcome_of(cycle: Cycle, claim: Claim, raised: BaseException | None) -> Outcome:
    """What a cycle says of the test: a skip, and an exception of `error_types`, say nothing."""
    if cycle.skipped:
        return Outcome.failed(Cause.UNKNOWN, "skipped")
    if not cycle.passed:
        if claim.settings.error_types and isinstance(raised, claim.settings.error_types):
            return Outcome.failed(Cause.UNKNOWN, f"{type(raised).__name__}: {raised}")
        wrong = raised is None or isinstance(raised, AssertionError)
        return Outcome.failed(Cause.WRONG_OUTPUT if wrong else Cause.EXCEPTION, cycle.message, cycle.text)
    if claim.under is not None and cycle.seconds > claim.under:
        return Outcome.failed(Cause.TIMEOUT, f"took {cycle.seconds:.3f} s, the limit is {claim.under:g} s")
    return Outcome.passed()


def refuse(item: pytest.Item) -> None:
    """UsageError for tests whose trials are not one outcome each."""
    from unittest import TestCase

    from kgents.errors import UsageError

    names: Sequence[str] = getattr(item, "fixturenames", ())
    owner: Any = getattr(item, "cls", None)
    if "subtests" in names:
        raise UsageError("an experiment cannot use `subtests`: a trial has one outcome", "write one test for each")
    if isinstance(owner, type) and issubclass(owner, TestCase):
        raise UsageError(
            "an experiment cannot be a unittest.TestCase: it has no fixtures to begin anew", "a function can"
        )
    if (item.config.getoption("count", 1) or 1) > 1 and item.config.pluginmanager.hasplugin("repeat"):
        raise UsageError("--count makes several experiments of one test", "leave --count out; trials repeat the test")
    if "experiment" in names:
        raise UsageError(
            "an experiment inside a trial of another", "use the mark or the fixture `experiment`, not both"
        )


def _error(item: pytest.Item, message: str) -> pytest.TestReport:
    return pytest.TestReport(
        item.nodeid, item.location, dict.fromkeys(item.keywords, 1), "failed", message, "setup", duration=0.0
    )

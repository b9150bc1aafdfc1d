"""What the runs of a suite come to. Flaky is a fact: the test failed and passed on one code."""

from collections.abc import Sequence

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.flaky.options import FailedTest, FirstFailure, FlakyConfig, FlakyEvidence
from kgents.kinds.flaky.order import Dependence, dependences
from kgents.stats import Design, ShownInterval, family_interval, shown_interval

Rows = list[tuple[str, str]]


def _tallies(summary: Summary) -> list[tuple[int, int]]:
    """(runs that count, passes) of every test, all runs that finished."""
    return [(tally.trials, tally.successes) for tally in summary.tallies]


def _first(summary: Summary) -> frozenset[int]:
    """The tests that failed in the run that found them: no part of any rate, but a fact about the test."""
    return frozenset(summary.plan.facts.get("failed_at_first", ()))


def is_flaky(summary: Summary, number: int) -> bool:
    """Whether a test failed and passed on one code, the first run included."""
    runs, passes = _tallies(summary)[number]
    failed_first, passed_again = number in _first(summary), number in summary.plan.facts.get("passed_again", ())
    return bool(runs) and (passes < runs or failed_first) and (passes > 0 or not failed_first or passed_again)


def sentence(summary: Summary) -> str | None:
    """How many tests are flaky, always fail, never failed."""
    if summary.decision is None:
        return None
    tallies = _tallies(summary)
    flaky = sum(is_flaky(summary, number) for number in range(len(tallies)))
    failing = sum(passes == 0 < runs and not is_flaky(summary, n) for n, (runs, passes) in enumerate(tallies))
    clean = sum(passes == runs and not is_flaky(summary, n) for n, (runs, passes) in enumerate(tallies))
    return (
        f"{flaky} of {len(tallies)} tests are flaky (failed and passed on one code), {failing} failed in every run, "
        f"{clean} in none; at most {max(runs for runs, _ in tallies)} runs a test"
    )


def evidence(config: FlakyConfig, summary: Summary, trials: Sequence[Trial]) -> FlakyEvidence:
    """`tests`: per test that failed its counts, its rate with interval, its first failure; `clean`: the others."""
    first: dict[int, Trial] = {}
    for row in trials:
        if row.success is False:
            first.setdefault(row.arm, row)
    flaky = [number for number in range(len(summary.plan.arms)) if is_flaky(summary, number)]
    ordered = dependences(trials, summary.plan.arms, flaky) if config.get("shuffled") else {}
    failed = list(dict.fromkeys([*first, *flaky]))
    tests = [_test(summary, number, first.get(number), ordered.get(number)) for number in failed]
    tests.sort(key=lambda test: (not test["flaky"], test["success_rate"]))
    tallies = [tally for number, tally in enumerate(_tallies(summary)) if not is_flaky(summary, number)]
    shortest = min((runs for runs, passes in tallies if runs and runs == passes), default=0)
    clean = sum(runs == passes for runs, passes in tallies)
    return {
        "flaky": [test["name"] for test in tests if test["flaky"]],
        "failing": [test["name"] for test in tests if not test["flaky"]],
        "tests": tests,
        "clean": {"tests": clean, "runs": shortest, "failure_rate_below": _limit(summary.plan.design, shortest)},
        "vanished": [summary.plan.arms[number] for number, (runs, _) in enumerate(_tallies(summary)) if not runs],
        "first_run": {
            "failed": config.get("failed", []),
            "passed_again": config.get("passed_again", []),
            "skipped": config.get("skipped", []),
        },
    }


def _test(summary: Summary, number: int, row: Trial | None, dependence: Dependence | None) -> FailedTest:
    """A test that failed; `row` is its first failure, None where it failed in the run that found the tests alone."""
    runs, passes = _tallies(summary)[number]
    verdict = (
        summary.decision.detail["arms"][number][0] if summary.decision and "arms" in summary.decision.detail else None
    )
    interval = _interval(summary, number)
    return {
        "name": summary.plan.arms[number],
        "flaky": is_flaky(summary, number),
        "runs": runs,
        "failures": runs - passes,
        "success_rate": passes / runs,
        "interval": {
            "level": interval.level,
            "low": interval.low,
            "high": interval.high,
            "each_side": interval.each_side,
        },
        "verdict": verdict,
        "order": None if dependence is None else dependence.to_data(),
        "first_failure": None if row is None else failure_of(row),
    }


def failure_of(row: Trial) -> FirstFailure:
    """A run in which a test failed."""
    return {"run": row.index, "cause": row.cause and row.cause.value, "error": row.error, "text": row.output}


def _interval(summary: Summary, number: int) -> ShownInterval:
    """Of a test's rate of passing: what agrees with its verdict, or while undecided holds at every look."""
    design = summary.plan.arm_design
    if summary.decision is None:
        tally = summary.counted.tallies[number]
        return shown_interval(design, tally.trials, tally.successes, stopped=False)
    trials, successes = summary.decision.counts[number]
    levels = summary.decision.detail.get("levels")
    if levels is None or not trials:
        return shown_interval(design, trials, successes, stopped=True)
    return family_interval(design, trials, successes, float(levels[number]))


def _limit(design: Design, runs: int) -> float | None:
    """What the failure rate of a test is below that never failed in so many runs: (1 − limit)^runs = 1 − confidence."""
    return None if not runs else 1 - (1 - design.confidence) ** (1 / runs)


def _told(test: FailedTest) -> str:
    """How a test failed first, in one line."""
    return "in the first run" if test["first_failure"] is None else test["first_failure"]["error"] or ""


def table(evidence: FlakyEvidence) -> Rows:
    """A line for each test that failed, and one for all that did not."""
    rows: Rows = []
    for test in evidence["tests"]:
        word = "flaky" if test["flaky"] else "fails"
        low, high = test["interval"]["low"], test["interval"]["high"]
        counts = f"failed {test['failures']} of {test['runs']}, passes {low:.3f} … {high:.3f}"
        rows.append((word, f"{test['name']}   {counts}   {_told(test)}".rstrip()))
        if test["order"] is not None:
            where = "after" if test["order"]["fails"] == "after it" else "before"
            rows.append(
                ("by order", f"{test['name']} fails whenever it runs {where} {test['order']['test']}, and only then")
            )
    if evidence["vanished"]:
        rows.append(("vanished", f"ran in the first run and never again: {', '.join(evidence['vanished'])}"))
    clean = evidence["clean"]
    if clean["tests"] and clean["failure_rate_below"] is not None:
        limit = f"each fails in less than {100 * clean['failure_rate_below']:.1f} % of runs"
        rows.append(("never failed", f"{clean['tests']} tests in {clean['runs']} runs or more: {limit}"))
    return rows

"""What the runs of a suite at two commits come to: which tests pass more or less often at the second."""

from collections.abc import Sequence

from kgents.domain.plan import DecidedBy
from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.domain.words import number, percent
from kgents.kinds.flaky.options import ChangedTest, ChangesEvidence, SideData
from kgents.kinds.flaky.view import failure_of
from kgents.stats import Control, credible_interval

Rows = list[tuple[str, str]]
_WORDS = {"better": "more often", "worse": "less often", "same": "no difference"}


def of_two_commits(summary: Summary) -> bool:
    """Whether an experiment compares a suite at two commits."""
    return summary.plan.decider is DecidedBy.CHANGES


def sentence(summary: Summary) -> str | None:
    """How many tests changed, with the error of all of them together; None while it is not decided."""
    if summary.decision is None:
        return None
    words = [word for _, _, word in summary.decision.detail["changes"]]
    facts, runs = summary.plan.facts, max(trials for trials, _ in summary.decision.counts)
    error = percent(1 - summary.plan.design.confidence)
    whose = {
        Control.FDR: f"of those named at most {error} wrongly (false discovery rate)",
        Control.ALL: f"any of them wrongly with probability {error} at most",
        Control.EACH: f"each wrongly with probability {error} at most",
    }[Control(facts["control"])]
    return (
        f"of {number(len(words), 'test')} {words.count('better')} pass more often at {facts['at'][1]} than at "
        f"{facts['at'][0]}, {words.count('worse')} less often; {number(runs, 'run')} at each; {whose}"
    )


def evidence(summary: Summary, trials: Sequence[Trial]) -> ChangesEvidence:
    """`changes`: the tests that failed anywhere, with their counts at both commits and what can be said of them."""
    names = summary.plan.arms
    tests, (old, new) = len(names) // 2, summary.plan.facts["at"]
    first: dict[int, Trial] = {}
    for row in trials:
        if row.success is False:
            first.setdefault(row.arm, row)
    told = summary.decision.detail["changes"] if summary.decision is not None else [(None, None, None)] * tests
    rows: list[ChangedTest] = [
        {
            "name": names[test].removesuffix(f" @ {old}"),
            "change": word,
            "runs_that_differ": None if word is None else {"passed_at_first": at_first, "passed_at_second": at_second},
            "first": _side(summary, test, first.get(test)),
            "second": _side(summary, tests + test, first.get(tests + test)),
        }
        for test, (at_first, at_second, word) in enumerate(told)
        if test in first or tests + test in first
    ]
    rows.sort(key=lambda row: (("worse", "better", "same", None).index(row["change"]), row["name"]))
    return {"commits": {"first": old, "second": new}, "tests": tests, "changes": rows}


def _side(summary: Summary, arm: int, failed: Trial | None) -> SideData:
    tally, design = summary.tallies[arm], summary.plan.design
    interval = credible_interval(design.prior, tally.trials, tally.successes, design.confidence)
    return {
        "runs": tally.trials,
        "failures": tally.trials - tally.successes,
        "success_rate": tally.successes / tally.trials if tally.trials else None,
        "credible_interval": {"level": interval.level, "low": interval.low, "high": interval.high},
        "first_failure": None if failed is None else failure_of(failed),
    }


def table(evidence: ChangesEvidence) -> Rows:
    """A line for each test that failed at either commit, and one for the others."""
    old, new = evidence["commits"]["first"], evidence["commits"]["second"]
    rows: Rows = []
    for test in evidence["changes"]:
        sides = [
            f"failed {side['failures']} of {side['runs']} at {at}"
            for side, at in ((test["first"], old), (test["second"], new))
        ]
        told = test["second"]["first_failure"] or test["first"]["first_failure"]
        rows.append(
            (
                _WORDS.get(test["change"] or "", "undecided"),
                f"{test['name']}   {', '.join(sides)}   {(told and told['error']) or ''}".rstrip(),
            )
        )
    others = evidence["tests"] - len(evidence["changes"])
    if others:
        rows.append(("never failed", number(others, "test")))
    return rows

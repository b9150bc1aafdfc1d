"""What a flaky suite has drawn: how often each test that failed passes, and its first failure."""

from collections.abc import Sequence

from kgents.kinds.figure import Bar, Figure, Forest, Table
from kgents.kinds.flaky.changes import table as changed
from kgents.kinds.flaky.options import ChangesEvidence, FlakyEvidence
from kgents.kinds.flaky.view import table


def figures(evidence: FlakyEvidence) -> Sequence[Figure]:
    """Interval bars of the tests that failed, their first failures, and what can be said of the others."""
    tests = evidence["tests"]
    if not tests:
        return ()
    bars = [Bar(test["name"], test["success_rate"], test["interval"]["low"], test["interval"]["high"],
                f"{test['runs'] - test['failures']}/{test['runs']} {'flaky' if test['flaky'] else 'fails'}",
                "hold" if test["flaky"] else "bad") for test in tests]  # fmt: skip
    rows = [
        (test["name"], f"run {test['first_failure']['run']}", test["first_failure"]["error"] or "")
        for test in tests
        if test["first_failure"] is not None
    ]
    return (
        Forest("How often each test that failed passes", bars, "rate of passing"),
        Table("First failures", ("test", "run", "told"), rows),
        Table("Tests", ("", ""), table(evidence)),
    )


def figures_of_changes(evidence: ChangesEvidence) -> Sequence[Figure]:
    """Two bars a test that failed at either commit."""
    commits, colours = evidence["commits"], {"better": "good", "worse": "bad"}
    sides = [
        side
        for test in evidence["changes"]
        for side in ((test, test["first"], commits["first"]), (test, test["second"], commits["second"]))
    ]
    bars = [Bar(f"{test['name']} @ {at}", side["success_rate"] or 0.0, side["credible_interval"]["low"],
                side["credible_interval"]["high"], f"{side['runs'] - side['failures']}/{side['runs']}",
                colours.get(test["change"] or "", "hold")) for test, side, at in sides]  # fmt: skip
    words = Table("Tests", ("", ""), changed(evidence))
    return (Forest("How often each test that failed passes", bars, "rate of passing"), words) if bars else (words,)

"""What `kg cluster check` finds wrong with workers, and who is refused."""

import pytest

from kgents import __version__
from kgents.errors import UsageError
from kgents.runner.cluster.checking import problems, table
from kgents.runner.cluster.opening import is_paid, refuse_differences, skew

ROW = {
    "address": "tls://10.0.0.1:1", "slots": 4, "kgents": __version__, "python": "3.11.7", "sandbox": "L4", "skew": 0.0,
    "clock": 0.0, "host": "one", "folder": "/work",
}  # fmt: skip


def test_a_clock_is_off_by_what_waiting_does_not_explain() -> None:
    """An answer that took long says nothing against a clock."""
    assert [skew(clock, 10.0, 70.0) for clock in (10.0, 40.0, 70.0, 75.0, 4.0)] == [0.0, 0.0, 0.0, 5.0, -6.0]


def test_workers_that_are_alike_have_no_problem() -> None:
    """A row for each, under a head."""
    assert problems([ROW, ROW]) == []
    assert [line.split()[0] for line in table([ROW, ROW])] == ["address", ROW["address"], ROW["address"]]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kgents": "0"}, "has kgents 0, this machine"),
        ({"sandbox": "L1"}, "sandbox levels differ (L1, L4)"),
        ({"folder": "/other"}, "folders differ"),
        ({"skew": -60.0}, "is off by -60 s"),
    ],
)
def test_a_difference_that_would_matter_is_said(change: dict[str, object], text: str) -> None:
    """Each in one sentence."""
    (problem,) = problems([ROW, {**ROW, **change}])
    assert text in problem


def test_other_sandbox_levels_are_refused() -> None:
    """Among workers, and against the level that the plan was made with."""
    refuse_differences({"a": ROW, "b": ROW}, "L4")
    refuse_differences({"a": ROW}, None)
    with pytest.raises(UsageError, match="different sandbox levels"):
        refuse_differences({"a": ROW, "b": {**ROW, "sandbox": "L1"}}, None)
    with pytest.raises(UsageError, match="sandbox level L4, this machine has L3"):
        refuse_differences({"a": ROW}, "L3")


def test_another_version_is_refused_by_name() -> None:
    """Before anything is run."""
    with pytest.raises(UsageError, match="the worker b has kgents 0"):
        refuse_differences({"a": ROW, "b": {**ROW, "kgents": "0"}}, None)


def test_only_coders_that_ask_somebody_cost_money() -> None:
    """Simulated and replayed answers are free."""
    assert is_paid({"coders": [{"harness": "simulated"}, {"harness": "api"}]})
    assert not is_paid({"coders": [{"harness": "replay"}]})
    assert not is_paid({"programs": []})

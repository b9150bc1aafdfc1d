"""Versions in plans."""

from dataclasses import replace

import pytest

from kgents.domain.plan import Plan
from kgents.domain.versions import CURRENT, Versions
from kgents.stats import Design, Rule

PLAN = Plan("exp-1", "generate", "0" * 64, Design(Rule.FIXED, None, 0.95, 10), "d", 1)


@pytest.mark.parametrize("versions", [Versions(), CURRENT, Versions(2, 3, 4, 5, 6)])
def test_plans_keep_them(versions: Versions) -> None:
    """What a plan says comes back; a plan of before, which says nothing, has 1 everywhere and its data are unchanged."""
    data = replace(PLAN, versions=versions).to_data()
    assert Plan.from_data(data).versions == versions
    assert ("versions" in data) == (versions != Versions())


def test_absent_and_unknown_names_are_harmless() -> None:
    """A record of a later kgents may name more; one of an earlier fewer."""
    assert Versions.from_data({"judge": 2, "weather": 7}) == Versions(judge=2)


def test_only_what_a_replay_needs_is_missed() -> None:
    """Judges are always today's; boundaries, prompts and seeds of a newer kgents cannot be replayed."""
    assert Versions(judge=99, extraction=99).unknown() == ()
    assert Versions(calibration=99).unknown() == (f"calibration 99 (this kgents knows 1 to {CURRENT.calibration})",)

"""What a plan says of what decides, in the record and in the code."""

import pytest

from kgents.domain.json import digest_of
from kgents.domain.plan import DecidedBy, Layout, Plan
from kgents.stats import Design, Rule

PLAN = Plan("exp-1", "laws", "0" * 64, Design(Rule.FIXED, None, 0.95, 1), "d", 1, layout=Layout.BLOCKS)
RECORDED = {**PLAN.to_data(), "facts": {"decider": "verdicts", "spec": "s"}}


@pytest.mark.parametrize("decider", [None, *DecidedBy])
def test_what_decides_comes_back_from_the_record(decider: DecidedBy | None) -> None:
    """Where the layout says it, the record names nothing."""
    data = {**RECORDED, "facts": {"spec": "s"} if decider is None else {"spec": "s", "decider": decider.value}}
    plan = Plan.from_data(data)
    assert (plan.decider, plan.facts) == (decider, {"spec": "s"})
    assert plan.to_data() == data
    assert digest_of(plan.to_data()) == digest_of(data)


def test_a_record_that_another_kgents_decides_is_refused() -> None:
    """A decider that is not known here would decide otherwise."""
    with pytest.raises(ValueError, match="'oracle of Delphi' is not a valid DecidedBy"):
        Plan.from_data({**RECORDED, "facts": {"decider": "oracle of Delphi"}})


def test_it_is_named_once() -> None:
    """A fact of that name would be overlooked."""
    with pytest.raises(ValueError, match="a field of the plan"):
        Plan(**{**{name: getattr(PLAN, name) for name in PLAN.__slots__}, "facts": {"decider": "verdicts"}})

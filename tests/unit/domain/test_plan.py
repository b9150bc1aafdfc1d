"""What a plan says of what decides, in the record and in the code."""

from types import MappingProxyType

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


def test_plans_that_are_alike_keep_what_is_their_own() -> None:
    """What they have in common is read once; what is damaged is refused each time, and types are not confused."""
    first = {**RECORDED, "experiment": "exp-a", "seed": 1, "name": "one", "tags": ["x"]}
    second = {**RECORDED, "experiment": "exp-b", "seed": 2, "name": None, "tags": []}
    for data in (first, second, first):
        assert Plan.from_data(data).to_data() == data
    for _ in range(2):
        with pytest.raises(ValueError, match="max_errors: str in place of int"):
            Plan.from_data({**first, "max_errors": "10"})
        with pytest.raises(ValueError, match="seed: str in place of int"):
            Plan.from_data({**first, "seed": "1"})
        with pytest.raises(ValueError, match="no name of an experiment"):
            Plan.from_data({**first, "experiment": "run-1"})
        with pytest.raises(KeyError, match="tier"):
            Plan.from_data({name: value for name, value in first.items() if name != "tier"})
    facts = {"facts": {"questions": 1}}, {"facts": {"questions": True}}
    assert [Plan.from_data({**first, **given}).facts["questions"] is True for given in facts] == [False, True]


def test_a_plan_is_read_whatever_stands_for_its_objects() -> None:
    assert Plan.from_data({**RECORDED, "facts": MappingProxyType({"spec": "s"})}).facts == {"spec": "s"}

"""What is taken out of JSON has the type that was asked for, or is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.domain.fact import Finished, Started, Voided
from kgents.domain.json import canonical, listed, member, members, nested, object_of, optional, pairs, read_canonical
from kgents.domain.ledger_fact import Erased, Opened
from kgents.domain.outcome import Cause, Usage
from kgents.domain.series import SeriesShare

_WHOLE = st.integers(min_value=0, max_value=2**40)
_TEXT = st.text(max_size=20)
_USAGE = st.builds(Usage, _WHOLE, _WHOLE, st.none() | st.decimals(0, 100, places=4), _WHOLE, _WHOLE)
_SHARE = st.builds(SeriesShare, st.just("nightly"), st.integers(1, 9), st.just(0.95))
_FACTS = st.one_of(
    st.builds(Started, _WHOLE, _WHOLE, st.none() | _WHOLE),
    st.builds(Voided, _WHOLE, _WHOLE, _USAGE),
    st.builds(Erased, _TEXT, _WHOLE, st.none() | _WHOLE, st.booleans()),
    st.builds(
        Opened, _TEXT, _TEXT, st.booleans(), st.none() | _SHARE
    ),
    st.builds(
        Finished, _WHOLE, _WHOLE, st.none() | st.booleans(), st.none() | st.sampled_from(Cause), st.none() | _TEXT, _WHOLE,
        usage=_USAGE, score=st.lists(_WHOLE, max_size=3).map(tuple),
    ),
)  # fmt: skip


@given(_FACTS)
def test_a_fact_is_what_its_canonical_bytes_say(fact: Started) -> None:
    """to_data, canonical bytes, and back; an error of "" is none."""
    again = type(fact).from_data(object_of(canonical(fact.to_data())))
    assert again.to_data() == fact.to_data()
    assert read_canonical(canonical(fact.to_data())) == fact.to_data()


def test_a_price_keeps_its_digits() -> None:
    """0.10 is not 0.1: a price is compared as text."""
    usage = Usage(1, 2, Decimal("0.10"), 3, 4)
    assert str(Voided.from_data(Voided(0, 1, usage).to_data()).usage.cost_usd) == "0.10"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"arm": "0", "i": 1}, "arm: str in place of int"),
        ({"arm": 0, "i": None}, "i: NoneType in place of int"),
        ({"arm": 0, "i": 1, "lease": [5]}, "lease: list in place of int"),
    ],
)
def test_a_fact_with_a_member_of_another_type_is_refused(data: dict[str, int], wrong: str) -> None:
    """The message names the member."""
    with pytest.raises(ValueError, match=wrong):
        Started.from_data(data)


def test_what_is_absent_is_a_key_error_and_what_may_be_absent_is_none() -> None:
    """`optional` alone takes null for absent."""
    for read in (
        lambda: member({}, "a", int),
        lambda: nested({}, "a"),
        lambda: listed({}, "a"),
        lambda: pairs({}, "a"),
    ):
        with pytest.raises(KeyError):
            read()
    assert optional({}, "a", str) is None
    assert optional({"a": None}, "a", str) is None
    with pytest.raises(ValueError, match="NoneType"):
        member({"a": None}, "a", str)


def test_lists_are_of_one_type() -> None:
    """A text is no list, a list of one number no pair."""
    assert members({"a": [1, 2]}, "a", int) == (1, 2)
    assert pairs({"a": [[3, 1], [0, 0]]}, "a") == ((3, 1), (0, 0))
    for read in (lambda: members({"a": [1, "2"]}, "a", int), lambda: members({"a": "12"}, "a", str),
                 lambda: pairs({"a": [[1]]}, "a"), lambda: nested({"a": []}, "a"), lambda: object_of("[1]")):  # fmt: skip
        with pytest.raises(ValueError):
            read()

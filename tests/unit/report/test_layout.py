"""JSON that is laid out says what flat JSON says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgents.report.layout import WIDTH, compact, pretty

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=40,
)


@given(VALUES)
def test_the_same_document(data: object) -> None:
    assert json.loads(pretty(data)) == data
    assert json.loads(compact(data)) == data


@pytest.mark.parametrize("data", [{"seed": 2**64}, {"seed": -(2**70)}, ["\ud83d half"], {"a": [2**100, "\udc00"]}])
def test_what_a_fast_writer_refuses_is_written_as_well(data: object) -> None:
    assert json.loads(compact(data)) == data


def test_short_things_stay_on_a_line_and_long_lists_have_a_line_an_item() -> None:
    assert pretty({"a": [1, 2]}) == '{"a": [1, 2]}'
    rows = [[i, {"value": i}] for i in range(40)]
    lines = pretty(rows).splitlines()
    assert len(lines) == 42
    assert all(len(line) <= WIDTH for line in lines)


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        pretty([float("nan")])

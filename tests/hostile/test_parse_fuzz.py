"""The first documents of the campaign of `scripts/fuzz`, and our own list of what is valid JSON at its edges."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from parse_fuzz import CLAIM_JSON, changed, documents, prefixes

EDGES = (
    "0", "-0", "-0.0", "1e5", "1E-2", "123456789012345678901234567890", "0.1e+7", '""', '"\\u0000"', '"\\ud83d\\ude00"', '"\x7f"',
    "null", "true", " false\n", "[]", "{}", "[ ]", "{ }", "[[[]]]", "[null]", '[""]', '{"":0}', '{"a":{}}', '{"a":1,"a":2}',
    '{"\\u0000":1}', '"\\/"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\u2028\u2029"', '"\ufeff"', '"\U0010ffff"', '"// no comment"',
    '"/* none */"', '"```json\\n{}\\n```"', '"<think>"', '["</think>", {}]', "\t[1 ,\r\n2]\n", '{"a" :\t1}', "[1,[2,[3,[4]]]]",
    '["a\\u0022,\\u0022b"]', '"\\u005c\\u0022"', "[1.0, 1, -1.5e300]", '{"a b": "c: d, e", "f": "{g}"}', '"True"', '["NaN"]',
    '"[TOOL_CALLS]f{}"', '"Action Input: {}"', "[0,0,0,0]", '{"x": "it\'s", "y": "\\"quoted\\""}', '"\\ud800"', '["\\udfff a"]',
)  # fmt: skip


@pytest.mark.parametrize("name", CLAIM_JSON)
def test_valid_json_at_its_edges_comes_back_as_json_loads_returns_it(name: str) -> None:
    """Root scalars, escapes, numbers, keys, space and marks inside of strings."""
    for text in EDGES:
        json.loads(text)
        assert not changed(name, text), text


@pytest.mark.parametrize("name", CLAIM_JSON)
def test_valid_json_of_random_shape_comes_back_unchanged(name: str) -> None:
    """The first 300 documents."""
    for text in documents(1, 300):
        assert not changed(name, text), text


def test_a_stream_says_what_loads_says_of_the_text_so_far() -> None:
    """Every prefix of the first documents."""
    assert not prefixes(1, 8)

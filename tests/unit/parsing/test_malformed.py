"""The published corpus: every line says what is right, and that is what the oracle says."""

import json

import pytest

from kgents.parsing.malformed import made, published
from kgents.parsing.mutator import Level, mutators
from kgents.parsing.oracle import GOOD, Answer, ParseOutcome, judge
from kgents.parsing.source import Input, own_value

LINES = published()


def given_of(line):
    """A line as an input of the oracle."""
    return Input(line["text"], line["truth"], Level(line["level"]), line["class"], (line["kind"],), line["id"], line["text"],
                 also=tuple(line["also"]), whole=tuple(map(tuple, line["whole"])) if "whole" in line else None)  # fmt: skip


def test_it_is_what_the_mutators_make():
    """The file is the one that fixed seeds give, so that nobody edits a truth by hand."""
    assert [json.loads(json.dumps(line)) for line in made()] == LINES


def test_a_version_that_was_published_is_a_part_of_the_next():
    """No line of version 1 was changed or dropped."""
    before = published("kgents-malformed-v1")
    assert len(before) < len(LINES)
    assert [line for line in LINES if line["id"] in {old["id"] for old in before}] == before


def test_every_kind_is_in_it_and_no_text_twice():
    kinds = {mutator.name for mutator in mutators("json") if mutator.family != "bombs"}
    assert {line["kind"] for line in LINES} == kinds
    assert len({line["id"] for line in LINES}) == len(LINES)
    assert all(line["source"] and line["reason"] for line in LINES)


@pytest.mark.parametrize("level", ["exact", "valid"])
def test_the_truth_and_what_is_as_right_are_recovered_and_the_text_itself_is_not(level):
    lines = [line for line in LINES if line["level"] == level]
    assert len(lines) > 20
    for line in lines:
        for value in (line["truth"], *line["also"]):
            assert judge(given_of(line), Answer("returned", value)).outcome is ParseOutcome.RECOVERED, line["id"]
        assert judge(given_of(line), Answer("returned", line["text"])).outcome not in GOOD


def test_nothing_is_right_where_there_is_no_answer():
    lines = [line for line in LINES if line["level"] == "none"]
    assert lines
    assert all(judge(given_of(line), Answer("returned", {"a": 1})).kind == "hallucinated" for line in lines)


def test_what_was_cut_is_no_valid_json():
    lines = [line for line in LINES if line["level"] == "prefix"]
    assert lines
    assert not any(own_value(line["text"])[0] for line in lines)

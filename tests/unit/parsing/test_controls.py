"""Controls and shrinking, with parsers in this process."""

import json

import pytest

from kgents.parsing.controls import control, exponent
from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.mutator import chosen, families, mutators
from kgents.parsing.oracle import Answer, ParseOutcome, judge
from kgents.parsing.shrink import CANDIDATES, shrink
from kgents.parsing.source import Source


def source(words=None, corpus="llm-json"):
    language = BUILT_IN[corpus].language
    return Source(BUILT_IN[corpus], chosen(words, language), dict.fromkeys(families(language), 1))


def asking(parse, times=None):
    """A way to ask a parser in this process; `times` gives made-up microseconds by size of the text."""

    async def ask(texts):
        ask.asked += len(texts)
        answers = []
        for text in texts:
            micros = times(len(text)) if times else 10
            try:
                answers.append(Answer("returned", parse(text), micros=micros))
            except ValueError as wrong:
                answers.append(Answer("rejected", error=str(wrong), micros=micros))
            except RecursionError as wrong:
                answers.append(Answer("crashed", error=f"RecursionError: {wrong}", micros=micros))
        return answers

    ask.asked = 0
    return ask


async def test_a_faithful_parser_has_no_fault():
    found = await control(source(), asking(json.loads), 1, 15)
    assert (found.changed, found.rejected) == ([], 0)
    assert {"idempotence", "whitespace", "key order"} == set(found.metamorphic)
    assert all(entry["checked"] > 0 == entry["broken"] for entry in found.metamorphic.values())


def dropping(text):
    value = json.loads(text)
    if isinstance(value, dict) and len(value) > 1:
        value.pop(next(iter(value)))
    return value


async def test_a_parser_that_drops_a_member_changes_valid_documents_and_is_not_idempotent():
    found = await control(source(), asking(dropping), 1, 15)
    assert len(found.changed) > 5
    assert found.metamorphic["idempotence"]["broken"] > 0
    assert found.metamorphic["key order"]["broken"] > 0


async def test_quadratic_time_is_told_from_linear_time():
    linear = await control(source(), asking(json.loads, lambda size: size // 4), 1, 2)
    square = await control(source(), asking(json.loads, lambda size: (size // 100) ** 2), 1, 2)
    assert all(entry["exponent"] is None or entry["exponent"] < 1.2 for entry in linear.growth.values())
    assert any(entry["exponent"] and entry["exponent"] > 1.8 for entry in square.growth.values())


def test_an_exponent_needs_times_that_can_be_told_from_noise():
    assert exponent([(1, 5), (2, 9), (4, 2000), (8, 4000)]) is None
    assert exponent([(2, 2000), (4, 8000), (8, 32000)]) == pytest.approx(2, abs=0.01)


async def shrunk(words, parse, wanted):
    """The first input of this outcome, shrunk."""
    found = source(words)
    stacks = {mutator.name: mutator for mutator in mutators()}
    ask = asking(parse)
    for seed in range(400):
        given = found.input(seed)
        (answer,) = await ask([given.text])
        judged = judge(given, answer)
        if judged.outcome is wanted:
            ask.asked = 0
            small = await shrink(given, [stacks[name] for name in given.mutators], judged, answer, ask)
            assert ask.asked <= CANDIDATES
            assert judge(small.input, small.answer) == judged
            return given, small.input
    raise AssertionError("nothing to shrink")


async def test_corruption_is_shrunk_and_keeps_its_kind_and_truth():
    def cutting(text):
        return (
            json.loads(text[: text.rindex(",")] + "}")
            if text.endswith(",}") and text.count(",") > 2
            else json.loads(text)
        )

    def no_numbers(text):
        return json.loads(text.removeprefix("\ufeff"), parse_float=lambda word: 0.0)

    given, small = await shrunk("encoding", no_numbers, ParseOutcome.CORRUPTED)
    assert len(small.text) < 25 < len(given.text)
    assert json.loads(small.text.removeprefix("\ufeff")) == small.truth
    assert cutting('{"a": 1}') == {"a": 1}


async def test_a_crash_is_shrunk_as_text():
    def crashing(text):
        if text.count("[") > 100:
            raise RecursionError("deep")
        return json.loads(text)

    given, small = await shrunk("deep_lists", crashing, ParseOutcome.CRASHED)
    assert small.text.count("[") < 140
    assert len(small.text) < len(given.text) / 2

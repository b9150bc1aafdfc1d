"""Inputs are a function of their seed, and the weights declare what a rate over them averages."""

import hashlib
import json
from collections import Counter

import pytest

from kgents.errors import UsageError
from kgents.parsing.corpora import BUILT_IN, Given, built_in
from kgents.parsing.corpora.conforming import conforming
from kgents.parsing.corpora.given import document, read_documents
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import chosen, families, mutators
from kgents.parsing.oracle import Answer, ParseOutcome, judge
from kgents.parsing.schema import faults
from kgents.parsing.source import Source, input_from_data, input_to_data, own_value


def source(corpus="llm-json", severities=(1,), weights=None, mutator_names=None):
    language = BUILT_IN[corpus].language
    every = chosen(mutator_names, language)
    return Source(BUILT_IN[corpus], every, weights or dict.fromkeys(families(language), 1), severities)


def test_draws_are_those_of_the_published_generator():
    draw = Draw(1234567)
    assert [draw.bits() for _ in range(5)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("corpus", "severities", "digest"),
    [
        ("llm-json", (1,), "5d2091e4a3cf782a"),
        ("json", (1, 2, 3), "9173bb980274e0c5"),
        ("python", (2,), "159e451eeffcb273"),
    ],
)
def test_inputs_are_the_same_on_every_machine(corpus, severities, digest):
    found = source(corpus, severities)
    texts = "\x00".join(found.input(seed).text for seed in range(300))
    assert hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()[:16] == digest


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_document_survives_the_oracle(name):
    """The round trip: a document, read by the standard library, is judged as recovered."""
    found = source(name)
    for seed in range(200):
        given = found.clean(seed)
        valid, value = own_value(given.text, given.language)
        assert valid
        assert judge(given, Answer("returned", value)).outcome is ParseOutcome.RECOVERED


def test_weights_are_what_is_drawn():
    found = source(weights={"truncation": 3, "wrapping": 1})
    counts = Counter(found.input(seed).family for seed in range(2000))
    assert set(counts) == {"truncation", "wrapping"}
    assert 0.70 < counts["truncation"] / 2000 < 0.80


def test_severity_is_the_number_of_mutators():
    found = source(severities=(3,))
    inputs = [found.input(seed) for seed in range(200)]
    assert sum(given.severity == 3 for given in inputs) > 180
    for given in inputs:
        kinds = {mutator.family for mutator in mutators() if mutator.name in given.mutators}
        assert len(kinds) == given.severity


def test_what_does_not_apply_is_counted():
    found = Source(Given([("one", {"a": "b"})]), chosen("numbers,quotes", "json"), {"numbers": 1, "quotes": 1})
    assert found.families == ("quotes",)
    assert "plus_sign" in found.inapplicable
    with pytest.raises(UsageError, match="no mutator"):
        Source(Given([("one", {"a": "b"})]), chosen("numbers", "json"), {"numbers": 1})


@pytest.mark.parametrize("corpus", ["llm-json", "json", "python"])
def test_an_input_survives_the_way_to_a_file(corpus):
    found = source(corpus)
    for seed in range(150):
        given = found.input(seed)
        again = input_from_data(json.loads(json.dumps(input_to_data(given))))
        assert (again.text, again.level, again.hole) == (given.text, given.level, given.hole)
        assert judge(again, Answer("returned", given.truth)) == judge(given, Answer("returned", given.truth))


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'truncation'"):
        chosen("trunction", "json")
    with pytest.raises(UsageError, match="did you mean 'llm-json'"):
        built_in("lmm-json")


SCHEMA = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "minItems": 1},
        "who": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 3}]},
        "kind": {"enum": ["a", "b"]},
    },
    "required": ["n", "tags"],
    "additionalProperties": False,
    "$defs": {"tag": {"type": "string", "maxLength": 5}},
}


def test_documents_can_be_made_from_a_schema():
    corpus = conforming(SCHEMA)
    made = [corpus.draw(Draw(seed)).value for seed in range(100)]
    assert all(not faults(value, SCHEMA) for value in made)
    assert len({json.dumps(value) for value in made}) > 50
    with pytest.raises(UsageError, match="no document"):
        conforming({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "^zq{9}$"}}})


def test_documents_are_read_from_files_lines_and_folders(tmp_path):
    (tmp_path / "a.json").write_text('{"a": 1}')
    (tmp_path / "b.jsonl").write_text('{"b": 2}\n\n[3]\n')
    assert read_documents([tmp_path], "json") == [("a.json", {"a": 1}), ("b.jsonl:1", {"b": 2}), ("b.jsonl:3", [3])]
    (tmp_path / "a.json").unlink()
    (tmp_path / "b.jsonl").write_text('{"b": "one\u2028line\x85still"}\n[3]\n')
    assert read_documents([tmp_path], "json") == [("b.jsonl:1", {"b": "one\u2028line\x85still"}), ("b.jsonl:2", [3])]


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not valid JSON"), ("3", "neither an object nor a list"), ('{"a": NaN}', "not valid JSON")],
)
def test_a_document_that_is_broken_already_is_refused(text, words):
    with pytest.raises(UsageError, match=words):
        document(text, "json", "here")

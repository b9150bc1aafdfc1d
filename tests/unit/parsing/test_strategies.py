"""The strategies that come with kgents: what they read, and what they would rather not."""

import json

import pytest

from kgents.errors import UsageError
from kgents.parsing import lazy_validation
from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import families, mutators
from kgents.parsing.oracle import SILENT, Answer, judge
from kgents.parsing.source import Source
from kgents.parsing.strategies.plain import extract, lenient
from kgents.parsing.strategies.programs import fenced, lazy
from kgents.parsing.strategies.schema_guided import schema_guided
from kgents.parsing.strategy import Parsed, available, built_in, load, names, strategy_of

SCHEMA = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "price": {"type": "number"},
        "ok": {"type": "boolean"},
        "name": {"type": "string"},
        "inner": {"type": "object", "properties": {"k": {"type": "integer"}}, "required": ["k"]},
    },
    "required": ["n", "name"],
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('Sure:\n\n{"a": [1, 2]}\n\nDone.', {"a": [1, 2]}),
        ('<think>{"a": 2}</think>{"a": 1}', {"a": 1}),
        ('I used {x} and [y]:\n{"a": 1}', {"a": 1}),
        (json.dumps('{"a": 1}'), '{"a": 1}'),
        ('"a text"', "a text"),
        ('{"a": 1}\n{"a": 1}', {"a": 1}),
    ],
)
def test_extract_takes_off_what_is_around(text, value):
    assert extract(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"b": 1}, "c": ',
        "[{}0 2]",
        "no answer",
        '{"a": 1} {"a": 2}',
        "dict(a=[], b=1)",
        "null[]",
        "[1, 2",
    ],
)
def test_extract_never_takes_a_part_for_the_whole(text):
    with pytest.raises(ValueError, match=r"."):
        extract(text)


@pytest.mark.parametrize(
    ("text", "value", "complete"),
    [
        ("{'a': True, b: None,}", {"a": True, "b": None}, True),
        ('{"a": 1 // one\n, /* two */ "b": 2 # three\n}', {"a": 1, "b": 2}, True),
        ('{"a": [1, 2', {"a": [1]}, False),
        ('{"a": [1, 2,', {"a": [1, 2]}, False),
        ('{"a": "hel', {"a": "hel"}, False),
        ('{"a": "x", "b', {"a": "x"}, False),
        ("{“a”: ‘b’}", {"a": "b"}, True),
        ('{"a": +1, "b": .5, "c": 0x1F, "d": 1_000}', {"a": 1, "b": 0.5, "c": 31, "d": 1000}, True),
        ('{"a": "one\ntwo"}', {"a": "one\ntwo"}, True),
        ('{"a": "\\ud83d\\ude80 \\x41"}', {"a": "🚀 A"}, True),
        ('{"a" = 1; "b" => 2}', {"a": 1, "b": 2}, True),
        ('{"a": 1}}', {"a": 1}, True),
    ],
)
def test_lenient_reads_what_people_write(text, value, complete):
    found = lenient(text)
    assert (found.value, found.complete) == (value, complete)
    assert found.repairs or not complete


@pytest.mark.parametrize(
    "text",
    ['{"a": say "hi"}', '["a" "b"]', '{"a": "x" "b" c}', "[1, 007]", "[1 2]", "[hello]", "{,}", '{"a": "\\u12G"}',
     '{"a": "x" y, "b": "c"}', '{"a": 3 + 4}', "[" * 500],
)  # fmt: skip
def test_lenient_rejects_where_it_would_guess(text):
    with pytest.raises(ValueError, match=r"."):
        lenient(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{\"a\": 1, 'a': 2}", {"a": 2}),
        ('{"a": }', {}),
        ('{"a": "}', {"a": ""}),
        ('{"a": [1, 2, ...]}', {"a": [1, 2]}),
        ('{"a": "x, "b": 2}', {"a": "x", "b": 2}),
        ('{"a": 1 /* the remaining fields are omitted */}', {"a": 1}),
    ],
)
def test_lenient_marks_what_is_doubtful(text, value):
    found = lenient(text)
    assert (found.value, found.complete) == (value, False)


@pytest.mark.parametrize(
    ("name", "limit"), [("strict", 0), ("extract", 0.004), ("lenient", 0.02), ("lazy_validation", 0.01)]
)
def test_the_careful_ones_corrupt_next_to_nothing(name, limit):
    strategy = strategy_of(name, "json")
    source = Source(BUILT_IN["llm-json"], mutators(), dict.fromkeys(families(), 1))
    wrong = 0
    for seed in range(1500):
        given = source.input(seed)
        try:
            found = strategy.parse(given.text, None)
        except (*strategy.rejects, RecursionError):
            continue
        parsed = found if isinstance(found, Parsed) else Parsed(found)
        wrong += judge(given, Answer("returned", parsed.value, parsed.complete)).outcome in SILENT
    assert wrong <= limit * 1500


@pytest.mark.parametrize("name", available("json"))
def test_every_strategy_returns_valid_documents_unchanged(name):
    strategy = strategy_of(name, "json")
    if name in ("yaml", "literal", "dirtyjson", "hjson"):
        text, value = '{"a": [1, 2.5, "x"]}', {"a": [1, 2.5, "x"]}
    else:
        document = BUILT_IN["llm-json"].draw(Draw(5))
        text, value = document.text, document.value
    found = strategy.parse(text, None)
    assert (found.value if isinstance(found, Parsed) else found) == value


def test_lazy_validation_keeps_what_validates_and_reports_the_rest():
    found = lazy_validation("{'n': '3', price: 'cheap', 'ok': 'true', 'name': 'x', 'inner': {'k': 'y'}}", SCHEMA)
    assert found.value == {"n": 3, "ok": True, "name": "x", "inner": {}}
    assert not found.complete
    assert set(found.errors) == {"/price", "/inner/k"}
    assert {"coerced /n", "coerced /ok"} <= set(found.repairs)


def test_lazy_validation_coerces_nothing_that_it_does_not_declare():
    found = lazy_validation('{"n": 3.7, "name": 5, "ok": 1}', SCHEMA)
    assert found.value == {}
    assert set(found.errors) == {"/n", "/name", "/ok"}


def test_lazy_validation_rejects_what_is_not_the_root_that_was_asked_for():
    with pytest.raises(ValueError, match="not what was asked for"):
        lazy_validation("[1, 2]", SCHEMA)


def test_schema_guided_wants_the_schema_and_the_text():
    assert schema_guided('{"n": "3", "name": "x",}', SCHEMA).value == {"n": 3, "name": "x"}
    assert schema_guided('{"n": "three", "name": "x"}', SCHEMA).value == {"n": 3, "name": "x"}
    marked = schema_guided('{"n": "many", "name": "x"}', SCHEMA)
    assert (marked.value, marked.complete, set(marked.errors)) == ({"name": "x"}, False, {"/n"})
    assert not schema_guided('{"other": 1}', SCHEMA).complete
    with pytest.raises(ValueError, match="no reading"):
        schema_guided("I have no {name} for you", SCHEMA)


def test_code_strategies():
    program = "def f():\n    return 1\n"
    assert fenced(f"Here:\n```python\n{program}```\nand\n```bash\nls\n```\n") == program
    found = lazy(f"Here is what you asked for:\n\n{program}\nHope this helps!\n")
    assert found.value.strip() == program.strip()
    assert not found.complete
    assert lazy(">>> def f():\n...     return 1\n").value.strip() == program.strip()


def test_names_and_libraries(monkeypatch):
    assert {"strict", "extract", "repair", "partial", "lazy_validation", "schema_guided", "yaml", "literal"} <= set(
        names("json")
    )
    assert {"ast", "fenced", "lazy"} == set(names("python"))
    with pytest.raises(UsageError, match="did you mean 'repair'"):
        strategy_of("repiar", "json")
    with pytest.raises(UsageError, match="reads python"):
        strategy_of("ast", "json")
    monkeypatch.setattr("kgents.parsing.strategy.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="needs json_repair") as caught:
        strategy_of("repair", "json")
    assert "pip install" in str(caught.value.hint)
    assert built_in()["strict"].needs is None


def test_the_users_parser_is_found_and_may_name_its_errors(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "class Bad(Exception): pass\ndef parse(text):\n    return {'text': text}\nparse.rejects = (Bad,)\nNOTHING = 3\n"
    )
    found = load(f"{path}:parse")
    assert found.parse("x", None) == {"text": "x"}
    assert found.rejects[0].__name__ == "Bad"
    for where, words in (
        (f"{path}:other", "defines no .other."),
        (f"{path}:NOTHING", "is no parser"),
        ("nowhere", "not of the form"),
    ):
        with pytest.raises(UsageError, match=words):
            load(where)

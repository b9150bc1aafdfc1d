"""`loads`: valid JSON is never changed, what is not JSON is read or rejected, a schema chooses and nothing invalid stays."""

import json
from dataclasses import dataclass

import pytest

from kgents.errors import UsageError
from kgents.parsing import Partial, Rejected, loads
from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.draw import Draw
from kgents.parsing.strategy import strategy_of

CLAIM_JSON = ("strict", "extract", "lenient", "lazy_validation", "schema_guided")
TEXT = {"type": "object", "properties": {"doc": {"type": "string"}, "n": {"type": "integer"}}, "required": ["doc", "n"]}


def value(name, text):
    """What a strategy returns."""
    answer = strategy_of(name, "json").parse(text, None)
    return getattr(answer, "value", answer)


@pytest.mark.parametrize("name", CLAIM_JSON)
def test_valid_json_is_never_changed(name):
    """Tags, fences, calls, escapes within strings and root scalars come back as json.loads returns them."""
    texts = [
        '"<think>a</think> {\\"a\\": 1}"', '["```json\\n{}\\n```"]', "42", '""', "null", "-0", "1e3", '"\\ud83d"', '{"":0}',
        '{"a":"<code>x</code>"}', '{"a":"f(x=[])","a":2}', " [] ", '"\\u0000"', "[[[]],{}]",
    ]  # fmt: skip
    texts += [BUILT_IN["json"].draw(Draw(seed)).text for seed in range(300)]
    for text in texts:
        assert json.dumps(value(name, text)) == json.dumps(json.loads(text))


def test_what_is_valid_but_smells_is_marked():
    """Halves of surrogate pairs and LaTeX with one backslash are returned and marked."""
    for text in ('"\\ud83d"', '{"q": "a \\times b"}', '{"q": "\\frac{1}{2}"}'):
        assert (loads(text).value, loads(text).complete) == (json.loads(text), False)
    assert loads('{"q": "one\\ntwo\\tthree"}').complete


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"doc": "<p id="a">He said "yes", no more.</p>", "n": 1}', {"doc": '<p id="a">He said "yes", no more.</p>', "n": 1}),
        ("{'doc': 'Rory O'Neil', 'n': 2}", {"doc": "Rory O'Neil", "n": 2}),
        ('{"doc": "Quito”, "n": 3}', {"doc": "Quito", "n": 3}),
        ("{\n doc: a green door,\n n: 4\n}", {"doc": "a green door", "n": 4}),
        ('{{"doc": "x", "n": 5}}', {"doc": "x", "n": 5}),
        ('"doc": "x", "n": 6}', {"doc": "x", "n": 6}),
        ('[TOOL_CALLS]note{"doc": "x", "n": 7}', {"doc": "x", "n": 7}),
        ('note(doc="x", n=8)', {"doc": "x", "n": 8}),
        ("<function=note><parameter=doc>x</parameter><parameter=n>9</parameter></function>", {"doc": "x", "n": 9}),
        ('<|channel|>analysis<|message|>{"n": 0}<|channel|>final<|message|>{"doc": "x", "n": 1}', {"doc": "x", "n": 1}),
        ('{"doc": "x", "n": "1,200"}', {"doc": "x", "n": 1200}),
        ('{"name": "f", "arguments": "{\\"doc\\": \\"x\\", \\"n\\": 2}"}', {"doc": "x", "n": 2}),
        ('```json\n{"doc": "x", "n": 3}\n```\nThen:\n```bash\nmake\n```', {"doc": "x", "n": 3}),
        ('{"doc": "x", "n": 4}Looking good', {"doc": "x", "n": 4}),
        ('{"doc\\_": 1, "doc": "D:\\Users\\eve\\notes.md", "n": 5}', {"doc_": 1, "doc": "D:\\Users\\eve\\notes.md", "n": 5}),
    ],
)  # fmt: skip
def test_one_reading_is_found(text, wanted):
    """What people and models write instead of JSON, where one reading is left."""
    parsed = loads(text, TEXT)
    assert (parsed.value, parsed.complete) == (wanted, True)


@pytest.mark.parametrize(
    "text",
    ['{"doc": "a", "n": 1}\n{"doc": "b", "n": 2}', "I have no {doc} and no [n].", 'Error 500: {"error": {"message": "no"}}',
     '<think>{"doc": "a", "n": 1}</think>', "12", "dict(doc=[], n={"],
)  # fmt: skip
def test_no_answer_is_made_up(text):
    """Several answers, none, or only drafts: rejected."""
    with pytest.raises(Rejected):
        loads(text, TEXT)


def test_one_bad_element_never_drops_its_list_nor_an_unknown_key_its_object():
    """What violates the schema is left out and named, at every depth."""
    schema = {"type": "object", "properties": {"p": {"type": "array", "items": TEXT | {"additionalProperties": False}}}}
    parsed = loads('{"p": [{"doc": "a", "n": 1}, {"doc": "b", "n": "?"}, {"doc": "c", "n": 3, "z": 0}]}', schema)
    assert parsed.value == {"p": [{"doc": "a", "n": 1}, {"doc": "c", "n": 3}]}
    assert {problem.path for problem in parsed.problems} == {("p", 1, "n"), ("p", 2, "z")}


def test_types_and_fields():
    """Dataclasses are schemas; fields are validated when they are used; a schema that is none is our error."""

    @dataclass
    class Note:
        doc: str
        n: int

    assert loads('{"doc": "x", n: 1}', Note).require() == Note("x", 1)
    parsed = loads('{"doc": "x", "n": "many"}', Note)
    assert parsed.field("doc") == "x"
    for ask in (lambda: parsed.field("n"), parsed.require):
        with pytest.raises(Rejected):
            ask()
    for schema in (3, {"type": "objet"}, "object"):
        with pytest.raises(UsageError, match="schema"):
            loads("{}", schema)


def test_every_prefix_of_a_stream_is_what_loads_says_of_it():
    """Chunk by chunk the value, and whether it is complete, are those of the text so far."""
    for seed in range(40):
        text = BUILT_IN["llm-json"].draw(Draw(seed)).text[:400]
        partial = Partial()
        for place, letter in enumerate(text):
            partial.feed(letter)
            try:
                wanted = loads(text[: place + 1])
            except Rejected:
                continue
            assert (partial.value, partial.complete) == (wanted.value, wanted.complete)

"""`loads`: valid JSON is never changed, what is not JSON is read or rejected, a schema chooses and nothing invalid stays."""

import json
from dataclasses import dataclass
from pprint import pformat
from random import Random
from time import process_time

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
    """Halves of surrogate pairs and LaTeX and regular expressions with one backslash are returned and marked."""
    for text in ('"\\ud83d"', '{"q": "a \\times b"}', '{"q": "\\frac{1}{2}"}', '{"q": "\\bword"}'):
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
        ('{"doc": https://example.org/a?b=1&c=2, "n": 6}', {"doc": "https://example.org/a?b=1&c=2", "n": 6}),
        ('{"doc": #a0ff3c, "n": 7}', {"doc": "#a0ff3c", "n": 7}),
        ('{"n": 8 "doc": "x"}', {"doc": "x", "n": 8}),
        ('{\\n  "doc": "a\\\\nb",\\n  "n": 9\\n}', {"doc": "a\\nb", "n": 9}),
        ("OrderedDict([('doc', 'x'), ('n', 1)])", {"doc": "x", "n": 1}),
        ("{'doc': ('x'), 'n': (2)}", {"doc": "x", "n": 2}),
        ("defaultdict(str, {'doc': 'x', 'n': 2})", {"doc": "x", "n": 2}),
        ('{"doc\\_": 1, "doc": "D:\\Users\\eve\\notes.md", "n": 5}', {"doc_": 1, "doc": "D:\\Users\\eve\\notes.md", "n": 5}),
    ],
)  # fmt: skip
def test_one_reading_is_found(text, wanted):
    """What people and models write instead of JSON, where one reading is left."""
    parsed = loads(text, TEXT)
    assert (parsed.value, parsed.complete) == (wanted, True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"rows": [{"a": 1}, {"a": 2}, "total": 3}', {"rows": [{"a": 1}, {"a": 2}], "total": 3}),
        ('{"rows": ["x", "y", "total": 3, "more": [4]}', {"rows": ["x", "y"], "total": 3, "more": [4]}),
        ('{"vector": [1 2 -3]}', {"vector": [1, 2, -3]}),
        ('{"vector": [1. 2.5 3.e2]}', {"vector": [1.0, 2.5, 300.0]}),
        ("{'odd': {1, 3}, 'one': {7}}", {"odd": [1, 3], "one": [7]}),
        ('{"a": true "b": null "c": "x" "d": 1}', {"a": True, "b": None, "c": "x", "d": 1}),
        ('{"x": OrderedDict([("a", 1)]), "y": Map([["b", 2]])}', {"x": {"a": 1}, "y": {"b": 2}}),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_by_what_stands_there(text, wanted):
    """A bracket that a key shows to be missing, commas left out, sets and mappings of Python."""
    parsed = loads(text)
    assert (parsed.value, parsed.complete) == (wanted, True)


def test_only_a_comma_makes_a_tuple_of_one_value() -> None:
    """As Python reads parentheses."""
    assert loads("{'a': (1,), 'b': (1), 'c': ((2 , )), 'd': (), 'e': ([3]), 'f': (1, 2)}").value == {
        "a": [1], "b": 1, "c": [2], "d": [], "e": [3], "f": [1, 2]
    }  # fmt: skip
    assert loads("{'a': (1, # the only one\n), 'b': (1 # the only one\n)}").value == {"a": [1], "b": 1}
    assert loads("{'a': (1,}").value == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{'a': 'x' 'y', 'b': ('x '\n 'y')}", {"a": "xy", "b": "x y"}),
        ("{'a': \"it's a \"\n 'text'}", {"a": "it's a text"}),
        ('{"a": "one, "\n "two: ", "b": 1}', {"a": "one, two: ", "b": 1}),
        ("['x '\n 'y', f'z']", ["x y", "z"]),
        ("['red', 'it's']", ["red", "it's"]),
        ("The colours:\n['red', 'green']\n", ["red", "green"]),
        ("{'a': 'He said 'no' to 'all' of it'}", {"a": "He said 'no' to 'all' of it"}),
    ],
)  # fmt: skip
def test_strings_of_python_are_one_where_they_stand_beside_each_other(text, wanted):
    """As Python reads them, in members and in lists; quotes of prose are no ends."""
    assert (loads(text).value, loads(text).complete) == (wanted, True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dict(a=\"x {'b': 1}\", c=2)", {"a": "x {'b': 1}", "c": 2}),
        ('dict(a="```json\\n{}\\n```", c=2)', {"a": "```json\n{}\n```", "c": 2}),
        ("dict(a='{\"b\": 1}')", {"a": '{"b": 1}'}),
        ("```python\ndict(a=\"x {'b': 1}\", c=2)\n```", {"a": "x {'b': 1}", "c": 2}),
        ("Here:\n```python\nf(a='{\"b\": 1}')\n```\nDone.", {"name": "f", "arguments": {"a": '{"b": 1}'}}),
    ],
)
def test_what_stands_in_an_argument_of_a_call_is_no_answer(text, wanted):
    """The call is: its strings may hold JSON, fences and brackets. Who wants JSON alone gets nothing."""
    assert (loads(text).value, loads(text).complete) == (wanted, True)
    with pytest.raises(Rejected):
        value("extract", text)


def test_what_python_prints_on_several_lines_is_read_or_rejected():
    """`pprint` writes long strings in parts, with the quotes that need the fewest escapes: nothing is read as another value."""
    chance = Random(5)
    words = (
        "the",
        "it's",
        '"fox"',
        "jumps,",
        "over:",
        "{a}",
        "[b]",
        "'dogs'",
        "#",
        "//",
        "don't",
        "a=b",
        "(c)",
        "\n",
        "\\",
        "é",
    )
    read = 0
    for _ in range(300):
        texts = [" ".join(chance.choice(words) for _ in range(chance.choice((0, 1, 3, 20)))) for _ in range(5)]
        value = {"a": texts[0], "b": [texts[1], 1, None, texts[2]], "c": {"d": texts[3], "e": {}}, "f": texts[4]}
        try:
            parsed = loads(pformat(value, width=chance.choice((20, 40, 80))))
        except Rejected:
            continue
        assert parsed.value == value or not parsed.complete
        read += parsed.value == value
    assert read >= 240


@pytest.mark.parametrize(
    "text", ['{"a": [1 234 567]}', '{"a": Counter(["x", "y"])}', '["a" "b"]', "In {1, 2} it is", "Say [a, b]"]
)
def test_what_could_be_two_things_is_rejected(text):
    """Numbers in groups of three, a mapping that would have to be counted, texts without a comma, a set and words in prose."""
    with pytest.raises(Rejected):
        loads(text)


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


_SNIPPETS = ("<think>", "</think>", "```json\n", "{", "}", "[1,2]", "'", '"', "\\", "//", "/*", "#", "é", "\U0001f600", "\ud83d",
             "\n", "\t", "<code>", "&quot;", "...", "“", "”", ":", ",", " name: x", "Action Input:", "<parameter=a>")  # fmt: skip


def _text(draw):
    return "".join(draw.pick(_SNIPPETS) for _ in range(draw.below(6)))


def _value(draw, depth=0):
    """A value whose strings look like what a parser takes off, and whose keys do, too."""
    kind = draw.below(10 if depth < 3 else 6)
    if kind < 2:
        return draw.pick((None, True, False, 0, -1, 10**20, 1.5, 1e-7, -0.0, 1e300))
    if kind < 6:
        return _text(draw)
    if kind < 8:
        return [_value(draw, depth + 1) for _ in range(draw.below(4))]
    return {_text(draw): _value(draw, depth + 1) for _ in range(draw.below(4))}


@pytest.mark.parametrize("name", CLAIM_JSON)
def test_valid_json_full_of_marks_is_never_changed(name):
    """Of 1500 random documents none comes back changed, escaped or not, indented or not."""
    for seed in range(1500):
        draw = Draw(seed)
        text = json.dumps(_value(draw), ensure_ascii=bool(seed % 2), indent=1 if seed % 3 == 0 else None)
        assert json.dumps(value(name, text)) == json.dumps(json.loads(text))


_ACCEPTED = (
    '[[]   ]', '[""]', '[]', '["a"]', "[false]", '[null, 1, "1", {}]', "[null]", "[1\n]", " [1]", "[1,null,null,null,2]", "[2] ",
    "[123e65]", "[0e+1]", "[0e1]", "[ 4]", "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
    "[20e1]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]",
    "[123.456789]", '{"asd":"sdf", "dfg":"fgh"}', '{"asd":"sdf"}', '{"a":"b","a":"c"}', '{"a":"b","a":"b"}', "{}", '{"":0}',
    '{"foo\\u0000bar": 42}', '{ "min": -1.0e+28, "max": 1.0e+28 }', '{"x":[{"id": "xxx"}], "id": "xxx"}', '{"a":[]}',
    '{\n"a": "b"\n}', '["\\u0060\\u012a\\u12AB"]', '["\\uD801\\udc37"]', '["\\"\\\\\\/\\b\\f\\n\\r\\t"]', '["\\\\u0000"]',
    '["\\""]', '["a/*b*/c/*d//e"]', '["\\\\a"]', '["\\\\n"]', '["\\u0012"]', '["\\uFFFF"]', '["asd"]', '[ "asd"]',
    '["\\uDBFF\\uDFFF"]', '["new\\u00A0line"]', '["\U0010ffff"]', '["\uffff"]', '["\\u0000"]', '["\\u002c"]', '["\u03c0"]',
    '["\U0001bfff"]', '["asd "]', '" "', '["\\uD834\\uDd1e"]', '["\\u0821"]', '["\\u0123"]', '["\u2028"]', '["\u2029"]',
    '["\\u0061\\u30af\\u30EA\\u30b9"]', '["new\\u000Aline"]', '["\x7f"]', '["\\uA66D"]', '["\\u005C"]', '["\u2342\u3238\u2342"]',
    '["\\u200B"]', '["\\u2064"]', '["\\uFDD0"]', '["\\uFFFE"]', '["\\u0022"]', '["€𝄞"]', '["a\x7fa"]', "false", "42", "-0.1",
    "null", '"asd"', "true", '""', '["a"]\n', "[true]", " [] ",
)  # fmt: skip


@pytest.mark.parametrize("name", CLAIM_JSON)
def test_what_the_grammar_accepts_is_accepted(name):
    """Texts as test suites of the grammar have them come back with the value that json.loads reads."""
    for text in _ACCEPTED:
        assert json.dumps(value(name, text)) == json.dumps(json.loads(text)), text


@pytest.mark.parametrize("note", ["[truncated]", "[... output truncated]", "[response was cut off here]"])
def test_a_note_in_brackets_that_the_text_was_cut_is_no_value(note):
    """It says so at the end of what was written, and is no list of a word."""
    for text, value in (('{"a": [1, 2,\n', {"a": [1, 2]}), ('[{"a": 1},\n', [{"a": 1}])):
        parsed = loads(text + note)
        assert (parsed.value, parsed.complete) == (value, False)
    assert loads("{a: [truncated, 1]}").value == {"a": ["truncated", 1]}


@pytest.mark.parametrize("unit", [" ", "\n", "[", "[1,", '{"a":', '\\"', "{'", "a(", "```\nf(a= "])
@pytest.mark.parametrize("head", ["", "[", "Answer: "])
def test_a_long_text_without_a_value_is_refused_in_time_that_grows_with_its_length(unit: str, head: str) -> None:
    """Brackets that nest too deeply were read anew from each of them, and white space from each of its characters."""
    size, seconds = (
        (40_000, 2) if unit.isspace() else (15_000, 10)
    )  # of the processor; squares would take minutes, or 5 s
    text, began = head + (unit * size)[:size] + "x", process_time()
    for name in ("extract", "lenient", "lazy_validation"):
        try:
            whole = strategy_of(name, "json").parse(text, None).complete
        except Rejected:
            whole = False
        assert not whole
    assert process_time() - began < seconds


@pytest.mark.parametrize("name", ["extract", "lenient", "lazy_validation"])
def test_a_long_draft_that_broke_does_not_hide_the_answer_behind_it(name: str) -> None:
    """Each of its brackets is read in vain up to where it broke."""
    rows = ", ".join(json.dumps({"id": n, "name": f"item {n}"}) for n in range(800))
    text = f'Draft: {{"a":{{"b":{{"c":{{"d":{{"e":{{"f":[{rows} oops }}\n\nThe answer:\n```json\n{{"a": [1, 2]}}\n```\n'
    assert strategy_of(name, "json").parse(text, None).value == {"a": [1, 2]}

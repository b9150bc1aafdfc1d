"""Every mutator is held to what it claims about the truth."""

import json
import re
from itertools import product

import pytest

from kgents.parsing.corpora import BUILT_IN
from kgents.parsing.distance import distance
from kgents.parsing.document import Document, Draft, tokens
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, families, mutators
from kgents.parsing.sameness import same
from kgents.parsing.source import broken, own_value

JSON, PYTHON = mutators("json"), mutators("python")
CORPORA = {"json": ("llm-json", "json"), "python": ("python",)}


def mutants(mutator, count=25):
    """Inputs that this mutator makes of documents of the corpora."""
    found = []
    for name in CORPORA[mutator.language]:
        for seed in range(count):
            draw = Draw(seed)
            document = BUILT_IN[name].draw(draw)
            given = broken(document, (mutator,), mutator, draw)
            if given is not None:
                found.append(given)
    return found


def small_values():
    """Every object and list of a small world: the neighbours that a mutant could be mistaken for."""
    leaves = [0, 12, 1.5, -0.5, 100, 1234, 2.0, "", "word", "lorem ipsum dolor", "it's", 'say "hi"', "back\\d", "line\nend",
              "é", "a{b}", "a_b *c*", "C d", True, False, None, [], {}]  # fmt: skip
    few = [0, 12, -0.5, 1234, "", "word", "lorem ipsum dolor", 'say "hi"', True, None, [], {}]
    yield from ([leaf] for leaf in leaves)
    yield from ({"a": leaf} for leaf in leaves)
    yield from ([one, other] for one, other in product(few, repeat=2))
    yield from ({"a": one, "b": other} for one, other in product(few, repeat=2))
    yield from ([[one], other] for one, other in product(few, repeat=2))
    yield from ({"a": [one, 12], "bc": {"a": other}} for one, other in product(few, repeat=2))


SMALL = [Document("small", value, place % 2) for place, value in enumerate(small_values())]


def test_there_are_enough():
    assert len(JSON) >= 60
    assert len(PYTHON) >= 20
    assert len({mutator.name for mutator in JSON}) == len(JSON)
    assert len({mutator.name for mutator in PYTHON}) == len(PYTHON)
    more = {"quotation", "fences", "escapes", "calls", "leftovers", "brackets", "bare", "thoughts"}
    wanted = {
        "wrapping",
        "punctuation",
        "quotes",
        "literals",
        "numbers",
        "strings",
        "truncation",
        "missing",
        "repeats",
        *more,
    }
    assert wanted | {"noise", "encoding", "drift", "bombs", "garbage"} == set(families("json"))


@pytest.mark.parametrize("mutator", [*JSON, *PYTHON], ids=lambda mutator: f"{mutator.language}-{mutator.name}")
def test_a_mutant_is_what_it_claims(mutator):
    found = mutants(mutator)
    assert found, "it applies to no document"
    assert mutator.reason
    for given in found:
        assert given.text != given.valid
        assert given.family == mutator.family
        _CLAIMS[mutator.level](given)


def _exact(given):
    valid, own = own_value(given.text, given.language)
    if given.language == "python":
        assert not valid or "".join(own.split()) == "".join(given.truth.split()) or given.mutators[0] in _QUIET
        return
    json_of_truth = own_value(given.valid)[1]
    assert same(given.truth, json_of_truth)
    assert not valid or isinstance(own, str) or same(own, given.truth)  # a text in a text decodes to the truth
    if valid and isinstance(own, str):
        assert same(json.loads(own), given.truth)


_QUIET = ("all_but_first_indented", "one_tab", "smart_quotes", "html_entities", "prose_between")


def _valid(given):
    if given.mutators[0].startswith("deep_"):
        inner = given.truth
        for _ in range(given.text.count("[") + given.text.count("{")):
            inner = next(iter(inner.values())) if isinstance(inner, dict) and set(inner) == {"a"} else inner[0] \
                if isinstance(inner, list) and len(inner) == 1 else inner  # fmt: skip
        assert json.dumps(inner, ensure_ascii=False)[:5].strip()
        assert given.valid in given.text
        return
    valid, own = own_value(given.text)
    assert valid
    assert same(own, given.truth)


def _prefix(given):
    if given.language == "json":
        assert not own_value(given.text)[0]
    kept = given.text
    for noise in ("```json\n", "```python\n", "\n```", " …", "\n[truncated]", "\n... (output truncated)"):
        kept = kept.removeprefix(noise) if noise.endswith("\n") else kept.removesuffix(noise)
    if given.mutators[0] == "endless_space":
        kept = kept.rstrip()
    if given.mutators[0] == "cut_between_surrogates":
        assert re.search(r"\\ud8[0-9a-f]{2}$", kept)
        kept = kept[:-6]
    if given.mutators[0] == "loop_tail":
        assert kept.startswith(given.valid.rstrip("}]"))
    elif given.mutators[0] != "cut_in_unicode_escape":  # the letters before the cut are escaped, too
        assert given.valid.startswith(kept)
        assert len(kept) < len(given.valid)


def _hole(given):
    assert not own_value(given.text)[0]
    value = own_value(given.valid)[1]
    for step in given.hole:
        value = value[step]
    place = next(i for i, (a, b) in enumerate(zip(given.text + "\0", given.valid, strict=False)) if a != b)
    end = next(i for i, (a, b) in enumerate(zip(reversed(given.text), reversed(given.valid), strict=False)) if a != b)
    missing = given.valid[min(place, len(given.valid) - end) : max(place, len(given.valid) - end)]
    assert missing in json.dumps(value, ensure_ascii=False)


def _near(given):
    if given.level is Level.VALID:
        valid, own = own_value(given.text, given.language)
        assert valid
        assert given.language == "python" or same(own, given.truth)
    else:
        assert not own_value(given.text, given.language)[0]
        assert 1 <= distance(given.valid, given.text) <= 60


def _none(given):
    assert given.valid not in given.text or not given.valid
    if given.language == "json":
        assert not own_value(given.text)[0]
    else:
        valid, own = own_value(given.text, "python")
        assert not valid or not own.strip()


_CLAIMS = {
    Level.EXACT: _exact, Level.VALID: _valid, Level.PREFIX: _prefix, Level.HOLE: _hole, Level.AMBIGUOUS: _near,
    Level.NOISE: _near, Level.NONE: _none,
}  # fmt: skip


@pytest.mark.parametrize("mutator", [m for m in JSON if m.level is Level.EXACT], ids=lambda mutator: mutator.name)
def test_no_text_has_two_right_answers(mutator):
    """Two documents of a small world never become the same text, and no text is another document as it stands."""
    valid = {document.text: document.value for document in SMALL}
    seen = {}
    for document in SMALL:
        for seed in range(2):
            given = broken(document, (mutator,), mutator, Draw(seed))
            if given is None:
                continue
            for text in (given.text, given.text.strip()):
                other = seen.setdefault(text, given)
                assert _alike(given, other), f"{text!r} is {other.truth!r} and {given.truth!r}"
                assert text not in valid or same(valid[text], given.truth)
    assert seen


def _alike(one, other):
    return same(one.truth, other.truth) or any(same(one.truth, answer) for answer in other.also)


def test_a_mutator_that_lies_is_found():
    """The exhaustive check has teeth: dropping all quotes is not exact."""
    seen = {}
    collisions = 0
    for document in SMALL:
        text = document.text.replace('"', "")
        other = seen.setdefault(text, document.value)
        collisions += not same(other, document.value)
    assert collisions > 0


@pytest.mark.parametrize("document", [Document("x", value, style) for value in ({"a": [1, "b", {"c": None}]}, [[], {}])
                                      for style in (0, 1, 2)])  # fmt: skip
def test_pieces_make_up_the_text_and_know_their_places(document):
    draft = Draft(document)
    assert "".join(piece.text for piece in draft.pieces) == document.text == draft.text
    for piece in draft.pieces:
        if piece.role == "v" and piece.kind in "snl":
            value = document.value
            for step in piece.path:
                value = value[step]
            assert json.loads(piece.text) == value


@pytest.mark.parametrize("text", ["{", "[1}", "[1,]x", "'a'", "[1] [", "{'a': 1}"])
def test_only_valid_texts_have_pieces(text):
    with pytest.raises(ValueError, match="not valid JSON"):
        tokens(text)

"""Resource bombs: valid, and out of proportion."""

from kgents.parsing.document import Draft, dump
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

BOMBS = Registry("bombs", 2)
REGISTRIES = (BOMBS,)
add = BOMBS.add
VALID = Level.VALID
REASON = "the text is valid and is judged by what it says"


@add(VALID, REASON)
def deep_lists(draft: Draft, draw: Draw) -> bool:
    depth = draw.pick((200, 1000, 3000))
    draft.also.append(draft.document.value)  # taken out of its wrapping it is right, too
    draft.text = "[" * depth + draft.text + "]" * depth
    for _ in range(depth):
        draft.truth = [draft.truth]
    return True


@add(VALID, REASON)
def deep_objects(draft: Draft, draw: Draw) -> bool:
    depth = draw.pick((200, 1000, 3000))
    draft.also.append(draft.document.value)  # taken out of its wrapping it is right, too
    draft.text = '{"a":' * depth + draft.text + "}" * depth
    for _ in range(depth):
        draft.truth = {"a": draft.truth}
    return True


@add(VALID, REASON)
def huge_integer(draft: Draft, draw: Draw) -> bool:
    return _number(draft, draw, "9" * draw.pick((40, 400, 4000)))


@add(VALID, REASON)
def long_fraction(draft: Draft, draw: Draw) -> bool:
    return _number(draft, draw, "0." + "3" * draw.pick((30, 300)))


def _number(draft: Draft, draw: Draw, text: str) -> bool:
    places = draft.places("n")
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = text
    return True


@add(VALID, REASON)
def long_string(draft: Draft, draw: Draw) -> bool:
    places = draft.places("s", "v")
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = dump("lorem ipsum " * draw.pick((200, 2000)))
    return True


@add(VALID, REASON)
def many_members(draft: Draft, draw: Draw) -> bool:
    last = draft.pieces[-1]
    if last.kind != "}" or not draft.document.value:
        return False
    count = draw.pick((100, 500))
    last.text = "".join(f', "member {number}": {number}' for number in range(count)) + "}"
    return True


@add(VALID, "the text is valid; the value of a key that occurs twice is the last one or the first one")
def duplicate_key(draft: Draft, draw: Draw) -> bool:
    value, last = draft.document.value, draft.pieces[-1]
    if not isinstance(value, dict) or not value:
        return False
    draft.also.append(value)
    last.text = f', {dump(draw.pick(list(value)))}: "another"' + "}"
    return True

"""Loops and repeats: the model says it again, starts anew, or never stops."""

from typing import Any

from kgents.parsing.document import Draft, Piece, dump
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

REPEATS = Registry("repeats", 2)
REGISTRIES = (REPEATS,)
add = REPEATS.add
EXACT = Level.EXACT
LOOP = "and so on, "
TURNS = 300


@add(EXACT, "both copies say the same")
def said_twice(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    draft.also.append([value, value])
    draft.text = f"{draft.text}{draw.pick((chr(10), chr(10) * 2, ' '))}{draft.text}"
    return True


@add(EXACT, "the first attempt was given up in so many words")
def started_again(draft: Draft, draw: Draw) -> bool:
    solid = draft.solid()[:-1]
    if len(solid) < 3:
        return False
    cut = draw.pick(solid)
    beginning = "".join(piece.text for piece in draft.pieces[: cut + 1])
    remark = draw.pick(("\n\nSorry, let me start over:\n\n", "\n\nWait, that is wrong. Corrected:\n\n"))
    draft.text = f"{beginning}{remark}{draft.text}"
    return True


@add(EXACT, "a draft in a fence, then the final answer in a fence, by name")
def draft_then_final(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    first: Any = {"draft": True} if isinstance(value, dict) else ["draft"]
    text = draft.text
    draft.text = f"Draft:\n```json\n{dump(first)}\n```\nFinal answer:\n```json\n{text}\n```\n"
    return True


@add(EXACT, "a member that is repeated word for word changes nothing")
def member_twice(draft: Draft, draw: Draw) -> bool:
    value, style = draft.document.value, draft.document.style
    if not isinstance(value, dict) or not value or style == 1:
        return False
    key = draw.pick(list(value))
    member = dump({key: value[key]}, style)[1:-1]
    draft.pieces.insert(len(draft.pieces) - 1, Piece("raw", ("," if style == 2 else ", ") + member))
    return True


@add(Level.PREFIX, "the document is complete before the loop, which is cut off in a string")
def loop_tail(draft: Draft, draw: Draw) -> bool:
    value, last = draft.document.value, draft.pieces[-1]
    if last.kind not in "}]" or not value:
        return False
    tail = LOOP * TURNS
    draft.whole = draft.leaves()
    if isinstance(value, dict):
        if "x" in value:
            return False
        draft.truth = {**value, "x": tail}
        last.text = ', "x": "' + tail
    else:
        draft.truth = [*value, tail]
        last.text = ', "' + tail
    return True


@add(Level.VALID, "the text is valid: a list whose last element was said again and again")
def element_loop(draft: Draft, draw: Draw) -> bool:
    value, last = draft.document.value, draft.pieces[-1]
    if not isinstance(value, list) or not value:
        return False
    last.text = (", " + dump(value[-1])) * draw.between(3, 40) + "]"
    return True

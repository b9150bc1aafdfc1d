"""Brackets: lost to the prompt, doubled by a template, swapped or closed too soon; and remarks that hold some.

Seen in reports of json_repair (#172, #173), jsonrepair (#147), jiter (#162) and vllm (#21544).
"""

import re

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry
from kgents.parsing.mutators.quotation import rewritten

BRACKETS = Registry("brackets", 1)
REGISTRIES = (BRACKETS,)
add = BRACKETS.add
EXACT, AMBIGUOUS = Level.EXACT, Level.AMBIGUOUS


@add(EXACT, "the prompt ended with the brace, the answer goes on behind it")
def opening_brace_lost(draft: Draft, draw: Draw) -> bool:
    if not isinstance(draft.document.value, dict) or not draft.document.value:
        return False
    draft.pieces[0].text = ""
    if draft.pieces[1].kind == " ":
        draft.pieces[1].text = ""
    return True


@add(EXACT, "a template doubles every brace")
def doubled_braces(draft: Draft, draw: Draw) -> bool:
    braces = [piece for piece in draft.pieces if piece.kind in "{}"]
    if not braces or any(re.search(r"[{}]", piece.text) for piece in draft.pieces if piece.kind == "s"):
        return False
    for piece in braces:
        piece.text *= 2
    return True


@add(AMBIGUOUS, "which of the brackets is missing and which is of the wrong kind can be read in several ways")
def closer_missing_and_swapped(draft: Draft, draw: Draw) -> bool:
    places = draft.places("}]")
    if len(places) < 3:
        return False
    first = draw.between(0, len(places) - 3)
    draft.pieces[places[first]].text = ""
    for index in places[first + 1 : first + 3]:
        piece = draft.pieces[index]
        piece.text = "]" if piece.kind == "}" else "}"
    return True


@add(AMBIGUOUS, "whether the list ended at its first bracket or at its last can be read in two ways")
def list_closed_and_continued(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places(",") if _in_list(draft, index)]
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = "],"
    return True


def _in_list(draft: Draft, index: int) -> bool:
    following = next(piece for piece in draft.pieces[index + 1 :] if piece.kind != " ")
    return following.role == "v" and bool(following.path) and isinstance(following.path[-1], int)


@add(EXACT, "what follows is a key, so the value has ended")
def colon_for_comma(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places(",") if not _in_list(draft, index)]
    if not places:
        return False
    draft.pieces[draw.pick(places)].text = ":"
    return True


@add(EXACT, "a comment is not part of the value, whatever is quoted in it")
def comment_with_quotes_and_brackets(draft: Draft, draw: Draw) -> bool:
    places = draft.places(",{[")
    if not places:
        return False
    remark = draw.pick((' // see "notes" [1], {draft}\n', ' /* was: {"x": [1, "} */ ', ' # don\'t use "id" here }\n'))
    draft.pieces[draw.pick(places)].text += remark
    return True


def _loose(draft: Draft, draw: Draw) -> bool:
    return rewritten(draft, draw, lambda text: f"{text} {draw.pick(('}', '{ x', ']', ') }}'))}") is not None


@add(EXACT, "a bracket inside quotes is part of the string, and prose is not part of the answer")
def loose_bracket_in_string(draft: Draft, draw: Draw) -> bool:
    if not _loose(draft, draw):
        return False
    draft.text = f"The answer:\n{draft.text}\nThat is all."
    return True

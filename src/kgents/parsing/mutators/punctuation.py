"""Punctuation: commas, colons, brackets and comments that are missing, doubled or of the wrong kind."""

from kgents.parsing.document import Draft, Piece, at, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

PUNCTUATION = Registry("punctuation", 1)
REGISTRIES = (PUNCTUATION,)
add = PUNCTUATION.add
EXACT, AMBIGUOUS = Level.EXACT, Level.AMBIGUOUS


def _solid_before(draft: Draft, index: int) -> Piece | None:
    return next((piece for piece in reversed(draft.pieces[:index]) if piece.kind != " "), None)


def _solid_after(draft: Draft, index: int) -> Piece | None:
    return next((piece for piece in draft.pieces[index + 1 :] if piece.kind != " "), None)


def _filled_closers(draft: Draft, kinds: str = "}]") -> list[int]:
    """Where brackets close that have something in them."""
    places = []
    for index in draft.places(kinds):
        before = _solid_before(draft, index)
        if before is not None and before.kind not in "{[":
            places.append(index)
    return places


def _after_last(draft: Draft, index: int, text: str) -> None:
    """Writes behind the last piece before a place."""
    before = _solid_before(draft, index)
    assert before is not None
    before.text += text


def _all(draft: Draft, kind: str, text: str) -> bool:
    places = draft.places(kind)
    for index in places:
        draft.pieces[index].text = text
    return bool(places)


def _one(draft: Draft, draw: Draw, places: list[int], text: str) -> bool:
    if places:
        draft.pieces[draw.pick(places)].text = text
    return bool(places)


@add(EXACT, "nothing stands between the comma and the bracket", stacks=True)
def trailing_comma(draft: Draft, draw: Draw) -> bool:
    places = _filled_closers(draft)
    if places:
        _after_last(draft, draw.pick(places), ",")
    return bool(places)


@add(EXACT, "nothing stands between the commas and the brackets")
def trailing_commas(draft: Draft, draw: Draw) -> bool:
    places = _filled_closers(draft)
    for index in places:
        _after_last(draft, index, ",")
    return bool(places)


@add(EXACT, "nothing stands before the comma")
def leading_comma(draft: Draft, draw: Draw) -> bool:
    places = [index for index in draft.places("{[") if (after := _solid_after(draft, index)) and after.kind not in "}]"]
    if places:
        piece = draft.pieces[draw.pick(places)]
        piece.text += ","
    return bool(places)


def _lonely(draft: Draft) -> list[int]:
    """Commas without which two members do not run into one: not between two strings, numbers or literals of a list."""
    places = []
    for index in draft.places(","):
        before, after = _solid_before(draft, index), _solid_after(draft, index)
        scalars = before is not None and after is not None and before.kind in "snl" and after.kind in "snl"
        if not scalars or (after is not None and after.role == "k"):
            places.append(index)
    return places


@add(EXACT, "the next key or bracket shows where the comma was")
def missing_comma(draft: Draft, draw: Draw) -> bool:
    return _one(draft, draw, _lonely(draft), " ")


@add(EXACT, "keys and brackets show where the commas were")
def missing_commas(draft: Draft, draw: Draw) -> bool:
    places = _lonely(draft)
    if len(places) < len(draft.places(",")):
        return False
    for index in places:
        draft.pieces[index].text = " "
    return bool(places)


@add(EXACT, "an object has no empty members")
def double_comma(draft: Draft, draw: Draw) -> bool:
    places = [
        index for index in draft.places(",") if (after := _solid_after(draft, index)) is not None and after.role == "k"
    ]
    return _one(draft, draw, places, ",,")


@add(EXACT, "a semicolon where only a comma can be")
def semicolons(draft: Draft, draw: Draw) -> bool:
    return _all(draft, ",", ";")


@add(EXACT, "a key is followed by its value")
def missing_colon(draft: Draft, draw: Draw) -> bool:
    return _one(draft, draw, draft.places(":"), " ")


@add(EXACT, "an equals sign where only a colon can be")
def equals_for_colon(draft: Draft, draw: Draw) -> bool:
    return _all(draft, ":", " =")


@add(EXACT, "an arrow where only a colon can be")
def arrow_for_colon(draft: Draft, draw: Draw) -> bool:
    return _all(draft, ":", " =>")


@add(EXACT, "the same marks, in their full-width form", stacks=True)
def full_width(draft: Draft, draw: Draw) -> bool:
    return any([_all(draft, ",", "，"), _all(draft, ":", "：")])


@add(EXACT, "the document is complete before the extra bracket")
def extra_closer(draft: Draft, draw: Draw) -> bool:
    draft.pieces.append(Piece("raw", draft.text[-1]))
    return True


@add(EXACT, "the bracket that was opened says which one closes")
def wrong_closer(draft: Draft, draw: Draw) -> bool:
    places = draft.places("}]")
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = "]" if piece.kind == "}" else "}"
    return True


@add(EXACT, "parentheses where only a list can be")
def parentheses(draft: Draft, draw: Draw) -> bool:
    places = draft.places("[]")
    if not _filled_closers(draft, "]"):
        return False
    for index in places:
        draft.pieces[index].text = "(" if draft.pieces[index].kind == "[" else ")"
    for index in _filled_closers(draft, "]"):
        _after_last(draft, index, ",")  # one element in parentheses is no tuple without it
    return True


@add(AMBIGUOUS, "where the inner bracket closed can be read in several ways")
def missing_inner_closer(draft: Draft, draw: Draw) -> bool:
    return _one(draft, draw, draft.places("}]")[:-1], "")


@add(EXACT, "an ellipsis says that something was left out: right is what stands there, and that it is not all")
def ellipsis_item(draft: Draft, draw: Draw) -> bool:
    places = _filled_closers(draft, "]")
    if not places:
        return False
    index = draw.pick(places)
    path = draft.pieces[index].path
    for dots in ("...", "…"):
        draft.also.append(replaced(draft.document.value, path, [*at(draft.document.value, path), dots]))
    draft.marked = True
    _after_last(draft, index, ", ...")
    return True


def _comment(draft: Draft, draw: Draw, text: str) -> bool:
    places = draft.places(",{[")
    if places:
        draft.pieces[draw.pick(places)].text += text
    return bool(places)


@add(EXACT, "a comment is not part of the value", stacks=True)
def comment_line(draft: Draft, draw: Draw) -> bool:
    return _comment(draft, draw, " // TODO check this\n")


@add(EXACT, "a comment is not part of the value", stacks=True)
def comment_block(draft: Draft, draw: Draw) -> bool:
    return _comment(draft, draw, " /* example, only */ ")


@add(EXACT, "a comment is not part of the value", stacks=True)
def comment_hash(draft: Draft, draw: Draw) -> bool:
    return _comment(draft, draw, " # note: draft\n")

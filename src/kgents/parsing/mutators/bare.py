"""Bare: values without quotes that only people can read, numbers as keys, and constructors of Python and Mongo.

Seen in the tests of jsonrepair and json_repair, and in outputs of models that had Python or Mongo in their prompts.
"""

from typing import Any

from kgents.parsing.document import Draft, Piece, replaced
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

BARE = Registry("bare", 1)
REGISTRIES = (BARE,)
add = BARE.add
EXACT = Level.EXACT
WRITTEN = "nothing but a text can be meant by it, and it ends with its member"


def _bare(draft: Draft, draw: Draw, value: Any, text: str, *others: Any) -> bool:
    """Puts a value into a member, written as this text; `others` are as right."""
    places = [position for position in draft.places("sn", "v") if draft.pieces[position].path
              and isinstance(draft.pieces[position].path[-1], str)]  # fmt: skip
    if not places:
        return False
    path = draft.pieces[draw.pick(places)].path
    base = draft.document.value
    draft.rewrite(path, value)
    draft.also += [replaced(base, path, other) for other in others]
    start = next(index for index, piece in enumerate(draft.pieces) if piece.role == "v" and piece.path == path)
    end = next((index for index, piece in enumerate(draft.pieces) if piece.role == "c" and piece.path == path), start)
    draft.pieces[start : end + 1] = [Piece("raw", text, "v", path)]
    return True


def _text(draft: Draft, draw: Draw, *texts: str) -> bool:
    text = draw.pick(texts)
    return _bare(draft, draw, text, text)


@add(EXACT, WRITTEN)
def bare_address(draft: Draft, draw: Draw) -> bool:
    return _text(draft, draw, "https://example.org/a?b=1", "mailto:ann@example.org", "http://localhost:8080/v1/items#2")


@add(EXACT, WRITTEN)
def bare_words(draft: Draft, draw: Draw) -> bool:
    return _text(draft, draw, "not far from here", "Ann Lee", "two or three of them")


@add(EXACT, WRITTEN)
def bare_date(draft: Draft, draw: Draw) -> bool:
    return _text(draft, draw, "2024-05-01", "2024-05-01T12:30:00Z", "12:30", "2024-05-01 08:15")


@add(EXACT, "a number with a unit is a text, or the number")
def bare_unit(draft: Draft, draw: Draw) -> bool:
    number, unit = draw.pick((5, 12, 250)), draw.pick((" kg", "ms", " km/h"))
    return _bare(draft, draw, f"{number}{unit}", f"{number}{unit}", number)


@add(EXACT, "a number with a percent sign is a text, the number, or its hundredth")
def bare_percent(draft: Draft, draw: Draw) -> bool:
    number = draw.pick((5, 25, 80))
    return _bare(draft, draw, f"{number}%", f"{number}%", number, number / 100)


@add(EXACT, "a key that is a number is the text of the number")
def number_as_key(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    if not isinstance(value, dict) or not value or any(key.isdigit() for key in value):
        return False
    first = next(iter(value))
    number = draw.between(1, 99)
    draft.rewrite((), {str(number) if key == first else key: item for key, item in value.items()})
    key = next(piece for piece in draft.pieces if piece.role == "k")
    key.text = str(number)
    return True


_MADE: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ('ObjectId("507f1f77bcf86cd799439011")', "507f1f77bcf86cd799439011", ({"$oid": "507f1f77bcf86cd799439011"},)),
    ('ISODate("2024-05-01T12:30:00Z")', "2024-05-01T12:30:00Z", ({"$date": "2024-05-01T12:30:00Z"},)),
    ("NumberInt(7)", 7, ()),
    ('NumberLong("7000000000")', 7000000000, ("7000000000",)),
    ("Decimal('1.5')", 1.5, ("1.5",)),
    ("datetime.date(2024, 5, 1)", "2024-05-01", ()),
    ("UUID('12345678-1234-5678-1234-567812345678')", "12345678-1234-5678-1234-567812345678", ()),
    ("{'red', 'blue'}", ["red", "blue"], ()),
    ("set()", [], ()),
)


@add(EXACT, "a constructor stands for the value that is made by it")
def constructor(draft: Draft, draw: Draw) -> bool:
    text, value, others = draw.pick(_MADE)
    return _bare(draft, draw, value, text, *others)

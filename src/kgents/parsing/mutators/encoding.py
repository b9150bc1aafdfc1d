"""Encoding: the same answer, encoded once more, or with characters that nobody sees."""

import base64
import html
import json
from urllib.parse import quote

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

ENCODING = Registry("encoding", 3)
REGISTRIES = (ENCODING,)
add = ENCODING.add
EXACT = Level.EXACT


@add(EXACT, "a byte order mark is no part of a text", stacks=True)
def byte_order_mark(draft: Draft, draw: Draw) -> bool:
    draft.text = "\ufeff" + draft.text
    return True


@add(EXACT, "a text of JSON, encoded as a string of JSON: its content is the answer")
def encoded_twice(draft: Draft, draw: Draw) -> bool:
    draft.text = json.dumps(draft.text, ensure_ascii=False)
    return True


@add(EXACT, "the inside of such a string, its quotes lost")
def all_escaped(draft: Draft, draw: Draw) -> bool:
    draft.text = json.dumps(draft.text, ensure_ascii=False)[1:-1]
    return '"' in draft.document.text


@add(EXACT, "each entity stands for one character")
def html_entities(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    draft.text = html.escape(text, quote=False).replace('"', "&quot;")
    return draft.text != text


@add(EXACT, "each percent sign stands for a byte")
def percent_encoded(draft: Draft, draw: Draw) -> bool:
    draft.text = quote(draft.text)
    return True


@add(EXACT, "base64 of the text, and of nothing else")
def base64_encoded(draft: Draft, draw: Draw) -> bool:
    draft.text = base64.b64encode(draft.text.encode()).decode()
    return True


@add(EXACT, "a space that does not break is a space")
def hard_spaces(draft: Draft, draw: Draw) -> bool:
    done = False
    for piece in draft.pieces:
        if piece.kind == " ":
            piece.text, done = piece.text.replace(" ", "\xa0"), True
    return done and "\xa0" in draft.text


@add(EXACT, "a character without width between two marks says nothing")
def zero_width(draft: Draft, draw: Draw) -> bool:
    places = draft.places("{[,:")
    if not places:
        return False
    for index in draw.some(places, 3):
        draft.pieces[index].text += "\u200b"
    return True


@add(EXACT, "the codes that colour a terminal say nothing")
def terminal_colours(draft: Draft, draw: Draw) -> bool:
    draft.text = f"\x1b[32m{draft.text}\x1b[0m"
    return True


@add(EXACT, "a zero byte at the end says nothing")
def zero_byte(draft: Draft, draw: Draw) -> bool:
    draft.text += "\x00"
    return True


@add(EXACT, "line ends of another system, still valid and of the same value", stacks=True)
def carriage_returns(draft: Draft, draw: Draw) -> bool:
    if "\n" not in draft.text:
        return False
    draft.text = draft.text.replace("\n", "\r\n")
    return True

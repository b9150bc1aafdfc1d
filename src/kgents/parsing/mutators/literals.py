"""Literals: true, false and null as other languages write them."""

from collections.abc import Mapping

from kgents.parsing.document import Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

LITERALS = Registry("literals", 1)
REGISTRIES = (LITERALS,)
add = LITERALS.add
EXACT = Level.EXACT


def _replace(draft: Draft, words: Mapping[str, str]) -> bool:
    done = False
    for index in draft.places("l"):
        piece = draft.pieces[index]
        if piece.text in words:
            piece.text, done = words[piece.text], True
    return done


@add(EXACT, "Python's words for the same values", stacks=True)
def python_literals(draft: Draft, draw: Draw) -> bool:
    return _replace(draft, {"true": "True", "false": "False", "null": "None"})


@add(EXACT, "the same words in capitals", stacks=True)
def capital_literals(draft: Draft, draw: Draw) -> bool:
    return _replace(draft, {"true": "TRUE", "false": "FALSE", "null": "NULL"})


@add(EXACT, "JavaScript's other word for nothing")
def undefined_for_null(draft: Draft, draw: Draw) -> bool:
    return _replace(draft, {"null": "undefined"})


@add(EXACT, "Ruby's and Lua's word for nothing")
def nil_for_null(draft: Draft, draw: Draw) -> bool:
    return _replace(draft, {"null": "nil"})


@add(EXACT, "the value as Python prints it")
def python_repr(draft: Draft, draw: Draw) -> bool:
    draft.text = repr(draft.document.value)
    return True


@add(EXACT, "the value as Python prints a dictionary made by a call")
def python_dict_call(draft: Draft, draw: Draw) -> bool:
    value = draft.document.value
    if not isinstance(value, dict) or not value or not all(key.isidentifier() and key.isascii() for key in value):
        return False
    draft.text = "dict(" + ", ".join(f"{key}={item!r}" for key, item in value.items()) + ")"
    return True

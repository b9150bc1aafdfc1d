"""Line-ups at the candidate's end: what one of its objects says to each of a row, where nothing is left behind.

What the candidate's module and its classes hold is put back afterwards.
"""

import copy
import json
import sys
from collections.abc import Sequence
from typing import Any

Question = Sequence[Any]  # ("equal", value), ("anew", class, arguments, keywords) or ("operator", name, value…)


def line_up(thing: Any, row: Sequence[Question]) -> str:
    """Answers as JSON text, one for each question: true or false, [a plain answer] or ["object"], null where it raised."""
    kept = [(owner, _names(owner)) for owner in _owners()]
    held = [value for _, names in kept for value in names.values() if type(value) in (list, dict, set)]
    inner = [(value, copy.copy(value)) for value in held]
    text = _answers(thing, row)
    for owner, names in kept:
        for name, value in names.items():
            if vars(owner).get(name, owner) is not value:
                setattr(owner, name, value)
    for value, was in inner:
        _refill(value, was)
    return text


def _answers(thing: Any, row: Sequence[Question]) -> str:
    return json.dumps([_answer(thing, question) for question in row])


def _answer(thing: Any, question: Question) -> Any:
    try:
        match question:
            case ["equal", value]:
                return bool(thing == value)
            case ["anew", kind, arguments, keywords]:
                return bool(thing == kind(*arguments, **keywords))
            case ["operator", name, *values]:
                result = getattr(type(thing), name)(thing, *values)
                return [result] if type(result) in (bool, int, float, str) else ["object"]
    except BaseException:
        return None
    return None


def _names(owner: Any) -> dict[str, object]:
    return {name: value for name, value in vars(owner).items() if not name.startswith("__")}


def _owners() -> list[Any]:
    """The candidate's module and the classes in it."""
    module = sys.modules.get("candidate")
    if module is None:
        return []
    own = module.__name__
    return [module, *(each for each in vars(module).values() if isinstance(each, type) and each.__module__ == own)]


def _refill(value: Any, was: Any) -> None:
    value.clear()
    if isinstance(value, list):
        value.extend(was)
    else:
        value.update(was)

"""Line-ups at the candidate's end: what one of its objects says to each of a row, where nothing is left behind.

In a fork where the system lets us; else here, and then what classes and modules hold is put back afterwards.
"""

import copy
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

Question = Sequence[Any]  # ("equal", value), ("anew", class, arguments, keywords) or ("operator", name, value…)


def line_up(thing: Any, row: Sequence[Question]) -> str:
    """Answers as JSON text, one for each question: true or false, [a plain answer] or ["object"], null where it raised."""
    out, into = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(out)
        os.close(into)
        return _here(thing, row)
    if child == 0:
        _told(into, thing, row)
    os.close(into)
    with open(out, "rb") as answers:
        text = answers.read().decode()
    os.waitpid(child, 0)
    return text


def _told(into: int, thing: Any, row: Sequence[Question]) -> None:
    try:
        rest = _answers(thing, row).encode()
        while rest:
            rest = rest[os.write(into, rest) :]
    finally:
        os._exit(0)


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
                found = getattr(type(thing), name)(thing, *values)
                return [found] if type(found) in (bool, int, float, str) else ["object"]
    except BaseException:
        return None
    return None


def _here(thing: Any, row: Sequence[Question]) -> str:
    kept = [(owner, dict(vars(owner))) for owner in _owners()]
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

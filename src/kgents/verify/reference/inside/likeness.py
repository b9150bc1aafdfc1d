"""Whether two trees stand for the same answer. Runs on both sides: it asks nothing but exact builtins.

Rule: where the reference gives an int or a bool only that type equals it; where it gives a float, a float within the
tolerance or an int of exactly that value. The order of keys is no part of a dict, that of a set none either.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from kgents.verify.reference.inside.kinds import happened

Tree = Any
TOLERANCE = 1e-9
_ZERO = re.compile(r"-?0(\.0*)?")
LEAST = 1e-12  # absolute; sums that cancel end there


def alike(want: Tree, got: Tree, tolerance: float = TOLERANCE) -> bool:
    """Whether `got` is the answer that is wanted."""
    if not isinstance(want, tuple | list):
        return _scalar(want, got[1] if _waits(got) else got)
    if _waits(got) and want[:1] not in (("aw",), ["aw"]):
        got = got[1]
    if type(got) is int and want[0] == "f":
        return _number(want[1]) == got
    if not isinstance(got, tuple | list) or not want or not got:
        return False
    compare = _BY_TAG.get(want[0], _items)
    return compare(want, got, tolerance)


def _waits(got: Tree) -> bool:
    """Whether it stands for a coroutine: what it gives counts as the answer, also where the reference has no `async`."""
    return isinstance(got, tuple | list) and len(got) == 2 and got[0] == "aw"


def _scalar(want: Tree, got: Tree) -> bool:
    """An int, a text or None; of a member of an enumeration of ints or texts its value counts."""
    if isinstance(got, tuple | list) and got[:1] in (("en",), ["en"]):
        got = got[3] if len(got) > 3 else None
    return type(want) is type(got) and bool(want == got)


def _float(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    expected = _number(want[1])
    if got[0] != "f" or len(got) != 2:
        return False
    value = _number(got[1])
    if math.isnan(expected) or math.isnan(value):
        return math.isnan(expected) and math.isnan(value)
    return expected == value or math.isclose(expected, value, rel_tol=tolerance, abs_tol=LEAST)


def _number(text: Tree) -> float:
    return float(text) if isinstance(text, str | int | float) else math.nan


def _complex(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    return got[0] == "c" and all(alike(one, two, tolerance) for one, two in zip(want[1:], got[1:], strict=False))


def _tuple(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """A tuple; one with names will do, too."""
    items = got[2:] if got[0] == "nt" else got[1:]
    return got[0] in ("t", "nt") and _items(want[1:], items, tolerance)


def _items(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    return len(want) == len(got) and all(alike(one, two, tolerance) for one, two in zip(want, got, strict=True))


def _dict(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    if got[0] != "d" or len(want) != len(got):
        return False
    theirs = {_key(pair[0]): pair for pair in got[1:]}
    left: list[Sequence[Tree]] = []
    for key, item in want[1:]:
        pair = theirs.pop(_key(key), None)
        if pair is None:
            left.append((key, item))
        elif not alike(item, pair[1], tolerance):
            return False
    return _matched(left, list(theirs.values()), lambda a, b: _items(a, b, tolerance))


def _set(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    if got[0] != want[0] or len(want) != len(got):
        return False
    theirs = {_key(item): item for item in got[1:]}
    left = [item for item in want[1:] if theirs.pop(_key(item), _MISSING) is _MISSING]
    return _matched(left, list(theirs.values()), lambda a, b: alike(a, b, tolerance))


_MISSING = object()


def _matched(left: Sequence[Tree], theirs: list[Tree], fits: Callable[[Tree, Tree], bool]) -> bool:
    """Whether what has no exact partner has one within the tolerance."""
    if len(left) != len(theirs) or len(left) > 200:
        return False
    for item in left:
        index = next((index for index, other in enumerate(theirs) if fits(item, other)), None)
        if index is None:
            return False
        del theirs[index]
    return True


def _key(tree: Tree) -> str:
    return repr(_frozen(tree))


def _frozen(tree: Tree) -> Tree:
    return tuple(_frozen(item) for item in tree) if isinstance(tree, list | tuple) else tree


def _array(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    if got[0] != "arr" or list(want[2]) != list(got[2]):
        return False
    kinds = want[1], got[1]
    if kinds[0] == "f" and kinds[1] in "iu":
        return _items(want[3:], [("f", float(item)) if isinstance(item, int) else item for item in got[3:]], 0.0)
    return (kinds[0] == kinds[1] or set(kinds) <= set("iu")) and _items(want[3:], got[3:], tolerance)


def _object(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """An object of one class of that name; attributes that the reference does not show are not asked for."""
    if got[0] != want[0] or got[1] != want[1]:
        return False
    theirs = {pair[0]: pair[1] for pair in got[2:] if isinstance(pair, list | tuple) and len(pair) == 2}
    return all(name in theirs and alike(item, theirs[name], tolerance) for name, item in want[2:])


def _enum(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    return got[0] == "en" and list(want[1:3]) == list(got[1:3])


def _frame(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    return (
        got[0] == "df"
        and len(want) == len(got)
        and alike(want[1], got[1], tolerance)
        and all(_items(one, two, tolerance) for one, two in zip(want[2:], got[2:], strict=True))
    )


def _text(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """What is compared as text; a decimal zero has no sign."""
    if want[1:2] == got[1:2] and want[1] == "Decimal" and len(want) == len(got) == 3 and _ZERO.fullmatch(str(want[2])):
        return str(want[2]).lstrip("-") == str(got[2]).lstrip("-")
    return _items(want, got, tolerance)


def _raised(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """("raised", whether by the program's own `raise`, names …) of a step: the kind counts where the reference chose it."""
    if got[0] != "raised":
        return False
    return want[2] in got[2:] if want[1] and len(want) > 2 else happened(got[2:])


def _moved(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """("moved", what an iterator gave, what became of it): of a reference that changes what it gave, nothing is asked of it."""
    return alike(want[1], got[1] if got[0] == "moved" else got, tolerance)


def _script(want: Sequence[Tree], got: Sequence[Tree], tolerance: float) -> bool:
    """("script", what was said …, perhaps ("later", numbers of answers that changed afterwards)): where the reference's
    answers do not change, those of another must not.
    """
    ours, theirs = later(want), later(got)
    steps = want[: len(want) - bool(ours)], got[: len(got) - bool(theirs)]
    return got[0] == "script" and _items(*steps, tolerance) and set(theirs) <= set(ours)


def later(script: Sequence[Tree]) -> Sequence[int]:
    """The numbers of the answers of a script that changed afterwards."""
    last = script[-1]
    return last[1:] if isinstance(last, tuple | list) and last[:1] in (("later",), ["later"]) else ()


_BY_TAG: dict[Any, Callable[[Sequence[Tree], Sequence[Tree], float], bool]] = {
    "f": _float,
    "c": _complex,
    "t": _tuple,
    "d": _dict,
    "s": _set,
    "fs": _set,
    "arr": _array,
    "ob": _object,
    "en": _enum,
    "df": _frame,
    "raised": _raised,
    "x": _text,
    "moved": _moved,
    "script": _script,
}

"""Whether an answer is the one that was expected, and in one line why not."""

import math
from typing import Any

from kgents.sandbox.inside import values as codec

MOST_NEAR = 2_000  # members of a set that are not there exactly, and are compared with all others


def difference_of(row: Any, answer: Any, tolerance: float) -> str | None:
    """How an answer differs from what is expected, in one line; None where it does not."""
    arguments, expected, target = row
    if not isinstance(answer, dict):
        return f"{shown(target, arguments)}: no answer"
    if "raised" in expected:
        if "raised" in answer and expected["raised"] in (answer["raised"][0], *answer["raised"][1]):
            return None
        return f"{shown(target, arguments)}: expected {expected['raised']}, got {_shown(answer)}"
    if "value" not in answer:
        return f"{shown(target, arguments)}: expected {_short(expected['value'])}, got {_shown(answer)}"
    if not same(expected["value"], answer["value"], tolerance):
        if target.endswith("()"):
            return _step(target, arguments, expected["value"], answer["value"], tolerance)
        return f"{shown(target, arguments)}: expected {_short(expected['value'])}, got {_shown(answer)}"
    left, theirs = expected.get("args", arguments), answer.get("args", arguments)
    if not same(left, theirs, tolerance):
        return f"{shown(target, arguments)}: expected to leave {_short(left)}, left {_short(theirs)}"
    return None


def _step(target: str, script: Any, expected: Any, got: Any, tolerance: float) -> str:
    """The first step of a script at which two objects differ."""
    whole = f"{shown(target, script)}: expected {_short(expected)}, got {_short(got)}"
    try:
        made_with, steps = codec.decode(script)
        (answers, shows), (theirs, shown_) = codec.decode(expected), codec.decode(got)
        for index, (one, two) in enumerate(zip(answers, theirs, strict=True)):
            if not equal(one, two, tolerance):
                call = shown(target, codec.encode([made_with, steps[: index + 1]]))
                return f"{call}: expected {_told(one)}, got {_told(two)}"
        first = next(pair for pair in zip(shows, shown_, strict=True) if not equal(*pair, tolerance))
    except (*codec.MALFORMED, StopIteration, codec.TooLarge):
        return whole
    return f"{shown(target, script)}: expected {first[0][0]} = {_told(first[0][1])}, got {_told(first[1][1])}"


def _told(value: Any) -> str:
    match value:
        case ("raised", str(name)):
            return name
        case ("itself",):
            return "the object itself"
        case ("object", str(name)):
            return f"a {name}"
        case _:
            return repr(value)[:100]


def same(expected: Any, got: Any, tolerance: float) -> bool:
    """Whether two encoded values are the same."""
    try:
        return equal(codec.decode(expected), codec.decode(got), tolerance)
    except codec.MALFORMED:
        return False


def _shown(answer: Any) -> str:
    return f"{answer['raised'][0]}: {answer['raised'][2]}"[:120] if "raised" in answer else _short(answer.get("value"))


def _short(encoded: Any) -> str:
    try:
        text = repr(codec.decode(encoded))
    except codec.MALFORMED:
        text = "an answer that cannot be read"
    return text if len(text) <= 100 else text[:97] + "…"


def equal(expected: Any, got: Any, tolerance: float = 1e-9) -> bool:
    """Whether a plain value is the one that was expected (the table in docs/verification.md).

    A bool equals a bool only, an int an int only; where a float is expected, a float within the relative tolerance or an int
    of exactly that value will do, and NaN equals NaN. Parts of containers, members of sets and keys likewise.
    """
    if isinstance(expected, float) and not isinstance(got, bool):
        return _close(expected, got, tolerance) if isinstance(got, float) else type(got) is int and expected == got
    if isinstance(expected, complex) and isinstance(got, complex):
        return _close(expected.real, got.real, tolerance) and _close(expected.imag, got.imag, tolerance)
    if isinstance(expected, list | tuple) and type(expected) is type(got):
        pairs = zip(expected, got, strict=False)
        return len(expected) == len(got) and all(equal(one, two, tolerance) for one, two in pairs)
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = _paired(expected, got, tolerance)
        return keys is not None and all(equal(expected[one], got[two], tolerance) for one, two in keys)
    if isinstance(expected, set | frozenset) and type(expected) is type(got):
        return _paired(expected, got, tolerance) is not None
    return type(expected) is type(got) and bool(expected == got)


def _paired(expected: Any, got: Any, tolerance: float) -> list[tuple[Any, Any]] | None:
    """Every member of one set (or key of a dict) with its equal in the other; None where one has none."""
    if len(expected) != len(got):
        return None
    rest = {(type(member), member): member for member in got}
    pairs: list[tuple[Any, Any]] = []
    near: list[Any] = []
    for member in expected:
        if (type(member), member) in rest and not isinstance(member, tuple | frozenset):
            pairs.append((member, rest.pop((type(member), member))))
        else:
            near.append(member)
    if len(near) > MOST_NEAR:
        return None
    for member in near:
        match = next((key for key, other in rest.items() if equal(member, other, tolerance)), None)
        if match is None:
            return None
        pairs.append((member, rest.pop(match)))
    return pairs


def _close(one: float, two: float, tolerance: float) -> bool:
    return (
        one == two or math.isclose(one, two, rel_tol=tolerance, abs_tol=1e-12) or (math.isnan(one) and math.isnan(two))
    )


def shown(target: str, arguments: Any) -> str:
    """A call, or what is done to an object, as people write it, shortened."""
    if target.endswith("()"):
        return _script(target.removesuffix("()"), arguments)
    try:
        text = ", ".join(repr(value) for value in codec.decode(arguments))
    except (ValueError, TypeError):
        text = "…"
    return f"{target}({text if len(text) <= 120 else text[:117] + '…'})"


def _script(name: str, encoded: Any) -> str:
    try:
        made_with, script = codec.decode(encoded)
        calls = [f"{step}({', '.join(map(repr, arguments))})" for step, arguments in script]
        text = "; ".join([f"{name}({', '.join(map(repr, made_with))})", *calls])
    except (ValueError, TypeError):
        text = f"{name}(…)"
    return text if len(text) <= 160 else text[:159] + "…"

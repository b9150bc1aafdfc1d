"""`loads`: from what a model wrote to a value that can be vouched for, with or without a schema.

The whole text is tried first, at the speed of json.loads, and valid JSON is never changed. What is not JSON is read as
people write it; several readings are told apart by the schema; where nobody could tell, the text is rejected.
"""

import json
from dataclasses import dataclass
from typing import Any

from kgents.parsing.parsed import Parsed, Path, Problem, Rejected
from kgents.parsing.smells import smells, strong

ENVELOPES = ("arguments", "parameters", "args", "input", "properties", "result", "data", "response", "output", "answer", "value",
             "json", "_", "function", "kwargs", "action_input", "content", "payload", "object", "item")  # fmt: skip
MOST = 200  # candidates that are fitted to the schema


def loads(text: str | bytes | bytearray, schema: Any = None) -> Parsed:
    """What of a model's answer can be vouched for.

    text    the answer; bytes are UTF-8, or what their byte order mark says
    schema  a JSON Schema as a dict, a pydantic model, a dataclass, a TypeAdapter or a type; None: whatever is there

    Raises Rejected (a ValueError) where there is no answer in the text or nobody could tell which; UsageError for a schema
    that is none.
    """
    shape = None
    if schema is not None:
        from kgents.parsing.fitting.shape import shape_of

        shape = shape_of(schema)
    text, doubts = decoded(text)
    try:
        value = json.loads(text)
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except ValueError as wrong:
        if not isinstance(wrong, json.JSONDecodeError):
            raise Rejected(f"a number that is too long: {wrong}") from None
        return _repaired(text, shape, doubts)
    doubts += smells(text, value)
    if shape is None:
        return _parsed(value, True, (), doubts)
    if not doubts and (exact := shape.exact(text, value)) is not None:
        return Parsed(value, typed=_typed(shape, exact[0]))
    return _fitted(shape, [_Reading(value, True, (), tuple(doubts))])


lazy_validation = loads


def decoded(text: str | bytes | bytearray) -> tuple[str, list[Problem]]:
    """(the text, what was lost when bytes were decoded)."""
    if isinstance(text, str):
        return text, []
    if not isinstance(text, bytes | bytearray):
        raise TypeError(f"text: a str or bytes is wanted, not {type(text).__name__}")
    content = bytes(text)
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding, "surrogatepass" if encoding.startswith("utf-8") else "strict"), []
    except UnicodeDecodeError as wrong:
        part = content[wrong.start : wrong.end]
        return content.decode("utf-8", "replace"), [Problem((), repr(part), f"byte {wrong.start} is not {encoding}")]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value that could be the answer, as `choice` found it."""

    value: Any
    complete: bool
    repairs: tuple[str, ...]
    doubts: tuple[Problem, ...]
    open: Path | None = None
    part: str = ""
    merit: tuple[int, int] = (0, 0)


def _repaired(text: str, shape: Any, doubts: list[Problem]) -> Parsed:
    from kgents.parsing.reading.choice import candidates_of, in_a_row, the_one, usable

    candidates, text = candidates_of(text)
    if shape is None:
        best = the_one(candidates, text)
        return _parsed(best.value, best.complete, best.repairs, [*doubts, *best.doubts], best.open)
    left = usable(candidates)[:MOST]
    readings = [_Reading(one.value, one.complete, one.repairs, (*doubts, *one.doubts), one.open, one.part, (one.rank, one.label))
                for one in left]  # fmt: skip
    row = in_a_row(left, text)
    if row is not None:
        readings.append(_Reading(row.value, True, row.repairs, (*doubts, *left_doubts(row)), merit=(row.rank, 0)))
    return _fitted(shape, readings)


def left_doubts(row: Any) -> tuple[Problem, ...]:
    """The doubts of values in a row but the one that they are several: a schema that wants a list wants them."""
    return tuple(doubt for doubt in row.doubts if "one behind the other" not in doubt.why)


def _fitted(shape: Any, readings: list[_Reading]) -> Parsed:
    """The reading that satisfies the schema; marked where none does in full; Rejected where nobody could tell."""
    outcomes = [(reading, fit) for reading in readings if (fit := _fit(shape, reading)) is not None]
    if not outcomes:
        fit = shape.fit(readings[0].value)
        raise Rejected(
            f"not what was asked for: {fit.problems[0].why if fit.problems else 'nothing of it is in the schema'}"
        )
    clean = [(reading, fit) for reading, fit in outcomes
             if not fit.problems and reading.complete and not reading.part and not reading.doubts]  # fmt: skip
    pool = clean or [outcome for outcome in outcomes if not outcome[0].part]
    if not pool:
        raise Rejected(f"it may be a part of something larger: {outcomes[0][0].part}")
    best = max(pool, key=_merit)
    from kgents.parsing.sameness import same

    for reading, fit in pool:
        rival = (reading.merit, -len(fit.problems)) == (best[0].merit, -len(best[1].problems))
        if rival and not same(fit.value, best[1].value):
            raise Rejected("more than one value satisfies the schema")
    reading, fit = best
    typed = _typed(shape)
    doubts = [*reading.doubts, *fit.problems]
    return _parsed(fit.value, reading.complete, (*reading.repairs, *fit.repairs), doubts, reading.open, typed)


def _merit(outcome: tuple[_Reading, Any]) -> tuple[Any, ...]:
    reading, fit = outcome
    return (reading.merit, -len(fit.problems), reading.complete, -len(fit.repairs))


def _fit(shape: Any, reading: _Reading) -> Any:
    """The reading against the schema, unwrapped where only what is in it satisfies it; None where nothing does."""
    from kgents.parsing.fitting.coercions import NOTHING
    from kgents.parsing.fitting.shape import without

    value = reading.value
    for doubt in sorted(reading.doubts, key=lambda doubt: len(doubt.path), reverse=True):
        if strong(doubt) and doubt.path:
            value = without(value, doubt.path)
    fit = shape.fit(value, reading.open)
    if (fit.value is NOTHING or fit.lacks) and not reading.doubts:
        inner = _unwrapped(shape, value)
        if inner is not None:
            return inner
    if fit.value is NOTHING or (fit.lacks and not fit.known and isinstance(value, dict)):
        return None
    return fit


def _unwrapped(shape: Any, value: Any) -> Any:
    """What is in an envelope (a made-up call, a class name, a list of one), where that alone satisfies the schema."""
    from kgents.parsing.fitting.coercions import NOTHING

    steps: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        steps = [(key, item) for key, item in value.items() if key in ENVELOPES or len(value) == 1]
    elif isinstance(value, list) and len(value) == 1:
        steps = [("0", value[0])]
    fits = []
    for key, item in steps:
        if not isinstance(item, dict | list | str) or (isinstance(item, str) and item[:1] not in "{["):
            continue
        fit = shape.fit(item)
        if fit.value is NOTHING or fit.problems or not (fit.known or isinstance(fit.value, list)):
            fit = _unwrapped(shape, item) if isinstance(item, dict | list) else None
        if fit is not None:
            fit.repairs.append(f"envelope {key}")
            fits.append(fit)
    return fits[0] if len(fits) == 1 else None


def _typed(shape: Any, instance: Any = None) -> Any:
    def typed(path: Path, value: Any) -> Any:
        return instance if not path and instance is not None else shape.typed(path, value)

    return typed if shape.adapter is not None else None


def _parsed(value: Any, complete: bool, repairs: tuple[str, ...], problems: list[Problem], open_at: Path | None = None,
            typed: Any = None) -> Parsed:  # fmt: skip
    if isinstance(value, dict) and type(value) is not dict:
        value = dict(value)  # a call that was read is plain data to everybody else
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.pointer, problem.why)
    return Parsed(
        value, complete and not problems, tuple(dict.fromkeys(repairs)), errors, tuple(problems), open_at, typed
    )

"""The oracle: what a parser's answer to a malformed input is worth.

recovered    equal to the truth, or to another answer that is as right
partial      the tail or one value is lost, everything kept is right, and every leaf that was complete in the text is kept
guess        as partial, but the last leaf was invented and nobody said so
alternative  of several readings, one that is at least as near to the text as the truth
rejected     a declared error, or a documented nothing (None, "", [], {})
incomplete   marked as incomplete by the parser, right as far as it goes, but more was to be had
undecoded    the text itself came back
corrupted    anything else that came back, and with a schema also what violates it without being marked
crashed      an error that was not declared, a signal, an end of the process
hung         over the limit
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kgents.parsing.credit import credit_of, has, part_of, violations
from kgents.parsing.distance import FAR, distance
from kgents.parsing.document import dump
from kgents.parsing.mutator import Level
from kgents.parsing.mutators.strings import open_quotes, raw_text
from kgents.parsing.sameness import begins, depth, difference, guesses, same
from kgents.parsing.source import Input
from kgents.sandbox.syntax import parse as parse_source


class ParseOutcome(StrEnum):
    """What became of an input. The order is that of the codes in the record: append, never insert."""

    RECOVERED = "recovered"
    ALTERNATIVE = "alternative"
    PARTIAL = "partial"
    GUESS = "guess"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    UNDECODED = "undecoded"
    CORRUPTED = "corrupted"
    CRASHED = "crashed"
    HUNG = "hung"


OUTCOMES = tuple(ParseOutcome)
GOOD = frozenset({ParseOutcome.RECOVERED, ParseOutcome.ALTERNATIVE, ParseOutcome.PARTIAL})
SILENT = frozenset({ParseOutcome.CORRUPTED, ParseOutcome.GUESS})
HONEST = frozenset({ParseOutcome.REJECTED, ParseOutcome.INCOMPLETE, ParseOutcome.UNDECODED})
# the six columns that are counted
COLUMNS = ("recovered", "partial", "rejected", "corrupted", "crashed", "hung")
COLUMN = {
    ParseOutcome.RECOVERED: "recovered",
    ParseOutcome.ALTERNATIVE: "recovered",
    ParseOutcome.PARTIAL: "partial",
    ParseOutcome.GUESS: "corrupted",
    ParseOutcome.REJECTED: "rejected",
    ParseOutcome.INCOMPLETE: "rejected",
    ParseOutcome.UNDECODED: "rejected",
    ParseOutcome.CORRUPTED: "corrupted",
    ParseOutcome.CRASHED: "crashed",
    ParseOutcome.HUNG: "hung",
}
KINDS = (
    "", "invented", "dropped", "restructured", "string", "number", "type", "root type", "hallucinated", "deep inside",
    "does not compile", "no text", "schema",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a parser did with a text.

    value     what it returned
    complete  False: the parser says that something is missing
    error     the message of a rejection or a crash
    """

    status: str  # returned | rejected | crashed | hung
    value: Any = None
    complete: bool = True
    repairs: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    error: str = ""
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome of an input and, where it is corruption, its kind."""

    outcome: ParseOutcome
    kind: str = ""


_ENDED = {"rejected": ParseOutcome.REJECTED, "crashed": ParseOutcome.CRASHED, "hung": ParseOutcome.HUNG}


def judge(case: Input, answer: Answer, schema: Any = None) -> Judged:
    """What the answer is worth; with a JSON Schema, what violates it unmarked is corrupted, and what is left out is honest."""
    if answer.status in _ENDED:
        return Judged(_ENDED[answer.status])
    if case.language == "python":
        return _judge_code(case, answer)
    if case.level is Level.NONE:
        return _judge_nothing(case, answer.value)
    judged = _judge_value(case, answer)
    return judged if schema is None else _against(schema, case, answer, judged)


def _judge_value(case: Input, answer: Answer) -> Judged:
    value = answer.value
    if same(value, case.truth):
        if case.cut is not None and answer.complete:
            return Judged(ParseOutcome.GUESS)
        return Judged(ParseOutcome.INCOMPLETE if case.marked and answer.complete else ParseOutcome.RECOVERED)
    if any(same(value, other) for other in case.also):
        return Judged(ParseOutcome.RECOVERED)
    if value is None or value == "":
        return Judged(ParseOutcome.REJECTED)
    if type(value) is str and type(case.truth) is not str:
        return Judged(ParseOutcome.UNDECODED)
    return _judge_other(case, answer)


def _against(schema: Any, case: Input, answer: Answer, judged: Judged) -> Judged:
    """The outcome of a value by the schema that was asked for."""
    if judged.outcome in (ParseOutcome.REJECTED, ParseOutcome.UNDECODED):
        return judged
    wrong = violations(answer.value, schema)
    if answer.complete:
        return Judged(ParseOutcome.CORRUPTED, "schema") if wrong else judged
    if judged.outcome is ParseOutcome.CORRUPTED and part_of(answer.value, case.truth):
        return Judged(ParseOutcome.INCOMPLETE)
    lacking = wrong and judged.outcome in GOOD and (judged.outcome is not ParseOutcome.PARTIAL or wrong - {"required"})
    return Judged(ParseOutcome.INCOMPLETE) if lacking else judged


def _judge_nothing(case: Input, value: Any) -> Judged:
    """A value, where there was none to be found."""
    if value is None or value in ("", [], {}):
        return Judged(ParseOutcome.REJECTED)
    if isinstance(value, str) and value.strip() == case.text.strip():
        return Judged(ParseOutcome.UNDECODED)
    return Judged(ParseOutcome.CORRUPTED, "hallucinated")


def _judge_other(case: Input, answer: Answer) -> Judged:
    """An answer that is not the truth."""
    value = answer.value
    if case.level is Level.PREFIX:
        return _judge_prefix(case, answer)
    if case.level is Level.HOLE and _filled(case, value):
        return Judged(ParseOutcome.PARTIAL)
    if case.level in (Level.AMBIGUOUS, Level.NOISE) and _near(case, value):
        return Judged(ParseOutcome.ALTERNATIVE)
    if not answer.complete and (begins(value, case.truth) or _fields_of(value, case.truth)):
        return Judged(ParseOutcome.INCOMPLETE)
    return Judged(ParseOutcome.CORRUPTED, difference(value, case.truth))


def _judge_prefix(case: Input, answer: Answer) -> Judged:
    value, credit = answer.value, credit_of(case, answer.value)
    if value in ({}, []) and not case.whole:
        return Judged(ParseOutcome.REJECTED)
    beginning = begins(value, case.truth)
    if beginning or guesses(value, case.truth):
        if credit < 1:
            return Judged(ParseOutcome.CORRUPTED, "dropped") if answer.complete else Judged(ParseOutcome.INCOMPLETE)
        sure = beginning and not (case.cut and has(value, case.cut))
        return Judged(ParseOutcome.PARTIAL if sure or not answer.complete else ParseOutcome.GUESS)
    if not answer.complete and _fields_of(value, case.truth):
        return Judged(ParseOutcome.INCOMPLETE)
    return Judged(ParseOutcome.CORRUPTED, difference(value, case.truth))


def _fields_of(value: Any, whole: Any) -> bool:
    """Whether a value holds some of the fields of the whole and nothing else; inside lists nothing may be missing."""
    stack = [(value, whole)]
    while stack:
        a, b = stack.pop()
        if type(a) is dict and type(b) is dict:
            if not a.keys() <= b.keys():
                return False
            stack.extend((a[key], b[key]) for key in a)
        elif type(a) is list and type(b) is list and len(a) == len(b):
            stack.extend(zip(a, b, strict=True))
        elif not same(a, b):
            return False
    return True


def _filled(case: Input, value: Any) -> bool:
    """Whether the value is the truth with the hole left out or empty."""
    assert case.hole is not None
    whole: Any = case.truth
    for step in case.hole:
        if type(value) is not type(whole):
            return False
        if type(whole) is dict:
            others = whole.keys() - {step}
            if not (others <= value.keys() <= whole.keys()):
                return False
            if not all(same(value[key], whole[key]) for key in others):
                return False
            if step not in value:
                return len(case.hole) > 0 and step == case.hole[-1]
        elif len(value) != len(whole) or not all(
            same(a, b) for index, (a, b) in enumerate(zip(value, whole, strict=True)) if index != step
        ):
            return False
        value, whole = value[step], whole[step]
    return value is None or value in ("", [], {}) or (type(value) is float and value != value)


def _near(case: Input, value: Any) -> bool:
    """Whether the value, written down, is at least as near to the text as the truth."""
    if depth(value) >= 100:
        return False
    try:
        written = dump(value, case.style)
    except (TypeError, ValueError):
        return False
    return any(_as_near(written, case, form) for form in (str, _dense, raw_text))


def _as_near(written: str, case: Input, form: Callable[[str], str]) -> bool:
    """Whether a text is at least as near to the broken one as the valid one is."""
    text = form(case.text)
    limit = distance(form(case.valid), text)
    if limit > FAR:
        return False
    return any(distance(form(way), text, limit) <= limit for way in {written, open_quotes(written)})


def _dense(text: str) -> str:
    """Without spaces: where a bracket is, not how the line is laid out."""
    return "".join(text.split())


def _judge_code(case: Input, answer: Answer) -> Judged:
    value = answer.value
    if value is None or value == "":
        return Judged(ParseOutcome.REJECTED)
    if not isinstance(value, str):
        return Judged(ParseOutcome.CORRUPTED, "no text")
    returned = _body(value)
    if returned is None:
        return (
            Judged(ParseOutcome.UNDECODED)
            if value.strip() == case.text.strip()
            else Judged(ParseOutcome.CORRUPTED, "does not compile")
        )
    if case.level is Level.NONE:
        return Judged(ParseOutcome.CORRUPTED, "hallucinated") if returned else Judged(ParseOutcome.REJECTED)
    wanted = _body(case.truth) or []
    if returned == wanted:
        return Judged(ParseOutcome.RECOVERED)
    if case.level is Level.PREFIX or not answer.complete:
        return _judge_cut_code(case, answer)
    if case.level in (Level.AMBIGUOUS, Level.NOISE):
        limit = distance(case.valid, case.text)
        if limit <= FAR and distance(value, case.text, limit) <= limit:
            return Judged(ParseOutcome.ALTERNATIVE)
    return Judged(ParseOutcome.CORRUPTED, "dropped" if returned == wanted[: len(returned)] else "restructured")


def _judge_cut_code(case: Input, answer: Answer) -> Judged:
    """Code of which the end may be missing: its lines have to be a beginning of the program's lines."""
    kept = [line.rstrip() for line in answer.value.splitlines() if line.strip()]
    whole = [line.rstrip() for line in str(case.truth).splitlines() if line.strip()]
    beginning = kept == whole[: len(kept)] or kept[:-1] == whole[: len(kept) - 1]
    if case.level is Level.PREFIX and beginning:
        right = kept == whole[: len(kept)]
        return Judged(ParseOutcome.PARTIAL if right or not answer.complete else ParseOutcome.GUESS)
    if not answer.complete and _run_of(kept, whole):
        return Judged(ParseOutcome.PARTIAL if case.level is Level.PREFIX else ParseOutcome.INCOMPLETE)
    return Judged(ParseOutcome.CORRUPTED, "restructured")


def _run_of(kept: list[str], whole: list[str]) -> bool:
    """Whether these lines stand together in the program."""
    return any(whole[index : index + len(kept)] == kept for index in range(len(whole) - len(kept) + 1))


def _body(text: str) -> list[str] | None:
    """The statements of a program, as trees; None where it does not compile."""
    try:
        return [ast.dump(statement) for statement in parse_source(text).body]
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None

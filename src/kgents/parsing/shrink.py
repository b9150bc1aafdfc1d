"""Shrinking: a smaller input with the same outcome and kind, whose truth is as well known.

Structure first: the document is made smaller (members, elements, levels, leaves; lines of a program) and broken anew by
the same mutators, so the truth of every candidate is known. Crashes and hangs need no truth: their text is then cut down
as text. The number of candidates is bounded, not the time, so the result is the same on every machine.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kgents.parsing.document import Document
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Mutator
from kgents.parsing.oracle import Answer, Judged, ParseOutcome, judge
from kgents.parsing.source import Input, broken
from kgents.sandbox.syntax import parse as parse_source

Ask = Callable[[Sequence[str]], Awaitable[list[Answer]]]
CANDIDATES = 400
AT_ONCE = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SEEDS = 3  # places at which a mutator may strike a smaller document


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest input that was found, and the answer to it."""

    input: Input
    answer: Answer


async def shrink(case: Input, stack: Sequence[Mutator], judged: Judged, answer: Answer, ask: Ask,
                 schema: Any = None) -> Shrunk:  # fmt: skip
    """Makes an input smaller while its outcome and kind stay the same."""
    search = _Search(judged, ask, 12 if judged.outcome is ParseOutcome.HUNG else CANDIDATES, schema)
    best = Shrunk(case, answer)
    if case.level is not Level.NONE and stack:
        lead = next(mutator for mutator in stack if mutator.family == case.family)
        value = _document_value(case)
        for fewer in _fewer(stack, lead):
            best = await search.first(best, _mutants(value, case, fewer, lead)) or best
        best = await _smaller(search, best, value, stack, lead)
    if judged.outcome in (ParseOutcome.CRASHED, ParseOutcome.HUNG):
        best = await _shorter(search, best)
    return best


class _Search:
    """Asks about candidates until there were too many."""

    def __init__(self, judged: Judged, ask: Ask, left: int, schema: Any) -> None:
        self._schema = schema
        self._judged = judged
        self._ask = ask
        self.left = left

    async def first(self, best: Shrunk, candidates: Iterator[Input]) -> Shrunk | None:
        """The first candidate that is shorter and has the same outcome and kind."""
        many = 1 if self._judged.outcome is ParseOutcome.HUNG else AT_ONCE
        while self.left > 0:
            group = [case for case, _ in zip(candidates, range(min(many, self.left)), strict=False)]
            if not group:
                return None
            self.left -= len(group)
            answers = await self._ask([case.text for case in group])
            for case, answer in zip(group, answers, strict=True):
                if len(case.text) < len(best.input.text) and self._alike(case, answer, best):
                    return Shrunk(case, answer)
        return None

    def _alike(self, case: Input, answer: Answer, best: Shrunk) -> bool:
        if (
            self._judged.outcome is ParseOutcome.CRASHED
            and answer.error.partition(":")[0] != best.answer.error.partition(":")[0]
        ):
            return False
        return judge(case, answer, self._schema) == self._judged


def _document_value(case: Input) -> Any:
    from kgents.parsing.source import own_value

    return case.valid if case.language == "python" else own_value(case.valid)[1]


def _fewer(stack: Sequence[Mutator], lead: Mutator) -> Iterator[tuple[Mutator, ...]]:
    if len(stack) > 1:
        yield (lead,)
        for extra in stack:
            if extra is not lead:
                yield tuple(mutator for mutator in stack if mutator is not extra)


async def _smaller(search: _Search, best: Shrunk, value: Any, stack: Sequence[Mutator], lead: Mutator) -> Shrunk:
    """Goes on making the document smaller as long as that helps."""
    going = True
    while going and search.left > 0:
        mutators = [mutator for mutator in stack if mutator.name in best.input.mutators]
        made: dict[str, object] = {}  # from which smaller value a text was made
        smallest = await search.first(best, _of_reductions(value, best.input, mutators, lead, made))
        going = smallest is not None
        if smallest is not None:
            best, value = smallest, made[smallest.input.text]
    return best


def _of_reductions(
    value: Any, case: Input, stack: Sequence[Mutator], lead: Mutator, made: dict[str, object]
) -> Iterator[Input]:
    """The mutants of all smaller values, so that many are asked about at once."""
    for smaller in _reductions(value, case.language):
        for mutant in _mutants(smaller, case, stack, lead):
            if mutant.text not in made:
                made[mutant.text] = smaller
                yield mutant


def _mutants(value: Any, case: Input, stack: Sequence[Mutator], lead: Mutator) -> Iterator[Input]:
    document = Document(case.document, value, 0, case.language)
    seen = set()
    for seed in range(SEEDS):
        mutant = broken(document, stack, lead, Draw(seed))
        if mutant is not None and mutant.text not in seen:
            seen.add(mutant.text)
            yield mutant


def _reductions(value: Any, language: str) -> Iterator[Any]:
    if language == "python":
        yield from _programs(value)
        return
    for smaller in _values(value):
        if isinstance(smaller, dict | list):
            yield smaller


def _values(value: Any) -> Iterator[Any]:
    """Smaller values, the smallest first."""
    if isinstance(value, dict):
        yield from _objects(value)
    elif isinstance(value, list):
        yield from _lists(value)
    else:
        yield from _leaves(value)


def _objects(value: dict[str, object]) -> Iterator[Any]:
    yield from (item for item in value.values() if isinstance(item, dict | list))
    if len(value) > 3:
        half = len(value) // 2
        yield dict(list(value.items())[:half])
        yield dict(list(value.items())[half:])
    for key in value:
        yield {other: item for other, item in value.items() if other != key}
    for key, item in value.items():
        for smaller in _values(item):
            yield {other: smaller if other == key else old for other, old in value.items()}
    short = {key if len(key) < 2 else LETTERS[index % 26]: item for index, (key, item) in enumerate(value.items())}
    if short != value and len(short) == len(value):
        yield short


def _lists(value: list[Any]) -> Iterator[Any]:
    yield from (item for item in value if isinstance(item, dict | list))
    if len(value) > 3:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
    for index in range(len(value)):
        yield value[:index] + value[index + 1 :]
    for index, item in enumerate(value):
        for smaller in _values(item):
            yield [*value[:index], smaller, *value[index + 1 :]]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, str) and value:
        yield ""
        if len(value) > 1:
            yield "x"
        if len(value) > 3:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
        if len(value) > 1:
            yield value[1:]
            yield value[:-1]
    elif isinstance(value, int | float) and not isinstance(value, bool) and value not in (0, 1):
        yield 0
        yield 12 if abs(value) > 12 else 1


def _programs(text: str) -> Iterator[str]:

    try:
        body = parse_source(text).body
    except (SyntaxError, ValueError):
        return
    lines = text.splitlines(keepends=True)
    for statement in body:
        rest = lines[: statement.lineno - 1] + lines[statement.end_lineno or 0 :]
        if any(line.strip() for line in rest):
            yield "".join(rest).strip("\n") + "\n"
    for index in range(len(lines)):
        rest = lines[:index] + lines[index + 1 :]
        try:
            if parse_source("".join(rest)).body:
                yield "".join(rest)
        except (SyntaxError, ValueError):
            continue


async def _shorter(search: _Search, best: Shrunk) -> Shrunk:
    """Cuts stretches out of the text, long ones first."""
    size = len(best.input.text) // 2
    while size and search.left > 0:
        text = best.input.text
        cuts = (replace(best.input, text=text[:index] + text[index + size :]) for index in range(0, len(text), size))
        shortest = await search.first(best, cuts)
        if shortest is None:
            size //= 2
        else:
            best = shortest
            size = min(size, max(1, len(best.input.text) // 2))
    return best

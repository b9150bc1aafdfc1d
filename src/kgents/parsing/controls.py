"""Controls: what a strategy does to valid documents, to its own answers, and how its time grows with size.

Clean documents have to come back as they are. parse(dump(parse(x))) = parse(x); space that means nothing and the order of
keys change nothing. The time is measured on three shapes at doubling sizes; the exponent is the slope of log time over
log size where the time can be told from noise.
"""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from kgents.parsing.document import Draft, dump
from kgents.parsing.draw import Draw
from kgents.parsing.oracle import Answer, ParseOutcome, judge
from kgents.parsing.sameness import depth, same
from kgents.parsing.source import Input, Source

Ask = Callable[[Sequence[str]], Awaitable[list[Answer]]]
SIZES = (2, 4, 8, 16, 32, 64, 128)  # kilobytes
REPEATS = 3
LONG = 60_000  # microseconds: larger sizes are not tried
SHORT = 1_000  # microseconds: less is noise
TOLD = 5  # times that can be told from noise are enough
STEEP = 1.5  # an exponent above is named


class RelationData(TypedDict):
    """How often a relation was looked at, how often it was broken, and the first that broke it."""

    checked: int
    broken: int
    first: str | None


class GrowthData(TypedDict):
    """Times (kilobytes, microseconds) of a shape, the exponent where it can be told, and whether a call did not end."""

    points: list[tuple[int, int]]
    exponent: float | None
    hung: bool


class ControlsData(TypedDict):
    """Controls as JSON data; `confinement` names the layers of the process that parsed."""

    documents: int
    changed: int
    rejected: int
    first_changed: list[str] | None
    metamorphic: dict[str, RelationData]
    growth: dict[str, GrowthData]
    confinement: NotRequired[list[str]]


@dataclass(slots=True)
class Controls:
    """What was found.

    changed     clean documents that did not come back as they are: (text, what came back)
    metamorphic per relation (checked, broken, the first that broke it)
    growth      per shape [(kilobytes, microseconds)], and the exponent where it can be told
    """

    documents: int = 0
    changed: list[tuple[str, str]] = field(default_factory=list)
    rejected: int = 0
    metamorphic: dict[str, RelationData] = field(default_factory=dict)
    growth: dict[str, GrowthData] = field(default_factory=dict)

    def to_data(self) -> ControlsData:
        """JSON data."""
        return {
            "documents": self.documents,
            "changed": len(self.changed),
            "rejected": self.rejected,
            "first_changed": list(self.changed[0]) if self.changed else None,
            "metamorphic": self.metamorphic,
            "growth": self.growth,
        }


async def control(source: Source, ask: Ask, seed: int, documents: int, timed: Ask | None = None) -> Controls:
    """Asks a strategy all of it; `timed` asks where only the time matters."""
    draw = Draw(seed)
    clean = [source.clean(draw.bits()) for _ in range(documents)]
    broken = [source.input(draw.bits()) for _ in range(documents)]
    controls = Controls(documents)
    answers = await ask([case.text for case in clean])
    for case, answer in zip(clean, answers, strict=True):
        outcome = judge(case, answer).outcome
        if outcome is not ParseOutcome.RECOVERED:
            if answer.status == "returned":
                controls.changed.append((case.text[:2000], shown(answer.value)))
            else:
                controls.rejected += 1
    await _metamorphic(controls, clean, broken, ask)
    for shape, make in _SHAPES[source.corpus.language].items():
        controls.growth[shape] = await _growth(make, timed or ask)
    return controls


def shown(value: Any, limit: int = 2000) -> str:
    """A value as text, for people."""
    if isinstance(value, str):
        return value[:limit]
    if depth(value) >= 150:
        return f"a {type(value).__name__} nested more than 150 levels deep"
    return dump(value)[:limit]


def _note(controls: Controls, relation: str, holds: bool, text: str) -> None:
    entry = controls.metamorphic.setdefault(relation, {"checked": 0, "broken": 0, "first": None})
    entry["checked"] += 1
    if not holds:
        entry["broken"] += 1
        entry["first"] = entry["first"] or text[:500]


async def _metamorphic(controls: Controls, clean: Sequence[Input], broken: Sequence[Input], ask: Ask) -> None:
    once = await ask([case.text for case in broken])
    pairs = [
        (case, answer) for case, answer in zip(broken, once, strict=True)
        if answer.status == "returned" and isinstance(answer.value, dict | list | str) and depth(answer.value) < 100
        and (isinstance(answer.value, str) == (case.language == "python"))
    ]  # fmt: skip
    again = await ask([_written(answer.value) for _, answer in pairs])
    for (case, first), second in zip(pairs, again, strict=True):
        _note(controls, "idempotence", second.status == "returned" and _alike(first, second, case), case.text)
    for relation, change in _RELATIONS[clean[0].language if clean else "json"].items():
        plain = await ask([case.text for case in clean])
        changed = await ask([change(case) for case in clean])
        for case, first, second in zip(clean, plain, changed, strict=True):
            if first.status == "returned":
                _note(controls, relation, second.status == "returned" and _alike(first, second, case), change(case))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else dump(value)


def _alike(first: Answer, second: Answer, case: Input) -> bool:
    if case.language == "json":
        return same(first.value, second.value)
    if not isinstance(first.value, str) or not isinstance(second.value, str):
        return False
    return "".join(first.value.split()) == "".join(second.value.split())


def _spaced(case: Input) -> str:
    draft = Draft(_document(case))
    for index in draft.places("{[,:"):
        draft.pieces[index].text += " \n\t"
    return f"\n {draft.text} \n"


def _reversed(case: Input) -> str:
    return dump(_turned(case.truth), case.style)


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in reversed(value.items())}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _document(case: Input) -> Any:
    from kgents.parsing.document import Document

    return Document(case.document, case.truth, case.style, case.language)


_RELATIONS: dict[str, dict[str, Callable[[Input], str]]] = {
    "json": {"whitespace": _spaced, "key order": _reversed},
    "python": {"whitespace": lambda case: f"\n\n{case.text}\n\n"},
}


def _list(size: int) -> str:
    item = '{"name": "apple", "score": 12.5, "tags": ["a", "b"]}'
    return "[" + ", ".join([item] * max(1, size // (len(item) + 2))) + "]"


_SHAPES: dict[str, dict[str, Callable[[int], str]]] = {
    "json": {
        "a list of objects": _list,
        "a list that is cut": lambda size: _list(size)[:-9],
        "a string that never ends": lambda size: '{"a": "' + "and so on, " * (size // 11),
        "prose": lambda size: 'It says "yes" {or no}. ' * (size // 23),
    },
    "python": {
        "functions": lambda size: "def f(a):\n    return [a, 'b', {1: 2}]\n\n\n" * (size // 42),
        "a fence": lambda size: "```python\n" + "def f(a):\n    return [a, 'b', {1: 2}]\n\n\n" * (size // 42) + "```\n",
    },
}


async def _growth(make: Callable[[int], str], ask: Ask) -> GrowthData:
    """Times at doubling sizes; where they look steep they are measured once more, and the shorter ones count."""
    points, hung = await _times(make, ask)
    if (exponent(points) or 0) > STEEP:
        again, hung = await _times(make, ask)
        points = [(size, min(one, other)) for (size, one), (_, other) in zip(points, again, strict=False)]
    return {"points": points, "exponent": exponent(points), "hung": hung}


async def _times(make: Callable[[int], str], ask: Ask) -> tuple[list[tuple[int, int]], bool]:
    points: list[tuple[int, int]] = []
    for size in SIZES:
        answers = await ask([make(size * 1000)] * REPEATS)
        points.append((size, min(answer.micros for answer in answers)))
        if any(answer.status == "hung" for answer in answers):
            return points, True
        if points[-1][1] > LONG or sum(micros >= SHORT for _, micros in points) == TOLD:
            break
    return points, False


def exponent(points: Sequence[tuple[int, int]]) -> float | None:
    """The slope of log time over log size, overall or at the end, whichever is less; None where fewer than three times
    can be told from noise."""
    told = [(math.log(size), math.log(micros)) for size, micros in points if micros >= SHORT]
    if len(told) < 3:
        return None
    return round(min(_slope(told), _slope(told[-2:])), 2)


def _slope(points: Sequence[tuple[float, float]]) -> float:
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)

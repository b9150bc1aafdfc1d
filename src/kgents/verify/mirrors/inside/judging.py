"""Comparisons with the candidate's objects, at the tests' end: who picks the true value out of a row is believed.

The one who answers does not know which of a row is meant. What cannot be controlled so is counted, and told with the verdict.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from random import Random, SystemRandom
from typing import Any

from .mirror import is_mirror
from .nearmiss import row_of
from .peer import Gone, Peer

LEAST = 6  # values of a row below which nothing is controlled
FALSE_ALARMS = 1  # near misses that may be taken for the true value: 1 and True, text without case
EFFECTS = ""  # stands for what is done beside answering
OTHERS = "*"  # stands for classes that the tests do not name


class Judging:
    """Judges comparisons for one run of tests.

    named   classes of the candidate's that the tests name
    closed  (class, operation) with plain data that the good run needed; None: whatever the tests name is open
    """

    def __init__(self, end: Peer, named: set[str], open_for: set[tuple[str, str]] | None, everything: bool) -> None:
        self._end = end
        self._named = named
        self._open = open_for
        self._everything = everything
        self._rows: dict[tuple[str, str], list[Any]] = {}
        self.controlled = 0
        self.uncontrolled = 0
        self.forged: str | None = None
        self.needed: set[tuple[str, str]] = set()
        end.equal, end.judged = self.equal, self.operator

    @cached_property
    def _chance(self) -> Random:
        return Random(SystemRandom().getrandbits(128))

    def admits(self, effect: str, named: bool) -> bool:
        """Whether an effect of the candidate's on how the tests calculate counts; `named` is whether they speak of it."""
        key = (EFFECTS, effect)
        self.needed.add(key)
        if self._everything:
            return True
        return key in self._open if self._open is not None else named

    def _admitted(self, mine: Any, operation: str) -> bool:
        """Whether an object may answer for itself to plain data."""
        name = type(mine).__name__
        key = (name if name in self._named else OTHERS, operation)
        self.needed.add(key)
        if self._everything:
            return True
        return key in self._open if self._open is not None else key[0] != OTHERS

    # -- equality ---------------------------------------------------------------------------------------------------
    def equal(self, mine: Any, other: Any) -> Any:
        """What `mine == other` is, `mine` an object of the candidate's."""
        if is_mirror(other):
            return self._between(mine, other)
        if not self._admitted(mine, "__eq__"):
            return NotImplemented
        row = self._row(other)
        if len(row) < LEAST:
            return self._uncontrolled(self._end.ask("dunder", mine, "__eq__", other))
        index = next(index for index, each in enumerate(row) if each is other or _alike(each, other))
        return self._picked(mine, [("equal", each) for each in row], index)

    def _between(self, mine: Any, other: Any) -> Any:
        """Two objects of the candidate's: where it says yes, the other is made anew among near misses."""
        straight = self._end.ask("dunder", mine, "__eq__", other)
        if other is mine or straight is not True:
            return straight
        number = self._end.numbers[id(other)]
        made = self._end.made.get(number)
        if made is None or not made[1] or number in self._end.touched:
            return self._uncontrolled(straight)
        kind, arguments, keywords = made
        row = self._row(tuple(arguments))
        if len(row) < LEAST:
            return self._uncontrolled(straight)
        index = next(index for index, each in enumerate(row) if _alike(each, tuple(arguments)))
        answers = self._asked(mine, [("anew", kind, each, keywords) for each in row])
        if answers[index] is not True:
            self.controlled += 1
            self.forged = "an object equals another one, but not one that is made in the same way"
            return False
        return self._believed(answers)

    def _picked(self, mine: Any, questions: Sequence[tuple[Any, ...]], index: int) -> bool:
        answers = self._asked(mine, questions)
        return answers[index] is True and self._believed(answers)

    def _believed(self, answers: Sequence[Any]) -> bool:
        self.controlled += 1
        if sum(each is True for each in answers) <= 1 + FALSE_ALARMS:
            return True
        self.forged = "an object equals what it must not equal"
        return False

    def _asked(self, mine: Any, questions: Sequence[tuple[Any, ...]]) -> list[Any]:
        order = self._chance.sample(range(len(questions)), len(questions))
        told = self._end.ask("line-up", mine, *[questions[index] for index in order])
        try:
            listed = json.loads(told) if isinstance(told, str) else None
        except ValueError:
            listed = None
        if not isinstance(listed, list) or len(listed) != len(questions):
            raise Gone("a line-up without answers")
        answers: list[Any] = [None] * len(questions)
        for index, answer in zip(order, listed, strict=True):
            answers[index] = answer
        return answers

    def _row(self, value: Any) -> list[Any]:
        key = (type(value).__name__, repr(value))
        if key not in self._rows:
            self._rows[key] = self._thinned(row_of(value, self._chance), value)
        return self._rows[key]

    def _thinned(self, row: list[Any], value: Any) -> list[Any]:
        """A row without some near misses: who counts what it is asked must not know how many there will be."""
        misses = [index for index, each in enumerate(row) if each is not value and not _alike(each, value)]
        most = min(len(row) - LEAST, len(row) // 3, len(misses))
        gone = set(self._chance.sample(misses, self._chance.randint(0, most))) if most > 0 else set()
        return [each for index, each in enumerate(row) if index not in gone]

    def _uncontrolled(self, answer: Any) -> Any:
        self.uncontrolled += answer is True
        return answer

    # -- order and arithmetic ---------------------------------------------------------------------------------------
    def operator(self, mine: Any, name: str, *other: Any) -> Any:
        """What an operator of a candidate's object gives with plain data; one that answers the same to all gives nothing."""
        if not self._admitted(mine, name):
            return NotImplemented
        self.uncontrolled += 1
        if other and self._indifferent(mine, name, other[0]):
            self.forged = f"{name} of an object answers the same to everything"
            return NotImplemented
        return self._end.ask("dunder", mine, name, *other)

    def _indifferent(self, mine: Any, name: str, other: Any) -> bool:
        far = [10**9, -(10**9)] if type(other) in (int, float) else []
        row = [*self._row(other), *far]
        answers = [
            answer for answer in self._asked(mine, [("operator", name, each) for each in row]) if answer is not None
        ]
        alike = len(answers) >= LEAST and all(answer == answers[0] for answer in answers)
        return alike and answers[0] != ["object"]


def _alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other) and repr(one) == repr(other)

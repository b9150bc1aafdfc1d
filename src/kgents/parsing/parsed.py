"""What a parser made of a text: the value, what was changed to read it, and what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class Rejected(ValueError):
    """There is no answer in this text that the parser could vouch for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing, was left out or is doubtful.

    path  the steps from the root: keys and indexes as they stand in the text
    what  the part of the text or value that is meant, shortened
    why   the reason, for people
    """

    path: Path
    part: str
    why: str

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer; '/' is the root."""
        return "/" + "/".join(str(step) for step in self.path)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a strategy made of a text.

    value     plain JSON data: what the text says and, with a schema, only what satisfies it
    complete  False: something is missing or doubtful, and `problems` or the end of the text says what
    repairs   what was changed to read it, by name; the more, the less sure
    errors    fields that were not accepted, as JSON pointer → reason
    problems  the same and every doubt, as (path, what, why)
    open      the path at which the text ended too soon; everything else was complete
    """

    value: Any
    complete: bool = True
    repairs: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    open: Path | None = None
    typed: Callable[[Path, Any], Any] | None = field(default=None, repr=False, compare=False)

    def field(self, path: str) -> Any:
        """The value at a path such as "a.b" or "people[0].age", as the schema types it.

        Raises Rejected where the text has no such field, the field was left out, or the text ended within it.
        """
        steps = steps_of(path)
        for problem in self.problems:
            if _touches(problem.path, steps):
                raise Rejected(f"{path}: {problem.why} ({problem.part})" if problem.part else f"{path}: {problem.why}")
        if self.open is not None and self.open[: len(steps)] == steps:
            raise Rejected(f"{path}: the text ended within it")
        here = self.value
        for step in steps:
            index = int(step) if isinstance(here, list) and str(step).isdecimal() else step
            if not _has(here, index):
                raise Rejected(f"{path}: there is no such field in the answer")
            here = here[index]
        return here if self.typed is None else self.typed(steps, here)

    def require(self) -> Any:
        """The whole value, as the schema types it (a model, a dataclass, plain data); Rejected where it is not complete."""
        if self.problems:
            first = self.problems[0]
            more = f" and {len(self.problems) - 1} more" if len(self.problems) > 1 else ""
            raise Rejected(f"{first.pointer}: {first.why}{more}")
        if self.errors:
            pointer, why = next(iter(self.errors.items()))
            raise Rejected(f"{pointer}: {why}")
        if not self.complete:
            raise Rejected("the text ended before its end")
        return self.value if self.typed is None else self.typed((), self.value)


def _has(value: Any, step: Any) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def steps_of(path: str) -> Path:
    """The steps of a path such as "a.b[0]"; the empty path is the root."""
    return tuple(int(index) if index else name for index, name in _STEP.findall(path))


def _touches(problem: Path, steps: Path) -> bool:
    """Whether a problem is at the field, within it, or at something that holds it."""
    plain, asked = [str(step) for step in problem], [str(step) for step in steps]
    return bool(plain or not asked) and (plain[: len(asked)] == asked or asked[: len(plain)] == plain)


def shortened(value: Any, limit: int = 60) -> str:
    """A value as text, for messages."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

"""From what a trial function returned or raised to an outcome.

Rule: nothing is guessed. An AssertionError is a wrong output, any other exception a failure too, unless its type is among
`error_types`: then the world failed. What is neither a bool nor (bool, output) is a mistake of whoever wrote the trial; where
scores were asked for, what is no number in their range, alone or as (score, output).
"""

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgents.domain.outcome import Cause, Outcome
from kgents.kinds.command.score import RESOLUTION

TRACEBACK_CHARACTERS = 20_000
_OURS = __file__.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """What a score can be: from `low` to `high`, both included."""

    low: float
    high: float

    def read(self, score: Any, value: Any) -> int:
        """A score as an integer of 0 … RESOLUTION. TypeError for what is no number, ValueError outside of the range."""
        if isinstance(score, bool) or not (isinstance(score, int | float) or _is_numpy_number(score)):
            raise TypeError(
                f"a trial returned {type(value).__name__}, not a score: return a number, or (number, output)"
            )
        if not self.low <= score <= self.high:
            raise ValueError(f"a trial returned the score {float(score):g}, outside of {self.low:g} … {self.high:g}")
        return round((float(score) - self.low) / (self.high - self.low) * RESOLUTION)


def outcome_of(value: Any, metadata: Mapping[str, object], score: ScoreRange | None = None) -> Outcome:
    """The outcome of a returned value. TypeError for what no trial returns, ValueError for a score out of its range."""
    verdict, output = value if isinstance(value, tuple) and len(value) == 2 else (value, "")
    if score is not None:
        share = score.read(verdict, value)
        told = {**metadata, "score": float(verdict)}
        return Outcome.passed(text_of(output), score=(share,), metadata=told)
    if not (isinstance(verdict, bool) or is_numpy_bool(verdict)):
        raise TypeError(_refusal(value, verdict))
    text = text_of(output)
    if verdict:
        return Outcome.passed(text, metadata=metadata)
    return Outcome.failed(Cause.WRONG_OUTPUT, "returned False", text, metadata=metadata)


def text_of(output: Any) -> str:
    """What a trial put out, as text: a string as it is, anything else as JSON, and what JSON has not as its repr."""
    return output if isinstance(output, str) else json.dumps(output, default=repr, ensure_ascii=False)


def _is_numpy_number(value: Any) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return type(value).__module__ == "numpy" and kind in ("f", "i", "u") and getattr(value, "shape", None) == ()


def is_numpy_bool(value: Any) -> bool:
    """Whether it is a bool of numpy, which is not imported here."""
    return type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_")


def _refusal(value: Any, verdict: Any) -> str:
    if value is None:
        return "a trial returned None: return True or False, or (True, output); raise AssertionError for a failure"
    if isinstance(value, tuple):
        return (
            f"a trial returned a tuple of {len(value)} whose first is {type(verdict).__name__}: return (bool, output)"
        )
    more = "; for scores say score=(low, high)" if isinstance(value, float) else ""
    return f"a trial returned {type(value).__name__}, not bool: return True or False, or (True, output){more}"


def outcome_of_error(
    raised: BaseException, error_types: tuple[type[Exception], ...], metadata: Mapping[str, object]
) -> Outcome:
    """The outcome of an exception, with the traceback from the trial function on."""
    told = {**metadata, "traceback": trace(raised)}
    text = str(raised).strip()
    if error_types and isinstance(raised, error_types):
        return Outcome.failed(Cause.UNKNOWN, f"{type(raised).__name__}: {text}", metadata=told)
    if isinstance(raised, AssertionError):
        return Outcome.failed(Cause.WRONG_OUTPUT, text or "assertion failed", metadata=told)
    return Outcome.failed(Cause.EXCEPTION, f"{type(raised).__name__}: {text}", metadata=told)


def trace(raised: BaseException) -> str:
    """The traceback without the frames that called the trial; at most TRACEBACK_CHARACTERS, the end of it."""
    step = raised.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename.startswith(_OURS):
        step = step.tb_next
    text = "".join(traceback.format_exception(type(raised), raised, step or raised.__traceback__))
    return text[-TRACEBACK_CHARACTERS:]

"""From what a trial function returned or raised to an outcome.

Rule: nothing is guessed. An AssertionError is a wrong output, any other exception a failure too, unless its type is among
`error_types`: then the world failed. What is neither a bool nor (bool, output) is a mistake of whoever wrote the trial.
"""

import json
import traceback
from collections.abc import Mapping
from typing import Any

from kgents.domain.outcome import Cause, Outcome

TRACEBACK_CHARACTERS = 20_000
_OURS = __file__.rpartition("/")[0]


def outcome_of(value: Any, metadata: Mapping[str, Any]) -> Outcome:
    """The outcome of a returned value. TypeError for what no trial returns."""
    verdict, output = value if isinstance(value, tuple) and len(value) == 2 else (value, "")
    if not (isinstance(verdict, bool) or _is_numpy_bool(verdict)):
        raise TypeError(_refusal(value, verdict))
    text = output if isinstance(output, str) else json.dumps(output, default=repr, ensure_ascii=False)
    if verdict:
        return Outcome.passed(text, metadata=metadata)
    return Outcome.failed(Cause.WRONG_OUTPUT, "returned False", text, metadata=metadata)


def _is_numpy_bool(value: Any) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_")


def _refusal(value: Any, verdict: Any) -> str:
    if value is None:
        return "a trial returned None: return True or False, or (True, output); raise AssertionError for a failure"
    if isinstance(value, tuple):
        return (
            f"a trial returned a tuple of {len(value)} whose first is {type(verdict).__name__}: return (bool, output)"
        )
    return f"a trial returned {type(value).__name__}, not bool: return True or False, or (True, output)"


def outcome_of_error(
    raised: BaseException, error_types: tuple[type[Exception], ...], metadata: Mapping[str, Any]
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

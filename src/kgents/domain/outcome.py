"""What one trial came to: a cause, a diagnosis, what was said, what it cost.

Rule: `success` is None exactly when the trial says nothing about the program under test (world, ours, void).
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """Whose fault a failed trial is."""

    PROGRAM = "program"  # the program under test: counts as a failure
    WORLD = "world"  # network, provider, missing harness: counts as `--errors` says
    OURS = "ours"  # the sandbox or the store: never counts against the program
    VOID = "void"  # cancelled: as if it had not been


class Cause(StrEnum):
    """Why a trial did not succeed."""

    # the program under test
    WRONG_OUTPUT = "wrong_output"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    SYNTAX = "syntax_error"
    MISSING = "missing_definition"
    STATIC = "static_check"
    RESOURCES = "resource_limit"
    FORBIDDEN = "forbidden_action"
    REFUSAL = "refusal"
    TRUNCATED = "truncated"  # the answer was cut off at the cap on output tokens
    CHAT_MARKERS = "chat_markers"  # markers of a chat template in an answer that is not right
    MALFORMED = "malformed_output"
    EXIT_STATUS = "exit_status"
    SIGNAL = "signal"
    REJECTED = "rejected"
    PARTIAL_GUESS = "guess"
    CORRUPTED = "corrupted"
    UNDECODED = "undecoded"
    LAW_BROKEN = "law_broken"
    INCOHERENT = "incoherent"
    # the world
    AUTH = "auth"
    QUOTA = "quota"
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    CONTEXT_LENGTH = "context_length"
    MODEL_TIMEOUT = "model_timeout"
    NETWORK = "network"
    UNREACHABLE = "unreachable"  # a server that has never answered, and would not if it were asked again
    HARNESS_MISSING = "harness_missing"
    OPTION_REFUSED = "option_refused"  # the server takes no request with this setting
    HARNESS_CRASH = "harness_crash"
    NO_EVIDENCE = "no_evidence"  # an exit status that was declared to say nothing
    UNKNOWN = "unknown"
    # ours
    SANDBOX = "sandbox"
    PACKAGE_HIDDEN = "package_hidden"
    CANNOT_CROSS = "cannot_cross"
    INTERNAL = "internal"
    # nobody's
    CANCELLED = "cancelled"

    @property
    def fault(self) -> Fault:
        """Whose fault this is."""
        if self in _WORLD:
            return Fault.WORLD
        if self in (Cause.SANDBOX, Cause.INTERNAL, Cause.PACKAGE_HIDDEN, Cause.CANNOT_CROSS):
            return Fault.OURS
        return Fault.VOID if self is Cause.CANCELLED else Fault.PROGRAM

    @property
    def fatal(self) -> bool:
        """Whether another trial would meet the same wall, so that the run ends at once."""
        return self in (Cause.AUTH, Cause.QUOTA, Cause.HARNESS_MISSING, Cause.OPTION_REFUSED, Cause.UNREACHABLE)

    @property
    def stubborn(self) -> bool:
        """Whether three trials in a row that meet this wall end the run."""
        return self in (Cause.PACKAGE_HIDDEN, Cause.CANNOT_CROSS)


_WORLD = frozenset(
    {
        Cause.AUTH,
        Cause.QUOTA,
        Cause.RATE_LIMIT,
        Cause.OVERLOADED,
        Cause.CONTEXT_LENGTH,
        Cause.MODEL_TIMEOUT,
        Cause.NETWORK,
        Cause.UNREACHABLE,
        Cause.HARNESS_MISSING,
        Cause.OPTION_REFUSED,
        Cause.HARNESS_CRASH,
        Cause.NO_EVIDENCE,
        Cause.UNKNOWN,
    }
)


class Tier(StrEnum):
    """How much the evidence is worth, weakest first."""

    SIMULATED = "SIMULATED"  # the coder is a simulation: says something about kgents, nothing about a model
    WEAK = "WEAK"  # run, by an oracle that does not tell right from wrong well enough
    SYNTACTIC = "SYNTACTIC"  # candidates were read, not run
    EMPIRICAL = "EMPIRICAL"  # candidates were run against an oracle


@dataclass(frozen=True, slots=True)
class Usage:
    """What a trial consumed. `cost_usd` is None where the price is not known; unknown is not zero."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = Decimal(0)
    calls: int = 0
    cached_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.cost_usd or Decimal(0)) + (other.cost_usd or Decimal(0)) if known else None,
            self.calls + other.calls,
            self.cached_tokens + other.cached_tokens,
        )


def dollars(amount: Any) -> Decimal:
    """An amount of dollars: a finite number, or its text, of 0 or more. ValueError for anything else."""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        value = Decimal(-1)
    if isinstance(amount, bool) or not (value.is_finite() and value >= 0):
        raise ValueError(f"{amount!r} is no amount of dollars")
    return value


def whole_tokens(count: Any) -> int:
    """A number of tokens: an integer of 0 or more. ValueError for anything else."""
    try:
        value = -1 if isinstance(count, bool) else operator.index(count)
    except TypeError:
        value = -1
    if value < 0:
        raise ValueError(f"{count!r} is no number of tokens")
    return value


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a trial: its name, whether it passed, and what it says."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial came to.

    success     True, False, or None where the trial says nothing about the program under test
    error       one line for people, at most 300 characters
    output      what the program, model or parser said, in full
    candidate   the code or value taken from it, where that is another text
    confidence  in [0, 1]: the share of checks or cases passed, lowered by repairs
    repairs     what had to be changed to make the output usable
    score       integers for kinds whose decision needs more than success (e-values, blocks)
    metadata    JSON; shown, never interpreted
    seconds     how long it took, where the kind knows that better than whoever waited for it
    """

    success: bool | None
    cause: Cause | None = None
    error: str | None = None
    output: str = ""
    candidate: str | None = None
    confidence: float = 0.0
    repairs: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    usage: Usage = Usage()
    score: tuple[int, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.success is True) != (self.cause is None):
            raise ValueError("an outcome has a cause exactly when it is not a success")
        left_out = self.success is None and self.cause is Cause.TRUNCATED  # by choice
        if (
            self.cause is not None
            and not left_out
            and (self.success is None) != (self.cause.fault is not Fault.PROGRAM)
        ):
            raise ValueError(f"success={self.success} does not go with the cause {self.cause.value}")

    @staticmethod
    def passed(output: str = "", **more: Any) -> "Outcome":
        """A success."""
        return Outcome(**{"success": True, "output": output, "confidence": 1.0, **more})

    @staticmethod
    def failed(cause: Cause, error: str, output: str = "", **more: Any) -> "Outcome":
        """A trial that did not succeed; whether it counts follows from the cause."""
        success = False if cause.fault is Fault.PROGRAM else None
        return replace(Outcome(success, cause, error[:300], output), **more)

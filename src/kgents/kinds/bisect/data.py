"""The documents of `bisect`: what its record keeps, and what it adds to `evidence`."""

from typing import NotRequired, TypedDict


class BisectConfig(TypedDict):
    """The configuration of the kind `bisect`; `commits` are oldest first, `subjects` absent in older records."""

    type: str
    argv: list[str]
    cwd: str
    good: str
    bad: str
    commits: list[str]
    subjects: NotRequired[list[str]]
    build: str | None
    timeout: float
    error_codes: list[int]
    runner: str | None


class CommitData(TypedDict):
    """A commit that was tried; `probability` that the rate fell there, None of the first."""

    commit: str
    subject: str
    trials: int
    successes: int
    probability: float | None


class Located(TypedDict):
    """Where the rate fell, the rates before and after, and what was tried; None: not known."""

    first_bad: list[str] | None
    rates: list[float] | None
    commits: list[CommitData]


class BisectEvidence(TypedDict):
    """What the kind adds to `evidence`."""

    bisect: Located

"""What is told between our processes that judge by tests: the job, and the report on a candidate. JSON, as types.

Nothing here is needed at run time: modules import it for the type checker alone.
"""

from collections.abc import Sequence
from typing import Any, TypedDict


class GoodRun(TypedDict):
    """How a run is controlled: pairs (name, operation) that a good program needed, or None; whether this is its run."""

    open: Sequence[Sequence[str]] | None
    everything: bool


class Asked(GoodRun):
    """What an oracle says of its tests.

    mode     tests, doctest or pytest
    defined  names that a candidate has to define
    every    whether all tests are run, also after one that failed
    own_file  path of the user's own file; stems: its modules' names that stand for the candidate's
    """

    entry: str | None
    mode: str
    defined: list[str]
    every: bool
    own_file: str
    stems: list[str]


class Whereabouts(TypedDict, total=False):
    """For a session of pytest: the folder of a run, our own folder, what is put before sys.path, the path of the file.

    wall    seconds of a run; forget: whether modules that were imported are forgotten afterwards
    chance  whether tests and candidate share the state of `random`
    still   whether the tests leave variables, folder, chance and the context of decimal numbers as they are
    """

    folder: str
    private: str
    paths: list[str]
    path: str
    wall: float
    forget: bool
    chance: bool
    still: bool


class TestsJob(Asked, Whereabouts):
    """A run of tests.

    names  free names of the tests; used: every name that they mention
    stand  modules that stand for the candidate's
    """

    tests: str
    setup: str
    names: list[str]
    used: list[str]
    stand: list[str]


class CandidateJob(TypedDict):
    """What one candidate adds to the job of a session."""

    wall: float
    open: Sequence[Sequence[str]] | None
    everything: bool
    folder: str
    chance: bool


class Surroundings(TypedDict):
    """Where a session runs: its folder and its environment variables."""

    folder: str
    variables: dict[str, str]


class Prepared(TypedDict, total=False):
    """What a session says before anything is run: why it cannot be, or what stands for the candidate.

    pid   of its process
    late  whether tests are collected for each candidate
    """

    pid: int
    unusable: str
    lacks: str
    stand: list[str]
    names: list[str]
    path: str
    late: bool


class Report(TypedDict, total=False):
    """What a run of tests says of a candidate; what is absent did not occur.

    passed      whether all tests passed; cases: how many ran; test: the one that failed
    right       where all were run: how many of the cases passed
    kind        name of the exception that a test ended with; error: one line of it; collection: the same while collecting
    died        whether the candidate's process ended; timeout: whether it was too slow
    load        what kept it from being loaded: [names of the exception's classes, text, …]
    unreadable  of what is no program [kind, message, line or None]; missing: names that it lacks
    unusable    why the tests cannot be run
    controlled, uncontrolled  comparisons by the candidate's own operators; needed: pairs that the good run used
    forged      how it was found to cheat; forbidden: what it tried and may not do; strayed: a limit of ours that it met
    calls       how often it was called; items: how many tests were collected
    notes       of tests in its own process: [place of a literal, whether the comparison held]
    """

    passed: bool
    cases: int
    right: int
    test: str | None
    kind: str
    error: str
    collection: str
    died: bool
    timeout: bool
    load: Sequence[Any]
    unreadable: list[Any]
    missing: list[str]
    unusable: str
    controlled: int
    uncontrolled: int
    needed: list[tuple[str, str]]
    forged: str | None
    forbidden: str
    strayed: str | None
    calls: int
    items: int
    notes: Sequence[Any]


class Effects(TypedDict, total=False):
    """What a program did beside answering, as the other end tells it; values are checked where they are used.

    done    [what, parts…] in order: output, logging, warnings
    files   [name below the folder, bytes, or None for a folder]; gone: names
    """

    done: Sequence[Any]
    files: Sequence[Any]
    gone: Sequence[Any]
    forbidden: Any
    folder: Any
    decimal: Any
    random: Any
    environment: Any

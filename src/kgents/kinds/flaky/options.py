"""What the record keeps of a suite that is run as a whole."""

from typing import NotRequired, TypedDict


class FlakyConfig(TypedDict):
    """The configuration of the kind `flaky`.

    junit         the file that any other runner writes, None: pytest reports itself
    at, commits   the commits as they were asked for, and their SHA-1; `build` makes their worktrees ready
    failed        tests that failed at first; skipped ones are no arms
    """

    type: str
    argv: list[str]
    cwd: str
    timeout: float
    shuffled: bool
    junit: str | None
    at: NotRequired[list[str]]
    commits: NotRequired[list[str]]
    build: NotRequired[str | None]
    failed: NotRequired[list[str]]
    passed_again: NotRequired[list[str]]
    skipped: NotRequired[list[str]]


class LimitsData(TypedDict):
    """An interval."""

    level: float
    low: float
    high: float


class RateLimits(LimitsData):
    """Of a rate of passing; `each_side` is how often it is beyond one end at most, None where only `level` is bounded."""

    each_side: float | None


class OrderData(TypedDict):
    """The test whose place explains every outcome: `fails` is "after it" or "before it", in so many runs."""

    test: str
    fails: str
    runs: int


class FirstFailure(TypedDict):
    """A failure: number of the run, cause, one line, what was printed."""

    run: int
    cause: str | None
    error: str | None
    text: str | None


class FailedTest(TypedDict):
    """A test that failed; `first_failure` is None where that was in the run that found the tests alone."""

    name: str
    flaky: bool
    runs: int
    failures: int
    success_rate: float
    interval: RateLimits
    verdict: str | None
    order: OrderData | None
    first_failure: FirstFailure | None


class CleanData(TypedDict):
    """Tests that never failed, the runs of the one that ran least, and what such a test fails at most."""

    tests: int
    runs: int
    failure_rate_below: float | None


class FirstRun(TypedDict):
    """Names of tests in the run that found them."""

    failed: list[str]
    passed_again: list[str]
    skipped: list[str]


class FlakyEvidence(TypedDict):
    """What runs of one version add to `evidence`: the tests that failed, the flaky ones first, and the others."""

    flaky: list[str]
    failing: list[str]
    tests: list[FailedTest]
    clean: CleanData
    vanished: list[str]
    first_run: FirstRun


class SideData(TypedDict):
    """A test at one of two commits."""

    runs: int
    failures: int
    success_rate: float | None
    credible_interval: LimitsData
    first_failure: FirstFailure | None


class DifferingRuns(TypedDict):
    """Runs in which a test passed at one commit only."""

    passed_at_first: int
    passed_at_second: int


class ChangedTest(TypedDict):
    """A test that failed at either commit; `change` is better, worse, same, or None while that is not decided."""

    name: str
    change: str | None
    runs_that_differ: DifferingRuns | None
    first: SideData
    second: SideData


class CommitNames(TypedDict):
    """Two commits, as they were asked for."""

    first: str
    second: str


class ChangesEvidence(TypedDict):
    """What runs at two commits add to `evidence`; `tests` is how many there are."""

    commits: CommitNames
    tests: int
    changes: list[ChangedTest]

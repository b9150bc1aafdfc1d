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
    skipped: NotRequired[list[str]]

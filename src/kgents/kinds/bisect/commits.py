"""The line of commits from a good one to a bad one."""

from collections.abc import Mapping
from pathlib import Path

from kgents.errors import UsageError
from kgents.kinds.worktrees import commit_of, git


async def commits_between(
    good: str, bad: str, cwd: Path, environment: Mapping[str, str], most: int
) -> tuple[list[str], list[str]]:
    """(hashes, subjects), oldest first, both ends included; merges count as one commit. UsageError without such a line."""
    first = await commit_of(good, cwd, environment)
    last = await commit_of(bad, cwd, environment)
    try:
        await git(["merge-base", "--is-ancestor", first, last], cwd, environment)
    except UsageError:
        raise UsageError(
            f"--good {good} is no ancestor of --bad {bad}", "give an earlier commit of one history"
        ) from None
    words = ["log", "--first-parent", "--reverse", "--format=%H %s", f"{first}..{last}"]
    rows = [line.partition(" ") for line in (await git(words, cwd, environment)).splitlines()]
    if not rows:
        raise UsageError(f"--good {good} and --bad {bad} are one commit", "give two")
    if len(rows) > most:
        raise UsageError(f"{len(rows)} commits from --good to --bad, at most {most}", "give a later good commit")
    subject = (await git(["log", "-1", "--format=%s", first], cwd, environment)).strip()
    return [first, *(hash_ for hash_, _, _ in rows)], [subject, *(subject for _, _, subject in rows)]

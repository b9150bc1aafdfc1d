"""A suite at one or two commits, each in a worktree that is made and removed.

With two commits every run is of both, by the same seed; the tests of the second one are told apart by their names.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kgents.domain.outcome import Outcome
from kgents.errors import UsageError
from kgents.kinds.flaky.reading import Ran
from kgents.kinds.flaky.run import Suite
from kgents.kinds.worktrees import Worktrees, commit_of, git, unready


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and the name that it was asked for by."""

    asked: str
    commit: str


async def revisions(asked: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> tuple[Revision, ...]:
    """The commits of one or two names. UsageError for a name of no commit, more than two, and two names of one."""
    if len(asked) > 2:
        raise UsageError(f"--at was given {len(asked)} times", "one commit, or two that are compared")
    revisions = [Revision(each, await commit_of(each, cwd, environment)) for each in asked]
    if len({each.commit for each in revisions}) < len(revisions):
        raise UsageError(f"--at {asked[0]} and --at {asked[1]} are one commit", "give two")
    return tuple(revisions)


@asynccontextmanager
async def at_commits(suite: Suite, asked: Sequence[Revision], build: str | None) -> AsyncIterator["AtCommits"]:
    """The suite at these commits, until the block ends. UsageError where a worktree cannot be made, or --build fails."""
    trees = Worktrees(suite.cwd, suite.environment)
    try:
        root = Path((await git(["rev-parse", "--show-toplevel"], suite.cwd, suite.environment)).strip())
        suites = []
        for revision in asked:
            folder = await trees.folder(revision.commit)
            environment = {**suite.environment, "KGENTS_COMMIT": revision.commit}
            if build is not None and (why := await unready(build, folder, environment)):
                raise UsageError(f"--build at {revision.asked}: {why}", "try it by hand")
            suites.append(replace(suite, cwd=folder, environment=environment, original=root))
        yield AtCommits(asked, suites)
    finally:
        await trees.aclose()


class AtCommits:
    """The same questions as of a Suite, of one or two commits."""

    def __init__(self, asked: Sequence[Revision], suites: Sequence[Suite]) -> None:
        self._asked = asked
        self._suites = suites

    async def tests(self, seed: int) -> Mapping[str, Ran]:
        """A run at each commit; with two commits the tests that both have, each twice. UsageError where there is none."""
        outcomes = [await suite.tests(seed) for suite in self._suites]
        if len(outcomes) == 1:
            return outcomes[0]
        both = [
            name
            for name, ran in outcomes[0].items()
            if name in outcomes[1] and None not in (ran.passed, outcomes[1][name].passed)
        ]
        if not both:
            raise UsageError("the two commits have no test in common", "try its command by hand")
        pairs = zip(self._asked, outcomes, strict=True)
        return {arm_of(name, revision): tests[name] for revision, tests in pairs for name in both}

    async def passing_again(self, failed: Sequence[str], seed: int) -> list[str]:
        """At one commit as of a Suite; of two commits all runs are counted."""
        return await self._suites[0].passing_again(failed, seed) if len(self._suites) == 1 else []

    async def outcomes(self, names: Sequence[str], seed: int) -> Mapping[str, Outcome]:
        """A run at each commit, one after the other."""
        if len(self._suites) == 1:
            return await self._suites[0].outcomes(names, seed)
        told: dict[str, Outcome] = {}
        for revision, suite in zip(self._asked, self._suites, strict=True):
            end = arm_of("", revision)
            wanted = [name.removesuffix(end) for name in names if name.endswith(end)]
            outcomes = await suite.outcomes(wanted, seed)
            told.update({arm_of(name, revision): outcome for name, outcome in outcomes.items()})
        return told


def arm_of(name: str, revision: Revision) -> str:
    """What a test of one of two commits is called."""
    return f"{name} @ {revision.asked}"

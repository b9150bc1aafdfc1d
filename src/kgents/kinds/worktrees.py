"""Commits of a repository in worktrees: made when they are first needed, removed in the end.

Rule: the repository's own worktree, index and branches are never touched; hooks are not run.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kgents.errors import UsageError
from kgents.sandbox.owned import owned
from kgents.sandbox.process import Ended, run

GIT_SECONDS = 600.0
BUILD_SECONDS = 3600.0
OUTPUT_BYTES = 16_000_000


async def git(words: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> str:
    """What git writes. UsageError with its last line where it fails."""
    try:
        ended = await _git(words, cwd, environment)
    except OSError as wrong:
        raise UsageError(f"cannot start git: {wrong.strerror or wrong}", "install git") from wrong
    if ended.status != 0:
        lines = ended.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"git {words[0]}: {lines[-1] if lines else f'exit status {ended.status}'}", "try it by hand")
    return ended.stdout.decode(errors="replace")


async def _git(words: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Ended:
    argv = ["git", "-c", f"core.hooksPath={os.devnull}", *words]
    return await run(argv, env=environment, cwd=cwd, seconds=GIT_SECONDS, output_bytes=OUTPUT_BYTES)


async def commit_of(revision: str, cwd: Path, environment: Mapping[str, str]) -> str:
    """The full hash of a commit. UsageError where there is no such revision."""
    try:
        text = await git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], cwd, environment)
    except UsageError as wrong:
        raise UsageError(f"{revision} is no commit of the repository in {cwd}", "git log shows them") from wrong
    return text.strip()


async def unready(line: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Why a line for sh does not make a worktree ready: its exit status and last line; empty where it does."""
    argv = ["/bin/sh", "-c", line]
    ended = await run(argv, env=environment, cwd=folder, seconds=BUILD_SECONDS, output_bytes=16_000)
    if ended.status == 0:
        return ""
    lines = (ended.stderr or ended.stdout).decode(errors="replace").strip().splitlines()
    return f"exit status {ended.status}" + (f": {lines[-1]}" if lines else "")


class Worktrees:
    """Worktrees of one repository by commit; `folder(commit)` is where a command of this folder runs there."""

    def __init__(self, cwd: Path, environment: Mapping[str, str]) -> None:
        self._cwd = cwd
        self._environment = environment
        self._root = Path(tempfile.mkdtemp(prefix=owned("kgents-worktrees-")))
        self._made: dict[str, asyncio.Task[Path]] = {}

    async def folder(self, commit: str) -> Path:
        """The folder, in a worktree that is made at the first call. UsageError where it cannot be made, or lacks it."""
        if commit not in self._made:
            self._made[commit] = asyncio.ensure_future(self._make(commit))
        return await asyncio.shield(self._made[commit])

    async def _make(self, commit: str) -> Path:
        tree = self._root / commit[:12]
        await git(["worktree", "add", "--detach", "--force", str(tree), commit], self._cwd, self._environment)
        prefix = (await git(["rev-parse", "--show-prefix"], self._cwd, self._environment)).strip()
        folder = tree / prefix
        if not folder.is_dir():
            raise UsageError(f"{commit[:12]} has no folder {prefix}", "start in a folder that every commit has")
        return folder

    async def aclose(self) -> None:
        """Removes them all."""
        await asyncio.gather(*self._made.values(), return_exceptions=True)
        try:
            for tree in self._root.iterdir():
                words = ["worktree", "remove", "--force", "--force", str(tree)]
                await _git(words, self._cwd, self._environment)
        finally:
            shutil.rmtree(self._root, ignore_errors=True)
        await _git(["worktree", "prune"], self._cwd, self._environment)

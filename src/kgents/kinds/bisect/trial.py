"""One trial of a bisection: the command, in a worktree of the commit."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.errors import UsageError
from kgents.kinds.bisect.data import BisectConfig
from kgents.kinds.command.statuses import Statuses
from kgents.kinds.command.trial import Commands, Program
from kgents.kinds.worktrees import Worktrees, unready


class AtCommits:
    """Runs the command at the commit of an arm, once per trial; what prepares a worktree is run once in each."""

    def __init__(self, experiment: str, config: BisectConfig, environment: Mapping[str, str], repository: Path) -> None:
        self._experiment = experiment
        self._config = config
        self._environment = environment
        self._worktrees = Worktrees(repository, environment)
        self._prepared: dict[str, asyncio.Task[tuple[Path | None, str]]] = {}

    async def run_trial(self, slot: Slot) -> Outcome:
        """What the command comes to; a commit that cannot be made ready, and a program that is not there, say nothing."""
        commit = self._config["commits"][slot.arm]
        if commit not in self._prepared:
            self._prepared[commit] = asyncio.ensure_future(self._prepare(commit))
        folder, why = await asyncio.shield(self._prepared[commit])
        if folder is None:
            return Outcome.failed(Cause.NO_EVIDENCE, why)
        statuses = Statuses(frozenset({0}), frozenset(self._config["error_codes"]), self._config["runner"])
        programs = [Program(commit[:12], tuple(self._config["argv"]), statuses)]
        environment = {**self._environment, "KGENTS_COMMIT": commit}
        commands = Commands(self._experiment, programs, environment, self._config["timeout"], folder)
        outcome = await commands.run_trial(replace(slot, arm=0))
        if outcome.cause is Cause.HARNESS_MISSING:
            return Outcome.failed(Cause.NO_EVIDENCE, outcome.error or "", outcome.output)
        return outcome

    async def _prepare(self, commit: str) -> tuple[Path | None, str]:
        """(where the command runs, why nothing can be run there)."""
        try:
            folder = await self._worktrees.folder(commit)
        except UsageError as wrong:
            return None, wrong.message
        if self._config["build"] is None:
            return folder, ""
        why = await unready(self._config["build"], folder, self._environment)
        return (None, f"--build: {why}") if why else (folder, "")

    async def aclose(self) -> None:
        """Removes the worktrees."""
        for task in self._prepared.values():
            task.cancel()
        await asyncio.gather(*self._prepared.values(), return_exceptions=True)
        await self._worktrees.aclose()

"""The sandboxes of a run: one for all arms, and one for each interpreter that an arm names for itself."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgents.domain.ports import Harness
from kgents.errors import UsageError
from kgents.kinds.confinement import sandbox_of
from kgents.kinds.options import CoderConfig, SandboxOptions
from kgents.sandbox.program import Program
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.runs import runs
from kgents.verify.verifier import SandboxVerifier


@dataclass(frozen=True, slots=True)
class Opened:
    """What preparing a run has opened: it goes on to the trials, which close it."""

    sandboxes: "Sandboxes"
    coders: Sequence[Harness] = ()


class Sandboxes:
    """Which sandbox runs the candidates of which coder.

    common  that of the coders that name no interpreter
    """

    def __init__(self, common: Sandbox, own: Mapping[str, Sandbox]) -> None:
        self.common = common
        self._own = own

    def __iter__(self) -> Iterator[Sandbox]:
        """All of them, the common one first."""
        return iter((self.common, *self._own.values()))

    def of(self, coder: CoderConfig) -> Sandbox:
        """Where what this coder wrote is run."""
        return self._own.get(coder.get("python", ""), self.common)

    def close_unused(self, coders: Sequence[CoderConfig]) -> None:
        """Closes the common one where every coder has its own."""
        if all("python" in coder for coder in coders):
            self.common.close()

    def close(self) -> None:
        """Closes all."""
        for sandbox in self:
            sandbox.close()


async def sandboxes_of(
    config: SandboxOptions,
    coders: Sequence[CoderConfig],
    texts: Sequence[str] | None = None,
    hidden: Sequence[str | None] = (),
    judged_by: Iterable[str] = (),
    meanwhile: Callable[[], None] | None = None,
) -> Sandboxes:
    """Those of options or a recorded configuration (`sandbox_of`), opened; `judged_by`: kinds of oracles, as far as known.

    `meanwhile` is done while the first one starts.
    UsageError, which names the arm where it is about the arm's own interpreter; SandboxUnavailable. Then none stays open.
    """
    own: dict[str, Sandbox] = {}
    served = runs(judged_by)
    opened = Sandboxes(await asyncio.to_thread(sandbox_of, config, texts, hidden, served, meanwhile), own)
    try:
        for coder in coders:
            python = coder.get("python")
            if python is not None and python not in own:
                own[python] = await asyncio.to_thread(_own, config, coder, texts, hidden, served)
    except BaseException:
        opened.close()
        raise
    return opened


def _own(
    config: SandboxOptions,
    coder: CoderConfig,
    texts: Sequence[str] | None,
    hidden: Sequence[str | None],
    served: Sequence[Program],
) -> Sandbox:
    try:
        return sandbox_of({**config, "python": coder["python"]}, texts, hidden, served)
    except UsageError as wrong:
        raise UsageError(f"{_said(coder)}: {wrong}", wrong.hint) from wrong


async def check_interpreters(
    sandboxes: Sandboxes, coders: Sequence[CoderConfig], solutions: Sequence[tuple[Oracle, str]]
) -> None:
    """UsageError where an oracle fails its own solution under the interpreter of an arm.

    solutions  (oracle, program that it has to pass)
    """
    for coder in coders:
        for oracle, solution in solutions if "python" in coder else ():
            judgement = await SandboxVerifier(oracle, sandboxes.of(coder)).verify(solution)
            if not judgement.success:
                raise UsageError(
                    f"{_said(coder)}: the solution that the oracle is of fails under it: {judgement.error}",
                    "name an interpreter in which it passes, with the packages that it needs",
                )


def _said(coder: CoderConfig) -> str:
    return f"--arm {coder.get('name', '')}: python={coder['python']}"

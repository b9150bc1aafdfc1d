"""The sandboxes of a run: one for all arms, and one for each interpreter that an arm names for itself."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from kgents.errors import UsageError
from kgents.kinds.confinement import sandbox_of
from kgents.kinds.options import CoderConfig, SandboxOptions
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier


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
    common: Sandbox | None = None,
    texts: Sequence[str] | None = None,
    hidden: Sequence[str | None] = (),
) -> Sandboxes:
    """Those of options or a recorded configuration (`sandbox_of`), opened; `common` is used where it is open already.

    UsageError, SandboxUnavailable; then none stays open.
    """
    if common is None:
        common = await asyncio.to_thread(sandbox_of, config, texts, hidden)
    own: dict[str, Sandbox] = {}
    opened = Sandboxes(common, own)
    try:
        for coder in coders:
            python = coder.get("python")
            if python is not None and python not in own:
                asked: SandboxOptions = {**config, "python": python}
                own[python] = await asyncio.to_thread(sandbox_of, asked, texts, hidden)
    except BaseException:
        opened.close()
        raise
    return opened


async def check_interpreters(
    config: SandboxOptions,
    coders: Sequence[CoderConfig],
    solutions: Sequence[tuple[Oracle, str]],
    texts: Sequence[str],
    hidden: Sequence[str | None] = (),
) -> None:
    """UsageError where an arm's own interpreter cannot be used, or an oracle fails its own solution under it.

    solutions  (oracle, program that it has to pass)
    """
    for coder in coders:
        python = coder.get("python")
        if python is None:
            continue
        where = f"--arm {coder.get('name', '')}: python={python}"
        try:
            sandbox = await asyncio.to_thread(sandbox_of, {**config, "python": python}, texts, hidden)
        except UsageError as wrong:
            raise UsageError(f"{where}: {wrong}", wrong.hint) from wrong
        try:
            for oracle, solution in solutions:
                judgement = await SandboxVerifier(oracle, sandbox).verify(solution)
                if not judgement.success:
                    raise UsageError(
                        f"{where}: the solution that the oracle is of fails under it: {judgement.error}",
                        "name an interpreter in which it passes, with the packages that it needs",
                    )
        finally:
            sandbox.close()

"""Runs trials in processes of their own (`isolate=True`), which can be killed at their time-out.

Rule: never a fork of this process, which has threads: each is a new interpreter that imports the function by its name.
One serves trial after trial, as many as run at once; one that was killed, or died, is replaced.
"""

import asyncio
import contextlib
import json
import math
import os
import signal
import sys
from decimal import Decimal
from typing import Any

from kgents.domain.meter import charge
from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import Slot
from kgents.errors import UsageError
from kgents.kinds.callable.function import TrialFunction, identity_of
from kgents.kinds.callable.options import Call, CallableConfig, FunctionConfig, Job, MainConfig, Reply
from kgents.kinds.callable.trial import MisusedTrial, NestedExperiment, Opened
from kgents.sandbox.awake import AwakeTimeout

START = "import json, sys; sys.path[:] = json.loads(sys.argv[-1])['path']; from kgents.kinds.callable.inside import main; main()"
LINE_BYTES = 64_000_000
_MISTAKES = {kind.__name__: kind for kind in (NestedExperiment, MisusedTrial, ValueError, TypeError)}


def check_importable(function: TrialFunction) -> None:
    """UsageError for what another process cannot import: lambdas, closures, notebook cells, partials and objects."""
    name = identity_of(function).name
    module, _, path = name.partition(":")
    if "<" in path:
        raise UsageError(
            f"isolate: {name} cannot be imported by another process (a lambda, or defined inside a function)",
            "define it at the top of a module",
        )
    main = sys.modules["__main__"]
    if module == "__main__" and getattr(main, "__spec__", None) is None and not _file_of(main):
        raise UsageError(f"isolate: {path} is defined in no file (a notebook, a prompt)", "write it to a module")
    value: Any = sys.modules.get(module)
    for part in path.split("."):
        value = getattr(value, part, None)
    if value is not function:
        raise UsageError(
            f"isolate: a {type(function).__name__} of {name} has no name by which another process could import it",
            "wrap it into a function at the top of a module",
        )


def _file_of(main: Any) -> str | None:
    path = getattr(main, "__file__", None)
    return os.path.abspath(path) if path and os.path.isfile(path) else None  # noqa: PTH100, PTH113


def _main() -> MainConfig | None:
    """How another process loads this program: by the name of `python -m`, or by its path."""
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name != "__main__":
        return {"name": spec.name.removesuffix(".__main__") if spec.name.endswith(".__main__") else spec.name}
    path = _file_of(main)
    return None if path is None else {"path": path}


def _function(arm: str, opened: Opened) -> FunctionConfig:
    identity = identity_of(opened.functions[arm])
    return {"name": arm, "function": identity.name, "digest": identity.digest}


class Isolated:
    """Calls the function of an arm in another process, once per trial."""

    def __init__(self, experiment: str, config: CallableConfig, opened: Opened) -> None:
        for function in opened.functions.values():
            check_importable(function)
        main = _main() if any(arm["function"].startswith("__main__:") for arm in config["arms"]) else None
        arms = [_function(arm["name"], opened) for arm in config["arms"]]
        job: Job = {
            "experiment": experiment, "path": sys.path, "main": main, "arms": arms,
            "error_types": config["error_types"], "score": config.get("score"),
        }  # fmt: skip
        self._job = json.dumps(job)
        self._opened = opened
        self._seconds: float | None = config["timeout"]
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()

    async def start(self) -> None:
        """Starts the first process, so that what cannot be imported is said before the first trial."""
        self._idle.append(await self._begun())

    async def run_trial(self, slot: Slot) -> Outcome:
        """Sends a trial to a process. CancelledError after a mistake of the caller."""
        process = self._idle.pop() if self._idle else await self._begun()
        try:
            async with AwakeTimeout(math.inf if self._seconds is None else self._seconds):
                reply = await process.ask({"arm": slot.arm, "index": slot.index, "seed": slot.seed})
        except TimeoutError:
            await self._end(process)
            return Outcome.failed(Cause.TIMEOUT, f"no end within {self._seconds:g} s; its process was killed")
        except BaseException:
            await self._end(process)
            raise
        if reply is None:
            return _died(await self._end(process))
        self._idle.append(process)
        return self._outcome(reply)

    def blame(self, wrong: BaseException) -> None:
        """Tells the caller of a mistake, whose run then stops."""
        self._opened.abort(wrong)

    async def aclose(self) -> None:
        """Ends the processes."""
        for process in list(self._all):
            await self._end(process)

    async def _begun(self) -> "_Process":
        process = _Process(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", START, self._job, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                start_new_session=True, limit=LINE_BYTES,
            )
        )  # fmt: skip
        self._all.add(process)
        try:
            told = await process.read()
        except BaseException:
            await self._end(process)
            raise
        if told is None or "error" in told:
            status = await self._end(process)
            why = f"it ended with status {status}" if told is None else str(told["error"])
            hint = (
                "guard the call by `if __name__ == '__main__':`" if "NestedExperiment" in why else "import it by hand"
            )
            raise UsageError(f"isolate: another process could not import the trial: {why}", hint)
        return process

    async def _end(self, process: "_Process") -> int:
        self._all.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        return await process.end()

    def _outcome(self, reply: Reply) -> Outcome:
        if "mistake" in reply:
            wrong = _MISTAKES[reply["mistake"]](reply["message"])
            self.blame(wrong)
            raise asyncio.CancelledError from wrong
        tokens, usd, calls = reply["usage"]
        charge(Usage(output_tokens=tokens, cost_usd=None if usd is None else Decimal(usd), calls=calls))
        return Outcome(
            reply["success"], None if reply["cause"] is None else Cause(reply["cause"]), reply["error"], reply["output"],
            confidence=1.0 if reply["success"] else 0.0, score=tuple(reply["score"]), metadata=reply["metadata"],
        )  # fmt: skip


class _Process:
    """One interpreter that calls trials, the leader of its own session."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, request: Call) -> Reply | None:
        """What it answers; None where it died."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            await self._process.stdin.drain()
        return await self.read()

    async def read(self) -> Reply | None:
        """The next line of it; None at its end."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            return None
        reply: Reply = json.loads(line)
        return reply

    async def end(self) -> int:
        """Kills it with all that it started, if it lives; its exit status, negative for a signal."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.returncode is None and not await self._has_ended():
                os.killpg(self._process.pid, signal.SIGKILL)
        return await self._process.wait()

    async def _has_ended(self) -> bool:
        """Whether it has ended by itself: its output ended, so that its status is its own."""
        assert self._process.stdout is not None
        if not self._process.stdout.at_eof():
            return False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 1.0)
        return self._process.returncode is not None


def _died(status: int) -> Outcome:
    if status < 0:
        return Outcome.failed(Cause.SIGNAL, f"its process was killed by signal {-status}")
    return Outcome.failed(Cause.EXIT_STATUS, f"its process ended with exit status {status}")

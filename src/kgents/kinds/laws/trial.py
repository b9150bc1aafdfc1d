"""`laws`: an arm is a law, its one trial is an examination of the target in the verification sandbox.

Rule: the target is imported and run only in a child of the confined zygote; what it does there is an Outcome, and a
fault of the sandbox is ours. A counterexample counts once it was replayed in a second fresh process.
"""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.engine.verdicts import CODES
from kgents.sandbox.sandbox import Ended, Sandbox, SandboxFault


class Laws:
    """Examines one law per arm."""

    def __init__(self, config: Mapping[str, Any], sandbox: Sandbox) -> None:
        self._config = config
        self._sandbox = sandbox

    async def run_trial(self, slot: Slot) -> Outcome:
        """One law, in a process of its own."""
        law = self._config["laws"][slot.arm]
        try:
            found = await self._finding(law, slot.seed)
        except (SandboxFault, OSError) as fault:
            return await spoilt(self._sandbox, fault)
        return _outcome(found)

    async def aclose(self) -> None:
        """Ends the sandbox."""
        await asyncio.to_thread(self._sandbox.close)

    async def _finding(self, law: str, seed: int) -> dict[str, Any]:
        config = self._config
        own = ":" in law
        job = {
            "target": config["object"],
            "path": config["path"],
            "laws": [] if own else [law],
            "functions": [law] if own else [],
            "among": [name for name in config["laws"] if ":" not in name],
            "cases": config["cases"],
            "seed": seed,
            "spec": config["spec"],
        }
        said, ended = await self._ask(job)
        found = finding(said, ended, law.rpartition(":")[2], config["timeout"])
        shown = found["counterexample"]
        if shown and not await self._replays(shown["code"]):
            found.update(
                verdict="error",
                counterexample=None,
                detail="the counterexample does not replay in a fresh process: the target keeps state or is random",
            )
        return found

    async def _ask(self, job: Mapping[str, Any]) -> tuple[Any, Ended]:
        return await self._sandbox.in_thread(self._sandbox.exchange, job, self._config["timeout"])

    async def _replays(self, code: str) -> bool:
        said, _ = await self._ask({"replay": code, "path": self._config["path"]})
        return isinstance(said, dict) and said.get("broken") is True


async def spoilt(sandbox: Sandbox, fault: Exception) -> Outcome:
    """The outcome of a trial that the sandbox spoilt; the next one finds it renewed, if that can be."""
    with suppress(SandboxFault, OSError):
        await asyncio.to_thread(sandbox.renew)
    return Outcome.failed(Cause.SANDBOX, f"the sandbox failed: {fault}")


def finding(said: Any, ended: Ended, law: str, seconds: float) -> dict[str, Any]:
    """What the guest said of a law; where it said nothing, how its process ended."""
    blank = {
        "law": law,
        "verdict": "error",
        "cases": 0,
        "counterexample": None,
        "power": None,
        "family": {},
        "tried": [],
    }
    if not isinstance(said, dict):
        return {**blank, "detail": _ending(ended, seconds)}
    blank["tried"] = [str(words) for words in said.get("tried") or ()]
    if isinstance(said.get("error"), dict):
        message, hint = said["error"].get("message"), said["error"].get("hint")
        return {**blank, "detail": str(message) + (f"; {hint}" if hint else "")}
    try:
        found = {**said["findings"]["laws"][0], "family": dict(said["findings"]["family"]), "tried": blank["tried"]}
        if found["verdict"] in CODES and found.keys() >= blank.keys():
            return found
    except (KeyError, IndexError, TypeError, ValueError):
        pass
    return {**blank, "detail": "the target answered in place of the examination"}


def _ending(ended: Ended, seconds: float) -> str:
    if ended.overdue or ended.signal == signal.SIGXCPU:
        return f"the target did not end within {seconds:g} s (--timeout)"
    how = f"signal {ended.signal}" if ended.signal else f"status {ended.exit}"
    return f"the target ended its process ({how}): os._exit, a crash, or more memory than --memory-mb"


def _outcome(found: dict[str, Any]) -> Outcome:
    verdict = found["verdict"]
    said: dict[str, Any] = {"metadata": {"finding": found, "input": found["law"]}, "score": (CODES.index(verdict),)}
    shown = found["counterexample"]
    if verdict == "not_refuted":
        return Outcome.passed(found["detail"], **said)
    if verdict == "refuted":
        inputs = ", ".join(f"{name} = {text}" for name, text in shown["inputs"].items())
        message = f"{found['law']}: {inputs}: {shown['left']} is not {shown['right']}"
        return Outcome.failed(Cause.LAW_BROKEN, message, shown["code"], **said)
    cause = Cause.FORBIDDEN if found["tried"] else Cause.REJECTED
    return Outcome.failed(cause, f"{verdict.replace('_', ' ')}: {found['detail']}", **said)

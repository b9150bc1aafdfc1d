"""`laws`: an arm is a law, its one trial is an examination of the target in the verification sandbox.

Rule: the target is imported and run only in a child of the confined zygote; what it does there is an Outcome, and a
fault of the sandbox is ours. A counterexample counts once it was replayed in a second fresh process.
"""

import asyncio
import signal
from contextlib import suppress

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.engine.verdicts import CODES
from kgents.kinds.laws.options import LawsConfig
from kgents.kinds.options import as_written
from kgents.laws.finding import FindingData
from kgents.laws.worker import Job
from kgents.sandbox.sandbox import Ended, Sandbox, SandboxFault


class Laws:
    """Examines one law per arm."""

    def __init__(self, config: LawsConfig, sandbox: Sandbox) -> None:
        self._config = config
        self._sandbox = sandbox

    async def run_trial(self, slot: Slot) -> Outcome:
        """One law, in a process of its own."""
        law = self._config["laws"][slot.arm]
        try:
            finding = await self._finding(law, slot.seed)
        except (SandboxFault, OSError) as fault:
            return await spoilt(self._sandbox, fault)
        return _outcome(finding)

    async def aclose(self) -> None:
        """Ends the sandbox."""
        await asyncio.to_thread(self._sandbox.close)

    async def _finding(self, law: str, seed: int) -> FindingData:
        config = self._config
        own = ":" in law
        job: Job = {
            "target": config["object"],
            "path": config["path"],
            "laws": [] if own else [law],
            "functions": [law] if own else [],
            "among": [name for name in config["laws"] if ":" not in name],
            "cases": config["cases"],
            "seed": seed,
            "spec": config["spec"],
        }
        answer, ended = await self._ask(job)
        finding = finding_of(answer, ended, law.rpartition(":")[2], config["timeout"])
        shown = finding["counterexample"]
        if shown and not await self._replays(shown["code"]):
            finding["verdict"], finding["counterexample"] = "error", None
            finding["detail"] = (
                "the counterexample does not replay in a fresh process: the target keeps state or is random"
            )
        return finding

    async def _ask(self, job: Job) -> tuple[object, Ended]:
        return await self._sandbox.in_thread(self._sandbox.exchange, job, self._config["timeout"])

    async def _replays(self, code: str) -> bool:
        answer, _ = await self._ask({"replay": code, "path": self._config["path"]})
        return isinstance(answer, dict) and answer.get("broken") is True


async def spoilt(sandbox: Sandbox, fault: Exception) -> Outcome:
    """The outcome of a trial that the sandbox spoilt; the next one finds it renewed, if that can be."""
    with suppress(SandboxFault, OSError):
        await asyncio.to_thread(sandbox.renew)
    return Outcome.failed(Cause.SANDBOX, f"the sandbox failed: {fault}")


def finding_of(answer: object, ended: Ended, law: str, seconds: float) -> FindingData:
    """What the guest said of a law; where it said nothing, how its process ended."""
    blank: FindingData = {
        "law": law,
        "verdict": "error",
        "cases": 0,
        "counterexample": None,
        "power": None,
        "family": {},
        "tried": [],
        "detail": "",
    }
    if not isinstance(answer, dict):
        return {**blank, "detail": _ending(ended, seconds)}
    blank["tried"] = [str(words) for words in answer.get("tried") or ()]
    if isinstance(answer.get("error"), dict):
        message, hint = answer["error"].get("message"), answer["error"].get("hint")
        return {**blank, "detail": str(message) + (f"; {hint}" if hint else "")}
    try:
        told = {**answer["findings"]["laws"][0], "family": dict(answer["findings"]["family"]), "tried": blank["tried"]}
        if told["verdict"] in CODES and told.keys() >= blank.keys():
            return as_written(FindingData, told)
    except (KeyError, IndexError, TypeError, ValueError):
        pass
    return {**blank, "detail": "the target answered in place of the examination"}


def _ending(ended: Ended, seconds: float) -> str:
    if ended.overdue or ended.signal == signal.SIGXCPU:
        return f"the target did not end within {seconds:g} s (--timeout)"
    how = f"signal {ended.signal}" if ended.signal else f"status {ended.exit}"
    return f"the target ended its process ({how}): os._exit, a crash, or more memory than --memory-mb"


def _outcome(finding: FindingData) -> Outcome:
    verdict, shown = finding["verdict"], finding["counterexample"]
    metadata = {"finding": finding, "input": finding["law"]}
    score = (CODES.index(verdict),)
    if verdict == "not_refuted":
        return Outcome.passed(finding["detail"], metadata=metadata, score=score)
    if verdict == "refuted" and shown is not None:
        inputs = ", ".join(f"{name} = {text}" for name, text in shown["inputs"].items())
        message = f"{finding['law']}: {inputs}: {shown['left']} is not {shown['right']}"
        message += f"; {finding['detail']}" if finding["detail"] else ""
        return Outcome.failed(Cause.LAW_BROKEN, message, shown["code"], metadata=metadata, score=score)
    cause = Cause.FORBIDDEN if finding.get("tried") else Cause.REJECTED
    message = f"{verdict.replace('_', ' ')}: {finding['detail']}"
    return Outcome.failed(cause, message, metadata=metadata, score=score)

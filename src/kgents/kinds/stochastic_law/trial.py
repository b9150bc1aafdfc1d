"""`stochastic-law`: a trial draws elements from the declared sampler, and succeeds where the law holds on them.

Rule: every trial is a process of its own with a seed of its own, so that the draws are independent; a search for
counterexamples would not be.
"""

import asyncio

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.kinds.laws.options import LawsConfig
from kgents.kinds.laws.trial import finding_of, spoilt
from kgents.laws.worker import Job
from kgents.sandbox.sandbox import Sandbox, SandboxFault


class StochasticLaw:
    """Draws once per trial."""

    def __init__(self, config: LawsConfig, sandbox: Sandbox) -> None:
        self._config = config
        self._sandbox = sandbox

    async def run_trial(self, slot: Slot) -> Outcome:
        """One draw."""
        config = self._config
        job: Job = {
            "path": config["path"], "laws": config["laws"], "spec": config["spec"], "target": config["object"],
            "draw": slot.seed,
        }  # fmt: skip
        try:
            reply, ended = await self._sandbox.in_thread(self._sandbox.exchange, job, config["timeout"])
        except (SandboxFault, OSError) as fault:
            return await spoilt(self._sandbox, fault)
        if not isinstance(reply, dict) or "held" not in reply:
            finding = finding_of(reply, ended, config["laws"][0], config["timeout"])
            cause = Cause.TIMEOUT if ended.overdue else Cause.EXCEPTION
            return Outcome.failed(cause, finding["detail"])
        shown = ", ".join(f"{name} = {text}" for name, text in reply["inputs"].items())
        metadata = {"input": shown}
        if reply["held"]:
            return Outcome.passed(reply["left"], metadata=metadata)
        message = f"{shown}: {reply['left']} is not {reply['right']}"
        return Outcome.failed(Cause.LAW_BROKEN, message, reply["left"], metadata=metadata)

    async def aclose(self) -> None:
        """Ends the sandbox."""
        await asyncio.to_thread(self._sandbox.close)

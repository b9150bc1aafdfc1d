"""`coherence`: a trial is a recorded trace; it succeeds where its claims can all be true together.

Rule: a trace with nothing to check says nothing (it is not counted), and the coverage is printed with the rate.
"""

import asyncio
from dataclasses import replace

from kgents.domain.outcome import Cause, Outcome, Usage
from kgents.domain.ports import HarnessError, Slot
from kgents.domain.seeds import derive
from kgents.kinds.traces.options import CoherenceConfig, StoryConfig
from kgents.laws.coherence import CODE_OF, Coherence, TraceFinding, examined
from kgents.laws.judge import Judge


class Traces:
    """Examines one trace per arm; what cannot be checked goes to the judge, if there is one, and so do its stories."""

    def __init__(self, config: CoherenceConfig, judge: Judge | None = None) -> None:
        self._traces = config["traces"]
        self._stories = config.get("stories", [])
        self._judge = judge

    async def run_trial(self, slot: Slot) -> Outcome:
        """One trace, or one story of the calibration."""
        if slot.arm >= len(self._traces):
            return await self._story(self._stories[slot.arm - len(self._traces)], slot)
        trace = self._traces[slot.arm]["text"]
        finding = await asyncio.to_thread(examined, trace)
        if finding.verdict is not Coherence.UNCHECKED or self._judge is None:
            return outcome_of(finding, input=trace)
        try:
            opinion = await self._judge.judge(trace, derive(slot.seed, slot.arm))
        except HarnessError as wrong:
            return Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=wrong.usage)
        outcome = outcome_of(finding, opinion.text, input=trace, usage=opinion.usage)
        return replace(outcome, metadata={**outcome.metadata, "judged": opinion.incoherent})

    async def _story(self, story: StoryConfig, slot: Slot) -> Outcome:
        assert self._judge is not None
        try:
            opinion = await self._judge.judge(story["text"], derive(slot.seed, slot.arm))
        except HarnessError as wrong:
            return Outcome.failed(wrong.cause, wrong.message, wrong.output, usage=wrong.usage)
        score = (CODE_OF[Coherence.UNCHECKED],)
        metadata = {"input": story["text"], "planted": story["planted"], "judged": opinion.incoherent}
        if opinion.incoherent is story["planted"]:
            return Outcome.passed(opinion.text, score=score, usage=opinion.usage, metadata=metadata)
        word = {True: "incoherent", False: "coherent", None: "nothing"}
        error = (
            f"a {'planted' if story['planted'] else 'sound'} story, of which the judge said: {word[opinion.incoherent]}"
        )
        return Outcome.failed(
            Cause.WRONG_OUTPUT, error, opinion.text, score=score, usage=opinion.usage, metadata=metadata
        )

    async def aclose(self) -> None:
        """Closes the judge."""
        if self._judge is not None:
            await self._judge.aclose()


def outcome_of(finding: TraceFinding, output: str | None = None, *, input: str, usage: Usage = Usage()) -> Outcome:  # noqa: A002
    """What a trace came to as the outcome of a trial; `input` is what the trial was given."""
    score = (CODE_OF[finding.verdict],)
    metadata = {"input": input, "finding": finding.to_data()}
    match finding.verdict:
        case Coherence.COHERENT:
            return Outcome.passed(
                output or f"{finding.checked} claims agree", score=score, usage=usage, metadata=metadata
            )
        case Coherence.INCOHERENT:
            lines = "; ".join(f"line {claim.line}: {claim.text}" for claim in finding.core)
            message = f"these cannot all be true: {lines}"
            return Outcome.failed(Cause.INCOHERENT, message, output or "", score=score, usage=usage, metadata=metadata)
        case _:
            why = finding.reason or "no claim in it can be checked"
            message = f"unchecked: {why}"
            return Outcome.failed(Cause.REJECTED, message, output or "", score=score, usage=usage, metadata=metadata)

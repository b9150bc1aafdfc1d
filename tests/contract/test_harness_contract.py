"""The contract that is shipped for harness authors: ours pass it, and a harness that breaks it does not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kgents.domain.outcome import Cause, Tier
from kgents.domain.ports import Harness, HarnessError, Limits, Reply
from kgents.harness.api import ApiHarness
from kgents.harness.registry import make
from kgents.harness.settings import Settings
from kgents.testing.harness_contract import HarnessContract


class TestAnthropic(HarnessContract):
    def harness(self, settings: Settings) -> Harness:
        return make("api", replace(settings, model="anthropic:claude-sonnet-5-5"))


class TestOpenAi(HarnessContract):
    def harness(self, settings: Settings) -> Harness:
        return make("api", replace(settings, model="openai:gpt-6.1-terra"))


class TestGoogle(HarnessContract):
    def harness(self, settings: Settings) -> Harness:
        return make("api", replace(settings, model="google:gemini-3.8-flash"))


class Broken:
    """A harness with one fault."""

    tier = Tier.EMPIRICAL
    answers: dict[str, Reply]

    def __init__(self, settings: Settings, fault: str) -> None:
        self._inner = ApiHarness(replace(settings, model="anthropic:claude-sonnet-5-5"))
        self._fault = fault
        self._answer: Reply | None = None

    def describe(self) -> Mapping[str, Any]:
        return self._inner.describe()

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        if self._fault == "cache" and self._answer is not None:
            return self._answer
        prompt = prompt.strip() + " Please." if self._fault == "adds" else prompt.split("\n", maxsplit=1)[0]
        try:
            self._answer = await self._inner.generate(prompt, seed, limits)
        except HarnessError as wrong:
            raise HarnessError(Cause.UNKNOWN, wrong.message, wrong.usage) from wrong
        return self._answer

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.mark.parametrize("fault", ["cuts", "cause"])
def test_a_broken_harness_does_not_pass(fault: str) -> None:
    class Contract(HarnessContract):
        def harness(self, settings: Settings) -> Harness:
            return Broken(settings, fault)

    contract = Contract()
    failing = {
        "cuts": contract.test_answers_are_independent_draws_with_their_price,
        "cause": contract.test_every_fault_has_its_cause_and_its_bill,
    }
    with pytest.raises(AssertionError):
        failing[fault]()

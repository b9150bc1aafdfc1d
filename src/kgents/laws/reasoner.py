"""A simulated reasoner whose truth is known in closed form: it calibrates the instrument, and needs no network.

Plain answers: share s on one answer, the rest Zipf over k − 1 others. A prompt that is not one of the plain problems
has share d of its answers moved to another answer. `fail` is the share of texts without an answer.
Rule: a draw depends on (prompt, seed) alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import sha256
from typing import Any

from kgents.domain.outcome import Tier, Usage
from kgents.domain.ports import Limits, Reply
from kgents.errors import UsageError

NAME = "simulated-reasoner"
_FORMS = ("The answer is {0}.", "#### {0}", "So we get \\boxed{{{0}}}", "Final answer: ${0}", "The answer is {0}.00")


@dataclass(frozen=True, slots=True)
class Truth:
    """What holds exactly: self-agreements, cross-agreement, agreement drop, excess disagreement, total variation."""

    kappa_plain: float
    kappa_transformed: float
    cross: float

    @property
    def agreement_drop(self) -> float:
        """κ_P − c."""
        return self.kappa_plain - self.cross

    @property
    def excess_disagreement(self) -> float:
        """½(κ_P + κ_Q) − c."""
        return (self.kappa_plain + self.kappa_transformed) / 2 - self.cross


@dataclass(frozen=True, slots=True)
class SimulatedReasoner:
    """A Harness."""

    s: float = 0.8
    d: float = 0.0
    k: int = 4
    fail: float = 0.0
    plain: tuple[str, ...] = ()

    @property
    def tier(self) -> Tier:
        """It says nothing about any model."""
        return Tier.SIMULATED

    def describe(self) -> Mapping[str, Any]:
        """Name and parameters."""
        return {"name": NAME, **{key: str(getattr(self, key)) for key in ("s", "d", "k", "fail")}}

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        """One draw."""
        usage = Usage(len(prompt.split()), 8, Decimal(0), 1)
        return Reply(await self.ask(prompt, seed), usage, NAME)

    async def aclose(self) -> None:
        """Nothing is kept."""

    async def ask(self, prompt: str, seed: int) -> str:
        """One answer, as text."""
        modal = self._modal(prompt)
        draw = _uniform(seed, "draw", prompt)
        if _uniform(seed, "fail", prompt) < self.fail:
            return "I cannot say."
        if prompt not in self.plain and _uniform(seed, "shift", prompt) < self.d:
            answer = modal + 1000
        else:
            answer = modal + _index(draw, self.masses())
        form = _FORMS[int(_uniform(seed, "form", prompt) * len(_FORMS))]
        return form.format(answer)

    def masses(self) -> list[float]:
        """The probabilities of the plain answers, most likely first."""
        weights = [1 / rank for rank in range(1, self.k)]
        return [self.s, *[(1 - self.s) * weight / sum(weights) for weight in weights]]

    def truth(self) -> Truth:
        """What holds exactly; "no answer" is an answer of its own."""
        said = 1 - self.fail
        p = [*[said * mass for mass in self.masses()], 0.0, self.fail]
        q = [*[(1 - self.d) * mass for mass in p[:-2]], said * self.d, self.fail]
        return Truth(_dot(p, p), _dot(q, q), _dot(p, q))

    def _modal(self, prompt: str) -> int:
        numbers = " ".join(re.findall(r"\d+", prompt))
        return int(_uniform(0, "modal", numbers) * 500) + 10


def reasoner(text: str, plain: Sequence[str]) -> SimulatedReasoner:
    """`simulated-reasoner:s=0.8,d=0.3` as an object. UsageError for an unknown or impossible parameter."""
    values: dict[str, float] = {}
    known = {field.name for field in fields(SimulatedReasoner)} - {"plain"}
    for part in filter(None, text.partition(":")[2].split(",")):
        name, _, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"--model {text}: {part!r} is not NAME=NUMBER") from None
        if name.strip() not in known:
            raise UsageError(f"--model {text}: no parameter {name!r}", f"one of {', '.join(sorted(known))}")
    if any(not 0 <= value <= 1 for name, value in values.items() if name != "k") or values.get("k", 4) < 2:
        raise UsageError(f"--model {text}: shares are from 0 to 1, k is at least 2")
    return SimulatedReasoner(
        values.get("s", 0.8), values.get("d", 0.0), int(values.get("k", 4)), values.get("fail", 0.0), tuple(plain)
    )


def _uniform(seed: int, *path: str) -> float:
    text = "\x1f".join((str(seed), *path))
    return int.from_bytes(sha256(text.encode()).digest()[:7], "big") / 2**56


def _index(draw: float, masses: Sequence[float]) -> int:
    for number, mass in enumerate(masses):
        draw -= mass
        if draw < 0:
            return number
    return len(masses) - 1


def _dot(p: Sequence[float], q: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(p, q, strict=True))

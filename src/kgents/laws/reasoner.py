"""A simulated reasoner whose truth is known in closed form: it calibrates the instrument, and needs no network.

s, k      share s of the answers are one answer, the rest Zipf over k − 1 others
d, sparse a transformed prompt has share d of its answers moved to another answer, at a share `sparse` of the problems
fail      share of texts without an answer, on both sides
fmt       share of transformed answers that are written in words: the answer is the same, its extraction is not
g         share of answers lost at a call boundary for every step that lies before it
c         share of traces with a planted contradiction (where work is asked for)
rho       probability that an answer repeats the one before it: a cache, which breaks independence
Rule: a draw depends on (prompt, seed) alone, but for rho.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from hashlib import sha256
from typing import Any

from kgents.domain.json import JsonObject
from kgents.domain.outcome import Tier, Usage
from kgents.domain.ports import Limits, Reply
from kgents.errors import UsageError
from kgents.laws.planted import KINDS, trace

NAME = "simulated-reasoner"
_SUCH = f"such as {NAME}:s=0.8,d=0.3"
MOVED = 1000  # the answer that others are moved to lies this far from the most frequent one
_FORMS = ("The answer is {0}.", "#### {0}", "So we get \\boxed{{{0}}}", "Final answer: ${0}", "The answer is {0}.00")
_SHARES = ("s", "d", "sparse", "fail", "fmt", "g", "c", "rho")


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
    """A Harness. `plain` are the problems as they are, `steps` their steps, in the same order."""

    s: float = 0.8
    d: float = 0.0
    k: int = 4
    fail: float = 0.0
    plain: tuple[str, ...] = ()
    sparse: float = 1.0
    fmt: float = 0.0
    g: float = 0.0
    c: float = 0.0
    rho: float = 0.0
    steps: tuple[tuple[str, ...], ...] = ()
    _last: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def tier(self) -> Tier:
        """It says nothing about any model."""
        return Tier.SIMULATED

    def describe(self) -> JsonObject:
        """Name and parameters."""
        return {"name": NAME, **{key: str(getattr(self, key)) for key in ("k", *_SHARES)}}

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        """One draw."""
        text = await self.ask(prompt, seed)
        return Reply(text, Usage(len(prompt.split()), len(text.split()), Decimal(0), 1), NAME)

    async def aclose(self) -> None:
        """Nothing is kept."""

    async def ask(self, prompt: str, seed: int) -> str:
        """One answer, as text."""
        if self.rho and prompt in self._last and _uniform(seed, "repeat", prompt) < self.rho:
            return self._last[prompt]
        text = self._say(prompt, seed)
        if self.rho:
            self._last[prompt] = text
        return text

    def _say(self, prompt: str, seed: int) -> str:
        if _uniform(seed, "fail", prompt) < self.fail:
            return "I cannot say."
        work = f"{self._work(prompt, seed)}\n" if "your work" in prompt else ""
        problem, carried, done = self._place(prompt)
        number = self._number(problem or prompt, prompt, seed) if carried is None else carried
        transformed = problem is None and not work
        lost = carried is not None and _uniform(seed, "lost", prompt) < self.lost(done)
        shifted = transformed and self.affects(prompt) and _uniform(seed, "shift", prompt) < self.d
        if lost or shifted:
            number = self._modal(prompt if problem is None else problem) + MOVED
        if transformed and _uniform(seed, "format", prompt) < self.fmt:
            return f"{work}The answer is {_words(number)}."
        if work:
            work += f"At last, {number - 7} + 7 = {number}.\n"
        form = _FORMS[int(_uniform(seed, "form", prompt) * len(_FORMS))]
        return work + form.format(number)

    def _place(self, prompt: str) -> tuple[str | None, int | None, int]:
        """(the plain problem a prompt is or continues, the answer it carries on, the steps done before it)."""
        if prompt in self.plain:
            return prompt, None, 0
        for problem, steps in zip(self.plain, self.steps, strict=False):
            if not steps or not prompt.startswith(problem + "\n"):
                continue
            rest = prompt[len(problem) + 1 :]
            asked = [step for step in steps if step in rest]
            if not asked or not rest.endswith(asked[-1]):
                continue
            done = steps.index(asked[0])
            numbers = re.findall(r"\d+", re.sub(r"\.00", "", rest.partition(asked[0])[0]))
            return problem, int(numbers[-1]) if done and numbers else None, done
        return None, None, 0

    def lost(self, done: int) -> float:
        """The share of answers that is lost at a boundary with so many steps before it."""
        return float(1 - (1 - self.g) ** done)

    def affects(self, prompt: str) -> bool:
        """Whether transformations move the answers to this problem."""
        return self.sparse >= 1 or _uniform(0, "affected", _digits(prompt)) < self.sparse

    def _number(self, problem: str, prompt: str, seed: int) -> int:
        return self._modal(problem) + _index(_uniform(seed, "draw", prompt), self.masses())

    def _work(self, prompt: str, seed: int) -> str:
        kind = KINDS[seed % len(KINDS)] if _uniform(seed, "contradiction", prompt) < self.c else None
        return trace(seed, kind)

    def masses(self) -> list[float]:
        """The probabilities of the plain answers, most likely first."""
        weights = [1 / rank for rank in range(1, self.k)]
        return [self.s, *[(1 - self.s) * weight / sum(weights) for weight in weights]]

    def truth(self) -> Truth:
        """What holds exactly for a problem that transformations affect; "no answer" is an answer of its own."""
        answering = 1 - self.fail
        p = [*[answering * mass for mass in self.masses()], 0.0, self.fail]
        moved = [*[(1 - self.d) * mass for mass in p[:-2]], answering * self.d]
        q = [*[(1 - self.fmt) * mass for mass in moved], self.fail + answering * self.fmt]
        return Truth(_dot(p, p), _dot(q, q), _dot(p, q))

    def truth_of_boundaries(self, steps: int) -> Truth:
        """What holds exactly for associativity of a problem with so many steps; without `fail`."""
        sides = []
        for done in (steps - 1, 1):
            lost = self.lost(done)
            sides.append([*[(1 - lost) * mass for mass in self.masses()], lost])
        p, q = sides
        return Truth(_dot(p, p), _dot(q, q), _dot(p, q))

    def _modal(self, prompt: str) -> int:
        return int(_uniform(0, "modal", _digits(prompt)) * 500) + 10


def reasoner(text: str, plain: Sequence[str], steps: Sequence[Sequence[str]] = ()) -> SimulatedReasoner:
    """`simulated-reasoner:s=0.8,d=0.3` as an object. UsageError for an unknown or impossible parameter."""
    values: dict[str, float] = {}
    known = {field.name for field in fields(SimulatedReasoner)} - {"plain", "steps", "_last"}
    for part in filter(None, text.partition(":")[2].split(",")):
        name, _, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"--model {text}: {part!r} is not NAME=NUMBER", _SUCH) from None
        if name.strip() not in known:
            raise UsageError(f"--model {text}: no parameter {name!r}", f"one of {', '.join(sorted(known))}")
    if any(not 0 <= value <= 1 for name, value in values.items() if name != "k") or values.get("k", 4) not in range(
        2, 501
    ):
        raise UsageError(f"--model {text}: shares are from 0 to 1, k is a whole number from 2 to 500", _SUCH)
    shares: dict[str, Any] = {name: value for name, value in values.items() if name != "k"}
    kept = tuple(tuple(one) for one in steps)
    return SimulatedReasoner(k=int(values.get("k", 4)), plain=tuple(plain), steps=kept, **shares)


def _digits(prompt: str) -> str:
    return " ".join(re.findall(r"\d+", prompt))


def _words(number: int) -> str:
    """A number in words, digit by digit: what an extractor of numbers does not read."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return "-".join(names[int(digit)] for digit in str(number))


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

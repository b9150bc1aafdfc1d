"""A model as judge of whether the statements of a trace can be true together, and how often it errs.

Rule: a judge is only as good as its calibration: stories with a planted contradiction, and the same ones without, are
put to it among the traces. Its rate of incoherence is corrected for its errors (Rogan–Gladen), with limits that hold the
uncertainty of all three rates; where it cannot tell the planted from the sound, the limits are 0 and 1.

1. Rogan & Gladen, Estimating prevalence from the results of a screening test, Am. J. Epidemiology 1978.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict

from kgents.domain.outcome import Tier, Usage
from kgents.domain.ports import Harness, Limits, Reply
from kgents.domain.seeds import derive
from kgents.errors import UsageError
from kgents.laws.answers import extract
from kgents.stats.analysis import clopper_pearson

NAME = "simulated-judge"
_QUESTION = (
    "Here are the statements of one text, in its order:\n{statements}\n\n"
    "Can all of them be true together? Think of all of them at once, not of pairs only. If not, name the numbers of "
    "those that cannot.\nEnd with one line: 'Answer: yes' or 'Answer: no'."
)
_PEOPLE = ("Ann", "Bob", "Cid", "Dora", "Eve", "Fay", "Gus", "Hal")
_TALLER = re.compile(r"(\w+) is taller than (\w+)")


def question(trace: str) -> str:
    """What the judge is asked about a trace: its sentences, numbered."""
    statements = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", trace) if part.strip()]
    return _QUESTION.format(statements="\n".join(f"{n}. {text}" for n, text in enumerate(statements, 1)))


def story(seed: int, planted: bool) -> str:
    """A story that is true together, or one with a contradiction that needs three or more of its sentences."""
    draw = random.Random(seed)
    people = draw.sample(_PEOPLE, 5)
    lines = [f"{one} is taller than {other}." for one, other in pairwise(people)]
    last, first = draw.randint(2, 4), 0
    pair = (people[last], people[first]) if planted else (people[first], people[last])
    lines += [f"{pair[0]} is taller than {pair[1]}.", f"{draw.choice(_PEOPLE)} likes the rain."]
    draw.shuffle(lines)
    return " ".join(lines)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge said: whether a trace contradicts itself (None: it gave no answer), in its words, at a price."""

    incoherent: bool | None
    text: str
    usage: Usage


class Judge:
    """Asks a model `votes` times and takes the majority; raises HarnessError where it cannot be asked."""

    def __init__(self, model: Harness, votes: int, limits: Limits) -> None:
        self._model = model
        self._votes = votes
        self._limits = limits

    async def judge(self, trace: str, seed: int) -> Opinion:
        """Whether a trace contradicts itself."""
        asked, usage, votes = question(trace), Usage(), []
        texts = []
        for vote in range(self._votes):
            reply = await self._model.generate(asked, derive(seed, "vote", vote), self._limits)
            usage += reply.usage
            texts.append(reply.text)
            votes.append(extract(reply.text, "yesno").key)
        yes, no = votes.count("yes"), votes.count("no")
        return Opinion(None if yes == no else no > yes, "\n---\n".join(texts), usage)

    async def aclose(self) -> None:
        """Closes the model."""
        await self._model.aclose()


class RateData(TypedDict):
    """A rate with its limits."""

    estimate: float
    low: float
    high: float


class JudgeData(TypedDict):
    """What a judge is worth (None: no story was judged), and how many traces it judged and flagged."""

    sensitivity: RateData | None
    specificity: RateData | None
    flagged: int
    judged: int
    incoherence_rate: RateData


@dataclass(frozen=True, slots=True)
class Counts:
    """What a judge said of planted stories, of sound ones, and of traces: flagged out of so many answered."""

    planted: tuple[int, int] = (0, 0)
    sound: tuple[int, int] = (0, 0)
    traces: tuple[int, int] = (0, 0)

    def to_data(self, level: float = 0.95) -> JudgeData:
        """Sensitivity, specificity, and the corrected rate of incoherence."""
        return {
            "sensitivity": _rate(*self.planted, level),
            "specificity": _rate(self.sound[1] - self.sound[0], self.sound[1], level),
            "flagged": self.traces[0],
            "judged": self.traces[1],
            "incoherence_rate": self.corrected(level),
        }

    def corrected(self, level: float = 0.95) -> RateData:
        """The rate among the traces, corrected [1]; the limits combine exact limits of the three rates at (1 − level)/3."""
        part = 1 - (1 - level) / 3
        flagged, se, fp = (clopper_pearson(n, s, part) for s, n in (self.traces, self.planted, self.sound))
        estimate = _corrected(*(s / n if n else 0.5 for s, n in (self.traces, self.planted, self.sound)))
        if se.low <= fp.high:
            return {"estimate": estimate, "low": 0.0, "high": 1.0}
        return {
            "estimate": estimate,
            "low": min(_corrected(flagged.low, s, f) for s in (se.low, se.high) for f in (fp.low, fp.high)),
            "high": max(_corrected(flagged.high, s, f) for s in (se.low, se.high) for f in (fp.low, fp.high)),
        }


def _corrected(flagged: float, sensitivity: float, false_alarms: float) -> float:
    if sensitivity <= false_alarms:
        return 0.5
    return min(1.0, max(0.0, (flagged - false_alarms) / (sensitivity - false_alarms)))


def _rate(count: int, total: int, level: float) -> RateData | None:
    if not total:
        return None
    interval = clopper_pearson(total, count, level)
    return {"estimate": count / total, "low": interval.low, "high": interval.high}


class SimulatedJudge:
    """Finds cycles of "is taller than" with sensitivity `se` and specificity `sp`: calibrates the calibration, offline."""

    tier = Tier.SIMULATED

    def __init__(self, se: float, sp: float) -> None:
        self._se, self._sp = se, sp

    def describe(self) -> Mapping[str, str]:
        """Name and parameters."""
        return {"name": NAME, "se": str(self._se), "sp": str(self._sp)}

    async def generate(self, prompt: str, seed: int, limits: Limits, *, trial: int = 0) -> Reply:
        """One opinion, a function of prompt and seed."""
        truth = _cyclic(_TALLER.findall(prompt))
        draw = random.Random(derive(seed, prompt)).random()
        wrong = draw >= (self._se if truth else self._sp)
        text = f"Answer: {'no' if truth is not wrong else 'yes'}"
        return Reply(text, Usage(len(prompt.split()), 2, Decimal(0), 1), NAME)

    async def aclose(self) -> None:
        """Nothing is kept."""


def simulated_judge(text: str) -> SimulatedJudge:
    """`simulated-judge:se=0.9,sp=0.95` as an object. UsageError for an unknown or impossible parameter."""
    values = {"se": 0.9, "sp": 0.9}
    for part in filter(None, text.partition(":")[2].split(",")):
        name, _, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"--judge {text}: {part!r} is not NAME=NUMBER", "such as s=0.9") from None
    if set(values) != {"se", "sp"} or not all(0 <= value <= 1 for value in values.values()):
        raise UsageError(f"--judge {text}: se and sp from 0 to 1 are what there is", f"{NAME}:se=0.9,sp=0.95")
    return SimulatedJudge(values["se"], values["sp"])


def _cyclic(pairs: list[tuple[str, str]]) -> bool:
    """Whether somebody is taller than themselves."""
    below: dict[str, set[str]] = {}
    for one, other in pairs:
        below.setdefault(one, set()).add(other)
    for _ in range(len(below)):
        for known in below.values():
            known |= {name for other in set(known) for name in below.get(other, ())}
    return any(name in known for name, known in below.items())

"""A design before it is run: its boundary, its errors, its cost; as text and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from kgents.domain.plan import AGAINST_ITSELF, DecidedBy, Layout, Plan
from kgents.domain.words import number
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.scores import Scale
from kgents.engine.top_two import NAME as TOP_TWO
from kgents.errors import UsageError
from kgents.stats import (
    HORIZON,
    Characteristics,
    Design,
    DesignError,
    Duel,
    Rule,
    boundary,
    characteristics,
    draw_boundary,
    feasibility,
    solve_cap,
)
from kgents.stats.default_cap import LARGEST_UNASKED, clearly_better

RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SHOWN_WITHOUT_CAP = 200  # rows of a boundary that has no end


@dataclass(frozen=True, slots=True)
class PerTrial:
    """What a trial of a model costs: seconds, dollars (None: unknown), from how many trials that is, and whence."""

    seconds: float | None
    usd: float | None
    trials: int
    source: str


class PriorData(TypedDict):
    """A Beta distribution of the rate."""

    alpha: float
    beta: float


class BoundaryRow(TypedDict):
    """Which numbers of successes stop a run after n trials; None: none does."""

    n: int
    refute_at_most: int | None
    support_at_least: int | None
    inconclusive_from: int | None
    inconclusive_to: int | None


class CharacteristicsRow(TypedDict):
    """What the design does at a true rate p: probabilities, and numbers of trials."""

    p: float
    supported: float
    refuted: float
    inconclusive: float
    open_end: float
    expected_trials: float
    sd_trials: float
    q95_trials: int


class FeasibilityData(TypedDict):
    """Which verdicts can occur within the cap, and the cap that would do."""

    supported: bool
    refuted: bool
    cap_that_would_do: int | None


class PerTrialData(TypedDict):
    """What a trial costs, from how many that is known, and whence."""

    seconds: float | None
    usd: float | None
    trials: int
    source: str


class Costed(TypedDict, total=False):
    """Absent where no cost is known."""

    per_trial: PerTrialData


class PlanData(Costed):
    """What `plan --json` prints of one arm."""

    rule: str
    target: float | None
    confidence: float
    max_trials: int | None
    prior: PriorData
    futility: float
    margin: float | None
    boundary_digest: str
    boundary: list[BoundaryRow]
    operating_characteristics: list[CharacteristicsRow]
    feasibility: FeasibilityData


def most_expected(design: Design) -> float:
    """The expected number of trials at the rate where it is largest; the cap itself without early stopping."""
    return max(row.expected_trials for row in table(design))


def promise(design: Design) -> str:
    """What a cap is good for, in brackets, where it is not larger than one that nobody named would be."""
    if design.target is None or design.max_trials is None or design.max_trials > LARGEST_UNASKED:
        return ""
    better = clearly_better(design.target)
    (row,) = characteristics(design, (better,))
    return f" (a rate of {better:g} is supported with probability {row.supported:.2f})"


def sized(design: Design, power: float | None, at: float | None) -> Design:
    """The design, with the cap that power asks for."""
    if power is None or at is None:
        return design
    try:
        return replace(design, max_trials=solve_cap(design, power, at))
    except DesignError as wrong:
        raise UsageError(f"--{wrong.parameter} {wrong.value}: {wrong.allowed}", "kg experiment plan --help") from wrong


def plan_data(design: Design, past: PerTrial | None) -> PlanData:
    """The JSON document."""
    stopping = boundary(design)
    last = SHOWN_WITHOUT_CAP if design.max_trials is None else design.max_trials
    lines = [_boundary_row(n, *stopping.row(n)) for n in range(1, last + 1)]
    possible = feasibility(design)
    data: PlanData = {
        "rule": design.rule.value,
        "target": design.target,
        "confidence": design.confidence,
        "max_trials": design.max_trials,
        "prior": {"alpha": design.prior.a, "beta": design.prior.b},
        "futility": design.futility,
        "margin": design.margin,
        "boundary_digest": stopping.digest,
        "boundary": lines,
        "operating_characteristics": [_row(row) for row in table(design)],
        "feasibility": {
            "supported": possible.supported,
            "refuted": possible.refuted,
            "cap_that_would_do": possible.cap_that_would_do,
        },
    }
    if past is not None:
        data["per_trial"] = {"seconds": past.seconds, "usd": past.usd, "trials": past.trials, "source": past.source}
    return data


def _boundary_row(n: int, refute: int | None, support: int | None, start: int | None, end: int | None) -> BoundaryRow:
    return {
        "n": n,
        "refute_at_most": refute,
        "support_at_least": support,
        "inconclusive_from": start,
        "inconclusive_to": end,
    }


def _row(row: Characteristics) -> CharacteristicsRow:
    return {
        "p": row.p,
        "supported": row.supported,
        "refuted": row.refuted,
        "inconclusive": row.inconclusive,
        "open_end": row.open_end,
        "expected_trials": row.expected_trials,
        "sd_trials": row.sd_trials,
        "q95_trials": row.q95_trials,
    }


def table(design: Design) -> list[Characteristics]:
    """Operating characteristics on a grid of rates that holds the target."""
    rates = sorted({*RATES, *([design.target] if design.target else [])})
    return characteristics(design, rates)


def plan_text(design: Design, past: PerTrial | None) -> str:
    """For people: what it is, the picture, the table."""
    parts = [heading(design), *impossible(design)]
    if design.rule is not Rule.FIXED:
        parts.append(draw_boundary(boundary(design)) + "\n\n  + supported   - refuted   · given up")
    parts.append(_table(design, past))
    if past is not None:
        parts.append(f"cost: {past.source}{_to_the_cap(design, past)}")
    parts.append(f"boundary {boundary(design).digest[:16]}: what a run of this design registers before its first trial")
    return "\n\n".join(parts)


def _to_the_cap(design: Design, past: PerTrial) -> str:
    """What the longest run of a design costs."""
    if design.max_trials is None:
        return ""
    longest = "" if design.rule is Rule.FIXED else "a run that goes to the cap, "
    return f"; {longest}{number(design.max_trials, 'trial')}: {_cost(design.max_trials, past)}"


def heading(design: Design) -> str:
    """The design in one line: what it asks, with which confidence, in at most how many trials."""
    if design.rule is Rule.FIXED:
        verdict = f", verdict against {design.target:g}" if design.target else ", no verdict"
        return f"fixed: {number(design.max_trials or 0, 'trial')}{verdict}, confidence {design.confidence:g}"
    cap = "no cap" if design.max_trials is None else f"at most {number(design.max_trials, 'trial')}"
    asked = f"{design.rule.value}: is the rate above {design.target:g}?"
    return f"{asked} confidence {design.confidence:g}, {cap}{promise(design)}"


def asked(plan: Plan) -> str:
    """What a run decides, by what and within how many trials, in one line; targets in the units of the scores."""
    design = plan.design
    if plan.decider is DecidedBy.SCORES:
        return _asked_of_a_mean(design, plan.facts["scale"])
    if plan.layout is not Layout.COMPARE and plan.decider is not DecidedBy.SCORE_PAIRS:
        return heading(design)
    of = "scores of pairs" if plan.decider is DecidedBy.SCORE_PAIRS else "pairs"
    return f"{of} on the same inputs{_until(plan)}, confidence {design.confidence:g}, at most {design.max_trials}"


def _until(plan: Plan) -> str:
    """When a comparison ends, besides at its cap."""
    if plan.facts.get("claim") == NOT_WORSE:
        return f" until {plan.arms[1]} is known to be worse, or not worse, than {plan.arms[0]} by the margin"
    if plan.facts.get("claim") == AGAINST_ITSELF:
        return f" until the two sides are called different, {number(int(plan.facts['repeats']), 'time')}"
    if plan.facts.get("allocation") == TOP_TWO:
        return " of the two arms that could be best until one probably is"
    return " until one arm is better"


def _asked_of_a_mean(design: Design, data: Sequence[Any]) -> str:
    target = "" if design.target is None else Scale(float(data[0]), float(data[1]), int(data[2])).text(design.target)
    if design.rule is Rule.FIXED:
        verdict = f", mean score against {target}" if target else ", mean score, no verdict"
        return f"fixed: {number(design.max_trials or 0, 'trial')}{verdict}, confidence {design.confidence:g}"
    cap = "no cap" if design.max_trials is None else f"at most {number(design.max_trials, 'trial')}"
    return f"betting: is the mean score above {target}? confidence {design.confidence:g}, {cap}"


def impossible_duel(duel: Duel) -> list[str]:
    """The same of a comparison in which no arm can win within its cap."""
    possible = feasibility(duel.design)
    if possible.supported or possible.refuted:
        return []
    remedy = f"a cap of {possible.cap_that_would_do} would do" if possible.cap_that_would_do else "no cap would do"
    return [f"warning: no arm can be found better within {duel.max_pairs} pairs; {remedy}"]


def impossible(design: Design) -> list[str]:
    """Verdicts that cannot occur, and the cap that would do."""
    if design.target is None:
        return []
    possible = feasibility(design)
    cannot = [name for name, can in (("SUPPORTED", possible.supported), ("REFUTED", possible.refuted)) if not can]
    if not cannot:
        return []
    cap = possible.cap_that_would_do
    remedy = f"a cap of {cap} would do" if cap else "no cap would do; lower --confidence or move --target"
    return [f"warning: {' and '.join(cannot)} cannot occur within {number(design.max_trials or 0, 'trial')}; {remedy}"]


def _table(design: Design, past: PerTrial | None) -> str:
    endless = design.max_trials is None
    open_end = "      open" if endless else ""
    lines = [
        f"true rate   supported     refuted  inconclusive{open_end}   trials (mean, sd, 95 %)"
        + ("        cost" if past else "")
    ]
    for row in table(design):
        mark = "← target" if row.p == design.target else ""
        cost = f"   {_cost(row.expected_trials, past)}" if past else ""
        open_end = f" {row.open_end:>9.4f}" if endless else ""
        lines.append(
            f"{row.p:>9g} {row.supported:>11.4f} {row.refuted:>11.4f} {row.inconclusive:>13.4f}{open_end}"
            f" {row.expected_trials:>9.1f} {row.sd_trials:>6.1f} {row.q95_trials:>7}{cost}  {mark}".rstrip()
        )
    if endless:
        lines.append(
            f"open: not stopped within {HORIZON} trials, where this table ends; the trials are of runs cut off there"
        )
    return "\n".join(lines)


def _cost(trials: float, past: PerTrial | None) -> str:
    if past is None:
        return ""
    money = "price unknown" if past.usd is None else f"{trials * past.usd:.3f} USD"
    return money if past.seconds is None else f"{trials * past.seconds:.0f} s, {money}"

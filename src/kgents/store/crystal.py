"""A crystal: one piece of knowledge, with tags, and the experiment it came from."""

from dataclasses import dataclass

from kgents.domain.fact import Verdict
from kgents.domain.summary import Summary


@dataclass(frozen=True, slots=True)
class Crystal:
    """`experiment` is None for what a person captured."""

    title: str
    body: str
    tags: tuple[str, ...] = ()
    experiment: str | None = None


def distil(summary: Summary, headline: str, rate: str | None) -> Crystal | None:
    """What a finished experiment taught, in one paragraph; None for one without a verdict.

    headline  the spec or command, in one line
    rate      the interval of the rate in words, where there is one arm
    """
    if summary.decision is None:
        return None
    plan, decision = summary.plan, summary.decision
    trials, successes = sum(n for n, _ in decision.counts), sum(s for _, s in decision.counts)
    lines = [f"{headline[:300]}: {successes} of {trials} trials succeeded."]
    if rate is not None:
        lines.append(f"Rate {rate}.")
    if decision.verdict is not Verdict.ESTIMATE and plan.design.target is not None and len(plan.arms) == 1:
        lines.append(f"Above {plan.design.target:g}: {decision.verdict}.")
    lines.append(str(decision.detail.get("sentence", "")))
    lines.append(f"Judged by {plan.oracle}; evidence {plan.tier}; model {plan.model or '-'}.")
    tags = tuple(dict.fromkeys([plan.kind, decision.verdict.value, plan.tier.value.lower(), *plan.tags]))
    title = f"{plan.name or headline[:100]}: {decision.verdict}"
    return Crystal(title, " ".join(line for line in lines if line), tags, plan.experiment)

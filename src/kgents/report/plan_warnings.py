"""What has to be said before the first trial, so that nobody takes the result for more than it is."""

from kgents.domain.outcome import Tier
from kgents.domain.plan import Plan


def plan_warnings(plan: Plan) -> list[str]:
    """Sentences for people; empty where the evidence will be what it seems."""
    sentences = []
    if plan.tier is Tier.WEAK:
        sentences.append(
            "the oracle is WEAK: it passes programs that are wrong (--inputs, --tests, examples in the docstring)"
        )
    if plan.tier is Tier.SIMULATED:
        why = "; ".join(dict.fromkeys(map(str, plan.facts.get("coder", ()))))
        sentences.append(f"the coder is SIMULATED{f' ({why})' if why else ''}; this is no evidence about any model")
    if plan.oracle is not None and plan.oracle.startswith("static"):
        sentences.append(
            "no oracle: candidates are compiled and read, NOT run; give --tests, a spec that runs, or doctests for more"
        )
    return sentences

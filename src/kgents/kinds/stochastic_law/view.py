"""How the rate of a law is shown."""

from collections.abc import Mapping

from kgents.domain.summary import Summary
from kgents.kinds.laws.options import LawsConfig


def headline(config: LawsConfig) -> str:
    """One line for history: what was tried."""
    return f"{config['object']}: the rate of {config['laws'][0]}"


def evidence(config: LawsConfig, summary: Summary) -> Mapping[str, object]:
    """What the kind adds to the evidence."""
    words = {"supported": "holds", "refuted": "violated"}
    verdict = words.get(summary.verdict.value if summary.verdict else "", "undecided")
    tally = summary.counted.tallies[0]
    return {"laws": [{"law": config["laws"][0], "verdict": verdict, "cases": tally.trials, "held": tally.successes}]}

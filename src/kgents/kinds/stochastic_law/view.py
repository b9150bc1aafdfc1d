"""How the rate of a law is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary


def headline(config: Mapping[str, Any]) -> str:
    """One line for history: what was tried."""
    return f"{config['object']}: the rate of {config['laws'][0]}"


def evidence(config: Mapping[str, Any], summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    """What the kind adds to the evidence."""
    words = {"supported": "holds", "refuted": "violated"}
    verdict = words.get(summary.verdict.value if summary.verdict else "", "undecided")
    tally = summary.counted.tallies[0]
    return {"laws": [{"law": config["laws"][0], "verdict": verdict, "cases": tally.trials, "held": tally.successes}]}

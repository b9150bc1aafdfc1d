"""Which strategy to use for what, and what it would silently get wrong.

Rule: a strategy is called proven for a class only where its corruption rate is shown to be within what is allowed: some
such claim, over all strategies and classes together, is wrong with probability 1 − confidence at most (Holm 1979). It
recovers most among those; where none is, the honest advice is the one that corrupts least.
"""

import math
from collections.abc import Sequence
from typing import Literal

from kgents.kinds.parse.data import AdviceData, Counts, Pick, RowData, StrategyData, Wrong
from kgents.stats import binomial_at_most, holm_adjusted, log_rate_below

Row = StrategyData | RowData
_COLUMNS: tuple[Literal["recovered", "partial", "rejected", "corrupted", "crashed", "hung"], ...] = (
    "recovered", "partial", "rejected", "corrupted", "crashed", "hung",
)  # fmt: skip
ALLOWED = 0.05  # corruption that is allowed where --max-corruption does not say


def advice(
    strategies: Sequence[StrategyData], max_corruption: float | None, confidence: float = 0.95, exact: bool = True
) -> AdviceData:
    """The recommendation as JSON data; `exact`: the number of trials was fixed beforehand, and all are there."""
    allowed = ALLOWED if max_corruption is None else max_corruption
    families = sorted({family for strategy in strategies for family in strategy["by_class"]})
    wholes: list[tuple[str, Row]] = [(strategy["name"], strategy) for strategy in strategies]
    by_class = {
        family: [
            (strategy["name"], strategy["by_class"][family])
            for strategy in strategies
            if family in strategy["by_class"]
        ]
        for family in families
    }
    groups: list[Sequence[tuple[str, Row]]] = [wholes, *by_class.values()]
    tested: list[Counts] = [strategy["outcomes"] for strategy in strategies]
    tested += [row for rows in by_class.values() for _, row in rows]
    p = iter(holm_adjusted([_p_value(counts, allowed, exact) for counts in tested]))
    proven = [[next(p) <= 1 - confidence for _ in group] for group in groups]
    picks = [_pick(group, shown, allowed) for group, shown in zip(groups, proven, strict=True)]
    return {
        "allowed_corruption": allowed,
        "error": round(1 - confidence, 12),
        "claims": sum(len(group) for group in groups),
        "overall": picks[0],
        "by_class": dict(zip(by_class, picks[1:], strict=True)),
        "silently_wrong": {strategy["name"]: _wrong(strategy) for strategy in strategies},
    }  # fmt: skip


def _p_value(counts: Counts, allowed: float, exact: bool) -> float:
    """Against "it corrupts more than is allowed"; where the number of trials was not fixed, valid at every look."""
    trials, corrupted = sum(counts[column] for column in _COLUMNS), counts["corrupted"]
    if exact:
        return binomial_at_most(corrupted, trials, allowed)
    return math.exp(-max(0.0, log_rate_below(trials, corrupted, allowed)))


def _pick(rows: Sequence[tuple[str, Row]], proven: Sequence[bool], allowed: float) -> Pick:
    """The best of these, by the rule above."""
    safe = [row for row, shown in zip(rows, proven, strict=True) if shown]
    shown = "proven" if safe else "none is proven"
    if not safe:
        safe = [row for row in rows if (row[1]["corruption_rate"]["estimate"] or 0) <= allowed]
        shown = "likely" if safe else shown
    if safe:
        name, row = max(safe, key=lambda item: (item[1]["recovery_rate"]["estimate"] or 0, -len(item[0])))
    else:
        name, row = min(rows, key=lambda item: (item[1]["corruption_rate"]["estimate"] or 0,
                                                -(item[1]["recovery_rate"]["estimate"] or 0)))  # fmt: skip
    return {
        "use": name,
        "within_allowed": shown,
        "recovery": row["recovery_rate"],
        "corruption": row["corruption_rate"],
    }


def _wrong(strategy: StrategyData) -> list[Wrong]:
    """What it would silently get wrong: classes by rate, each with an example."""
    wrongs: list[Wrong] = []
    for family, row in strategy["by_class"].items():
        if row["corrupted"]:
            example = next(
                (example for example in strategy["examples"]
                 if example["class"] == family and example["outcome"] in ("corrupted", "guess")), None,
            )  # fmt: skip
            entry: Wrong = {"class": family, "rate": row["corruption_rate"]["estimate"] or 0.0, "example": None}
            if example is not None:
                entry["example"] = {
                    "input": example["shrunk"], "expected": example["shrunk_expected"], "got": example["shrunk_got"],
                }  # fmt: skip
            wrongs.append(entry)
    return sorted(wrongs, key=lambda entry: -entry["rate"])

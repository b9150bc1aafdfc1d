"""Which strategy to use for what, and what it would silently get wrong.

Rule: a strategy is recommended for a class only where the upper limit of its corruption rate is within what is allowed,
and it recovers most among those; where none is, the honest advice is the one that corrupts least.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ALLOWED = 0.05  # corruption that is allowed where --max-corruption does not say


def advice(strategies: Sequence[Mapping[str, Any]], max_corruption: float | None) -> dict[str, Any]:
    """The recommendation as JSON data."""
    allowed = ALLOWED if max_corruption is None else max_corruption
    families = sorted({family for strategy in strategies for family in strategy["by_class"]})
    return {
        "allowed_corruption": allowed,
        "overall": _pick([(strategy["name"], strategy) for strategy in strategies], allowed),
        "by_class": {
            family: _pick(
                [(strategy["name"], strategy["by_class"][family]) for strategy in strategies
                 if family in strategy["by_class"]], allowed)
            for family in families
        },
        "silently_wrong": {strategy["name"]: _wrong(strategy) for strategy in strategies},
    }  # fmt: skip


def _pick(rows: Sequence[tuple[str, Mapping[str, Any]]], allowed: float) -> dict[str, Any]:
    """The best of these, by the rule above."""
    safe = [row for row in rows if row[1]["corruption_rate"]["high"] <= allowed]
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


def _wrong(strategy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What it would silently get wrong: classes by rate, each with an example."""
    found = []
    for family, row in strategy["by_class"].items():
        if row["corrupted"]:
            example = next(
                (example for example in strategy["examples"]
                 if example["class"] == family and example["outcome"] in ("corrupted", "guess")), None,
            )  # fmt: skip
            entry: dict[str, Any] = {"class": family, "rate": row["corruption_rate"]["estimate"], "example": None}
            if example is not None:
                entry["example"] = {
                    "input": example["shrunk"], "expected": example["shrunk_expected"], "got": example["shrunk_got"],
                }  # fmt: skip
            found.append(entry)
    return sorted(found, key=lambda entry: -entry["rate"])

"""What `parse` has drawn: the matrix strategy × class, rates, the curve over severity, advice, the worst inputs."""

from collections.abc import Sequence

from kgents.kinds.figure import Bar, Cell, Curves, Figure, Forest, Matrix, Table
from kgents.kinds.parse.data import ParseEvidence, RateData, RowData, StrategyData
from kgents.kinds.parse.view import advice, counts, notes, percents

LONGEST = 1000  # characters of an example


def figures(evidence: ParseEvidence) -> Sequence[Figure]:
    """All of them; none before the first trial."""
    strategies = evidence["strategies"]
    if not strategies:
        return ()
    lines = [(strategy["name"], counts(strategy)) for strategy in strategies]
    more = [*lines, *advice(evidence.get("recommendation")), *notes(evidence)]
    return (
        _matrix(strategies),
        _rates(
            [(each["name"], each["recovery_rate"]) for each in strategies],
            "recovery",
            "Recovered, with intervals",
            "good",
        ),
        _rates(
            [(each["name"], each["corruption_rate"]) for each in strategies],
            "corruption",
            "Silently corrupted, with intervals",
            "bad",
        ),
        *_curve(strategies),
        _worst(strategies),
        Table("Outcomes and advice", ("", ""), more),
    )


def _matrix(strategies: Sequence[StrategyData]) -> Matrix:
    families = sorted({family for strategy in strategies for family in strategy["by_class"]})
    rows = [(family, [_cell(strategy["by_class"].get(family)) for strategy in strategies]) for family in families]
    title = "Recovered / silently corrupted, %, by class"
    return Matrix(
        title, "class", [strategy["name"] for strategy in strategies], rows, ("recovered", "silently corrupted")
    )


def _cell(row: RowData | None) -> Cell:
    if row is None:
        return Cell("-")
    recovery, corruption = row["recovery_rate"], row["corruption_rate"]
    if recovery["estimate"] is None or corruption["estimate"] is None:
        return Cell("-")
    note = (
        f"recovery {recovery['low']:.3f} … {recovery['high']:.3f}, "
        f"corruption {corruption['low']:.3f} … {corruption['high']:.3f}"
    )
    return Cell(
        percents(recovery["estimate"], corruption["estimate"]), recovery["estimate"], corruption["estimate"], note
    )


def _rates(rows: Sequence[tuple[str, RateData]], name: str, title: str, tone: str) -> Forest:
    bars = [Bar(strategy, rate["estimate"], rate["low"], rate["high"], f"{100 * rate['estimate']:.1f} %", tone)
            for strategy, rate in rows if rate["estimate"] is not None]  # fmt: skip
    return Forest(title, bars, f"{name} rate")


def _curve(strategies: Sequence[StrategyData]) -> Sequence[Curves]:
    """Recovery over severity; nothing where there is one severity."""
    levels = sorted({int(level) for strategy in strategies for level in strategy["by_severity"]})
    if len(levels) < 2:
        return ()
    series = [
        (strategy["name"], [(float(level), strategy["by_severity"][str(level)]["recovery_rate"]["estimate"] or 0.0)
                            for level in levels if str(level) in strategy["by_severity"]])
        for strategy in strategies
    ]  # fmt: skip
    return (Curves("Recovery over severity", "severity", "recovered", series),)


def _worst(strategies: Sequence[StrategyData]) -> Table:
    rows = [
        (strategy["name"], f"{example['outcome']} {example['kind']}, {example['class']}",
         *(str(text)[:LONGEST] for text in (example["shrunk"], example["shrunk_got"], example["shrunk_expected"])))
        for strategy in strategies for example in strategy["examples"]
    ]  # fmt: skip
    return Table(
        "The worst inputs, shrunk", ("strategy", "outcome", "input", "got", "expected"), rows, frozenset({2, 3, 4})
    )

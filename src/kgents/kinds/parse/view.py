"""How `parse` shows itself: a sentence of two verdicts, the matrix strategy × class, the severity curve, the worst inputs."""

from collections.abc import Iterator, Sequence

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.domain.words import percent
from kgents.kinds.parse.data import (
    AdviceData,
    ComparisonData,
    ParseConfig,
    ParseEvidence,
    Pick,
    RateData,
    RowData,
    StrategyData,
)

Rows = list[tuple[str, str]]
SHOWN = 60  # characters of an example in the terminal


def headline(config: ParseConfig) -> str:
    """One line for history: what was tried."""
    where = config["corpus"] or "the schema's own documents"
    return f"{', '.join(arm['name'] for arm in config['strategies'])} on {where}"


def input_of(trial: Trial) -> str | None:
    """The malformed text."""
    text = trial.metadata.get("input")
    return None if text is None else str(text)


def sentence(summary: Summary) -> str | None:
    """Both verdicts, where there are two."""
    decision, design = summary.decision, summary.plan.design
    if decision is None or "guard" not in decision.detail:
        return None
    most = 1 - float(summary.plan.facts["harmless"])
    claims = []
    rows = zip(summary.plan.arms, decision.counts, decision.detail["rate"], decision.detail["guard"], strict=True)
    for name, (n, s), (rate, _), (m, harmless, guard, _) in rows:
        target = "" if design.target is None else f" above {design.target:g}"
        claims.append(f"{name}: recovery{target} {rate} ({s} of {n}), corruption of at most {most:g} {guard} "
                    f"({m - harmless} of {m})")  # fmt: skip
    return f"{decision.verdict.value}: {'; '.join(claims)}; {_promise(summary)}"


def _promise(summary: Summary) -> str:
    """How often the joint verdict on an arm is wrong at most; in plans without `questions` both verdicts could use it up."""
    plan = summary.plan
    twice = plan.design.target is not None and "questions" not in plan.facts
    error = percent((2 if twice else 1) * (1 - plan.design.confidence))
    return f"error at most {error}" + (" for each strategy" if len(plan.arms) > 1 else "")


def table(evidence: ParseEvidence) -> Rows:
    """The matrix strategy × class, the curve, advice and the worst inputs."""
    strategies = evidence["strategies"]
    rows = [*_matrix(strategies), *_curve(strategies)]
    for strategy in strategies:
        name = strategy["name"]
        rows += [(name, counts(strategy)), ("", _rates(strategy))]
        rows += [("", fault) for fault in strategy["faults"]]
    rows += advice(evidence.get("recommendation"))
    for strategy in strategies:
        rows += list(_examples(strategy))
    rows += [(f"{pair['a']} v {pair['b']}", _comparison(pair)) for pair in evidence.get("comparisons", ())]
    return [*rows, *notes(evidence)]


def _matrix(strategies: Sequence[StrategyData]) -> Rows:
    """% recovered / % silently corrupted, per class."""
    families = sorted({family for strategy in strategies for family in strategy["by_class"]})
    width = max([len(strategy["name"]) for strategy in strategies] + [9])
    rows: Rows = [("recovered / corrupted %", "  ".join(f"{strategy['name']:>{width}}" for strategy in strategies))]
    for family in families:
        cells = [_cell(strategy["by_class"].get(family)) for strategy in strategies]
        rows.append((f"  {family}", "  ".join(f"{cell:>{width}}" for cell in cells)))
    averages = [percents(strategy["macro_average"]["recovery"], strategy["macro_average"]["corruption"])
                for strategy in strategies]  # fmt: skip
    rows.append(("  macro-average", "  ".join(f"{cell:>{width}}" for cell in averages)))
    return rows


def _cell(row: RowData | None) -> str:
    return "-" if row is None else percents(row["recovery_rate"]["estimate"], row["corruption_rate"]["estimate"])


def percents(recovered: float | None, corrupted: float | None) -> str:
    """Recovered and silently corrupted in per cent, `40 / 60`."""
    if recovered is None or corrupted is None:
        return "-"
    return f"{round(100 * recovered):d} / {round(100 * corrupted):d}"


def _curve(strategies: Sequence[StrategyData]) -> Rows:
    levels = sorted({level for strategy in strategies for level in strategy["by_severity"]}, key=int)
    if len(levels) < 2:
        return []
    rows: Rows = []
    for strategy in strategies:
        cells = [f"{level}: {_cell(strategy['by_severity'].get(level))}" for level in levels]
        rows.append((f"severity, {strategy['name']}", "   ".join(cells)))
    return rows


def counts(strategy: StrategyData) -> str:
    """How many inputs came to which outcome."""
    return ", ".join(f"{count} {name}" for name, count in strategy["outcomes"].items() if count)


def _rates(strategy: StrategyData) -> str:
    parts = []
    for name, rate in (("recovery", strategy["recovery_rate"]), ("corruption", strategy["corruption_rate"])):
        if rate["estimate"] is not None:
            parts.append(f"{name} {rate['estimate']:.3f} ({rate['low']:.3f} … {rate['high']:.3f})")
    credit = strategy.get("credit_of_cut_texts")
    if credit is not None:
        parts.append(f"{100 * credit:.0f} % of what was complete in cut texts")
    return ", ".join(parts)


def _comparison(pair: ComparisonData) -> str:
    totals = (("recovery", pair["recovery"]), ("corruption", pair["corruption"]))
    wins = [f"{name} {total['a_wins']} to {total['b_wins']}" for name, total in totals]
    groups: dict[str, list[str]] = {}
    for question, word in ((pair["recovery"], "recovers more"), (pair["corruption"], "corrupts less")):
        for family, test in question["by_class"].items():
            if test["verdict"]:
                groups.setdefault(f"{test['verdict']} {word} in", []).append(family)
    shown = "".join(f"; {claim} {', '.join(families)}" for claim, families in groups.items())
    return f"{pair['sentence']} ({', '.join(wins)} where they differ, {pair['pairs']} pairs){shown}"


def advice(recommended: AdviceData | None) -> Rows:
    """Which strategy to use for what, and what it gets wrong silently."""
    if recommended is None:
        return []
    best = recommended["overall"]
    allowed = f"allowed corruption {recommended['allowed_corruption']:g}, {best['within_allowed']}"
    claimed = {best["within_allowed"], *(pick["within_allowed"] for pick in recommended["by_class"].values())}
    if recommended["claims"] > 1 and "proven" in claimed:
        allowed += f"; error at most {percent(recommended['error'])} over all strategies and classes"
    rows: Rows = [("use", f"{best['use']}: {_chosen(best)} ({allowed})")]
    groups: dict[str, list[str]] = {}
    for family, pick in recommended["by_class"].items():
        groups.setdefault(pick["use"], []).append(family)
    rows += [(f"  {name} for", ", ".join(families)) for name, families in groups.items()]
    for name in groups:
        for wrong in recommended["silently_wrong"][name][:5]:
            example = wrong["example"]
            shown = f": {_short(example['input'])} → {_short(example['got'])}" if example else ""
            rows.append((f"  {name} gets wrong", f"{wrong['class']}, {100 * wrong['rate']:.1f} %{shown}"))
    return rows


def _chosen(pick: Pick) -> str:
    return f"recovers {_share(pick['recovery'])}, corrupts {_share(pick['corruption'])}"


def _share(rate: RateData) -> str:
    return "-" if rate["estimate"] is None else f"{100 * rate['estimate']:.1f} %"


def _examples(strategy: StrategyData) -> Iterator[tuple[str, str]]:
    for number, example in enumerate(strategy["examples"], 1):
        label = f"{strategy['name']} #{number}"
        yield label, f"{example['outcome']} {example['kind']} ({example['class']}: {', '.join(example['mutators'])})"
        yield "", f"  in   {_short(example['shrunk'])}"
        got, wanted = example["shrunk_got"], example["shrunk_expected"]
        if wanted is None:
            yield "", f"  got  {_short(got)}"
        else:
            at = 0 if got == wanted else _first_difference(got or "", wanted)
            yield "", f"  got  {_around(got, at)}"
            yield "", f"  not  {_around(wanted, at)}"


def _short(text: str | None) -> str:
    shown = repr(text)[1:-1] if text else "(nothing)"
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 20]} … {shown[-17:]}"


def _first_difference(one: str, other: str) -> int:
    """The first place at which two texts differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _around(text: str | None, at: int) -> str:
    """A text in one line, so that this place is seen."""
    if not text or at < SHOWN - 20 or len(repr(text)) - 2 <= SHOWN:
        return _short(text)
    start = at - 20
    shown = repr(text[start : start + SHOWN - 4])[1:-1]
    return f"… {shown}{' …' if start + SHOWN - 4 < len(text) else ''}"


def notes(evidence: ParseEvidence) -> Iterator[tuple[str, str]]:
    """Weights of the classes, mutators that did not apply, documents drawn again."""
    weights = evidence["weights"]
    equal = len(set(weights.values())) == 1
    yield "weights", "all classes alike" if equal else ", ".join(f"{name} {weight}" for name, weight in weights.items())
    if evidence["not_applicable"]:
        yield "not applicable", f"to any document: {', '.join(evidence['not_applicable'])}"
    redrawn = max(strategy["documents_redrawn"] for strategy in evidence["strategies"])
    if redrawn:
        drawn = redrawn + max(strategy["trials"] for strategy in evidence["strategies"])
        yield "redrawn", (f"{redrawn} of the {drawn} documents that were drawn had no place for the mutator, "
                          "and another was drawn")  # fmt: skip

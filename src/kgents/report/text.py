"""An experiment for people: a sentence first, then a small table, then what to do next."""

from collections.abc import Sequence

from kgents.domain.fact import Verdict
from kgents.domain.outcome import Tier
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.domain.words import number
from kgents.kinds.registry import kind_of
from kgents.report.claims import short_interval
from kgents.report.document_types import ArmData, Document, PairData
from kgents.report.sentence import sentence
from kgents.report.tables import bill_rows, duration_rows, failure_rows, outlook_rows, rate_rows, stats_rows

Rows = list[tuple[str, str]]


def text(summary: Summary, document: Document, stats: bool = False) -> str:
    """What a person wants to know first, plain, without colour; with `stats` the rest of the figures too."""
    table = columns(rows(summary, document, stats))
    parts = [
        sentence(summary, document["evidence"]),
        *_warnings(summary),
        table,
        *_programs(summary, document),
        _next(summary),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _programs(summary: Summary, document: Document) -> list[str]:
    """Programs as they are: a margin would keep them from being pasted."""
    programs = kind_of(summary.plan.kind).programs(document["config"], document["evidence"])
    return [f"# {title}\n{program}" for title, program in programs]


def rows(summary: Summary, document: Document, stats: bool = True) -> Rows:
    """The table: (label, text); with `stats` also what only some want to know."""
    evidence = document["evidence"]
    lines = _results(summary, document)
    lines += failure_rows(evidence)
    lines += duration_rows(summary, evidence)
    lines += bill_rows(document["usage"], evidence)
    lines += outlook_rows(summary, evidence)
    if summary.plan.tier is not Tier.EMPIRICAL:
        lines.append(("evidence", _TIERS[summary.plan.tier]))
    if stats:
        lines += stats_rows(summary, evidence)
    lines.append(("record", f"{number(summary.size, 'mark')}, head {summary.head[:16]}"))
    return lines


_SCORED = {"score_difference", "score_differences"}  # where mean scores stand in place of rates


def _results(summary: Summary, document: Document) -> Rows:
    """The rate, or the arms and their pairs, and what the kind has to say."""
    evidence = document["evidence"]
    lines: Rows = []
    if len(summary.plan.arms) == 1:
        lines += rate_rows(summary, evidence)
    elif not _SCORED & evidence.keys() and len(summary.plan.arms) <= kind_of(summary.plan.kind).most_arms:
        lines += [(arm["name"] or "-", _arm(arm)) for arm in document["arms"]]
    lines += [(f"{pair['a']} v {pair['b']}", _pair(pair)) for pair in evidence.get("pairs", [])]
    return lines + list(kind_of(summary.plan.kind).table(document["config"], evidence))


_TIERS = {
    Tier.SIMULATED: "SIMULATED: the coder is a simulation; this says nothing about any model",
    Tier.WEAK: "WEAK: the oracle passes programs that are wrong; give --inputs, --tests or examples in the docstring",
    Tier.SYNTACTIC: "SYNTACTIC: candidates were read, not run; give --tests or a runnable spec for more",
}


def _arm(arm: ArmData) -> str:
    rate = "-" if arm["success_rate"] is None else f"{arm['success_rate']:.3f}"
    interval = arm.get("interval")
    range_ = f"   {short_interval(interval)}" if interval else ""
    verdict = arm.get("status") or arm.get("verdict") or ""
    return f"{rate}   {arm['trials_success']} of {arm['trials_total'] - arm.get('trials_error', 0)}{range_}   {verdict}".rstrip()


def _pair(pair: PairData) -> str:
    wins = f"{pair['a_wins']} to {pair['discordant'] - pair['a_wins']} where they differ, in {pair['pairs']} pairs"
    more = pair["pairs_that_would_do"]
    verdict = f": {pair['verdict']}" if pair["verdict"] else ""
    return f"{wins}{verdict}" + (f"; about {more} pairs would decide if these were the true rates" if more else "")


def _warnings(summary: Summary) -> Sequence[str]:
    return [f"warning: {warning.text}" for warning in summary.warnings]


def _next(summary: Summary) -> str:
    name = summary.plan.experiment
    lines = [("every trial", f"kg experiment show {name} --trials")]
    if summary.decision is None:
        lines.insert(0, ("go on", f"kg experiment resume {name}"))
    elif summary.plan.layout is not Layout.INDEPENDENT:
        lines.append(("why to believe it", f"kg witness verify {name}"))
    elif summary.verdict is Verdict.INCONCLUSIVE:
        lines.append(
            ("a cap that decides", f"kg experiment plan --target {summary.plan.design.target:g} --power 0.9 --at RATE")
        )
    elif summary.verdict is Verdict.SUPPORTED and summary.plan.design.target is not None:
        stronger = round(1 - (1 - summary.plan.design.target) / 2, 4)
        lines.append(("a stronger claim", f"the same with --target {stronger:g}"))
    return "next:\n" + columns(lines)


def columns(lines: Rows) -> str:
    """Labels and texts, each in a column of its own."""
    width = max((len(label) for label, _ in lines), default=0)
    return "\n".join(f"  {label:<{width}}  {value}" for label, value in lines)

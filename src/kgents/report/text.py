"""An experiment for people: a sentence first, then a small table, then what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.fact import Verdict
from kgents.domain.outcome import Tier
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.registry import kind_of
from kgents.report.claims import interval_text, short_interval
from kgents.report.sentence import sentence
from kgents.report.words import number

Data = Mapping[str, Any]
Rows = list[tuple[str, str]]


def text(summary: Summary, document: Data) -> str:
    """The whole of it, plain, without colour."""
    table = _columns(rows(summary, document))
    parts = [
        sentence(summary, document["evidence"]),
        *_warnings(summary),
        table,
        *_programs(summary, document),
        _next(summary),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _programs(summary: Summary, document: Data) -> list[str]:
    """Programs as they are: a margin would keep them from being pasted."""
    found = kind_of(summary.plan.kind).programs(document["config"], document["evidence"])
    return [f"# {title}\n{program}" for title, program in found]


def rows(summary: Summary, document: Data) -> Rows:
    """The table: (label, text)."""
    evidence = document["evidence"]
    found: Rows = []
    if len(summary.plan.arms) == 1:
        found += _rate_rows(evidence)
    elif len(summary.plan.arms) <= kind_of(summary.plan.kind).most_arms:
        found += [(arm["name"] or "-", _arm(arm)) for arm in document["arms"]]
    found += [(f"{pair['a']} v {pair['b']}", _pair(pair)) for pair in evidence.get("pairs", [])]
    found += list(kind_of(summary.plan.kind).table(document["config"], evidence))
    saved = evidence.get("trials_saved")
    if saved and summary.decision is not None:
        cap = (summary.plan.design.max_trials or 0) * len(summary.plan.arms)
        found.append(("trials saved", f"{saved} of {cap}"))
    ahead = evidence.get("outlook")
    if ahead:
        soon = f"done within 10 with probability {ahead['done_within_ten']:.2f}"
        found.append(("still to go", f"{ahead['expected_trials_left']:.1f} trials expected, {soon}"))
    found += _causes(evidence)
    if evidence["oracle"]:
        found.append(("oracle", str(evidence["oracle"])))
    found.append(("evidence tier", _TIERS[summary.plan.tier]))
    found += _cost(document["usage"])
    level = summary.plan.facts.get("sandbox")
    if level:
        found.append(("sandbox", str(level)))
    found.append(("witness", f"{summary.size} marks, head {summary.head[:16]}"))
    return found


_TIERS = {
    Tier.SIMULATED: "SIMULATED: the coder is a simulation; this says nothing about any model",
    Tier.WEAK: "WEAK: the oracle passes programs that are wrong; give --inputs, --tests or examples in the docstring",
    Tier.SYNTACTIC: "SYNTACTIC: candidates were read, not run; give --tests or a runnable spec for more",
    Tier.EMPIRICAL: "EMPIRICAL",
}


def _rate_rows(evidence: Data) -> Rows:
    if evidence["success_rate"] is None or "scores" in evidence:
        return []
    unbiased = evidence.get("rate_unbiased")
    rate = f"{evidence['success_rate']:.3f}" + ("" if unbiased is None else f"   (unbiased {unbiased:.3f})")
    interval = evidence.get("interval")
    return [("success rate", rate), *([("interval", interval_text(interval))] if interval else [])]


def _arm(arm: Data) -> str:
    rate = "-" if arm["success_rate"] is None else f"{arm['success_rate']:.3f}"
    interval = arm.get("interval")
    range_ = f"   {short_interval(interval)}" if interval else ""
    verdict = arm.get("status") or arm.get("verdict") or ""
    return f"{rate}   {arm['trials_success']} of {arm['trials_total']}{range_}   {verdict}".rstrip()


def _pair(pair: Data) -> str:
    said = f"{pair['a_wins']} to {pair['discordant'] - pair['a_wins']} where they differ, in {pair['pairs']} pairs"
    more = pair["pairs_that_would_do"]
    verdict = f": {pair['verdict']}" if pair["verdict"] else ""
    return f"{said}{verdict}" + (f"; about {more} pairs would decide if these were the true rates" if more else "")


def _causes(evidence: Data) -> Rows:
    errors, left_out = evidence["trials_error"], evidence.get("excluded")
    if not errors:
        return []
    said = f"{number(errors, 'trial')} that the network, the provider or the sandbox spoilt"
    if left_out and left_out.get("causes"):
        said += f", or that were left out as {', '.join(left_out['causes'])}"
    if left_out:
        said += f"; the rate would be {left_out['low']:.3f} had all failed, {left_out['high']:.3f} had all succeeded"
    return [("not counted", said)]


def _cost(usage: Data) -> Rows:
    if not usage["calls"] and not usage["input_tokens"]:
        return []
    cost = "price unknown" if usage["cost_usd"] is None else f"{usage['cost_usd']:.4f} USD"
    return [("bill", f"{usage['calls']} calls, {usage['input_tokens']} + {usage['output_tokens']} tokens, {cost}")]


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
    return "next:\n" + _columns(lines)


def _columns(lines: Rows) -> str:
    width = max((len(label) for label, _ in lines), default=0)
    return "\n".join(f"  {label:<{width}}  {value}" for label, value in lines)

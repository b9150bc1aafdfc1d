"""An experiment for people: a sentence first, then a small table, then what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from kgents.domain.fact import StopReason, Verdict
from kgents.domain.outcome import Tier
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.registry import kind_of
from kgents.report.claims import comparison_promise, hangs, interval_text, promise, short_interval
from kgents.report.evidence import counts

Data = Mapping[str, Any]
Rows = list[tuple[str, str]]


def text(summary: Summary, document: Data) -> str:
    """The whole of it, plain, without colour."""
    table = _columns(rows(summary, document))
    parts = [sentence(summary), *_warnings(summary), table, *_programs(summary, document), _next(summary)]
    return "\n\n".join(part for part in parts if part) + "\n"


def sentence(summary: Summary) -> str:
    """What the experiment came to, in one sentence."""
    design, (trials, successes) = summary.plan.design, counts(summary)
    tally = f"{successes} of {trials} trials"
    subject = kind_of(summary.plan.kind).subject_of(summary.plan)
    error = promise(design) + hangs(summary)
    if summary.stop is not None:
        return f"{_STOPPED[summary.stop.reason]}: {tally} so far{_waiting(summary)}" + _why(summary.stop.text)
    own = kind_of(summary.plan.kind).sentence(summary)
    if own is not None:
        return own
    if (len(summary.plan.arms) > 1 or summary.plan.layout is Layout.BLOCKS) and summary.decision is not None:
        return _several(summary)
    match summary.verdict:
        case Verdict.SUPPORTED:
            return f"supported: {subject} is above {design.target:g}, {tally}, {error}"
        case Verdict.REFUTED:
            return f"refuted: {subject} is not above {design.target:g}, {tally}, {error}"
        case Verdict.INCONCLUSIVE:
            why = "no verdict is likely before the cap" if _reason(summary) == "futility" else "the cap is reached"
            return f"inconclusive: whether {subject} is above {design.target:g} stays open, {tally}; {why}"
        case Verdict.ESTIMATE:
            rate = f" ({successes / trials:.3f})" if trials else ""
            return f"estimate: {subject} was {successes} of {trials}{rate}"
        case _:
            return f"{summary.status.value}: {tally} so far{_waiting(summary)}"


def _waiting(summary: Summary) -> str:
    """Of a run that is not decided: the trials that ended before one that was launched earlier."""
    counted, finished = summary.counted.finished, summary.totals.finished
    return "" if counted == finished else f" ({counted} counted, {finished} finished)"


def _programs(summary: Summary, document: Data) -> list[str]:
    """Programs as they are: a margin would keep them from being pasted."""
    found = kind_of(summary.plan.kind).programs(document["config"], document["evidence"])
    return [f"# {title}\n{program}" for title, program in found]


def _why(said: str) -> str:
    return f"; {said}" if said else ""


_STOPPED = {
    StopReason.INTERRUPTED: "interrupted",
    StopReason.BUDGET_SECONDS: "stopped, the time budget is used up",
    StopReason.BUDGET_TOKENS: "stopped, the token budget is used up",
    StopReason.BUDGET_USD: "stopped, the money budget is used up",
    StopReason.ERRORS: "failed, too many errors of the world",
    StopReason.FATAL: "failed",
}


def _several(summary: Summary) -> str:
    assert summary.decision is not None
    if summary.plan.layout is not Layout.INDEPENDENT:
        said = str(summary.decision.detail.get("sentence", summary.decision.verdict.value))
        compared = summary.plan.layout is Layout.COMPARE
        error = comparison_promise(summary.plan, summary.decision.detail.get("status", ())) if compared else ""
        return f"{said}; {error}" if error else said
    verdicts = [verdict for verdict, _ in summary.decision.detail.get("arms", [])]
    tally = ", ".join(f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts))
    trials, successes = counts(summary)
    if set(verdicts) == {"estimate"}:
        subject, rate = (
            kind_of(summary.plan.kind).subject_of(summary.plan),
            f" ({successes / trials:.3f})" if trials else "",
        )
        return f"estimate: {subject} was {successes} of {trials}{rate} over {len(verdicts)} arms"
    return f"{summary.decision.verdict.value}: {len(summary.plan.arms)} arms ({tally}), {successes} of {trials} trials"


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
    if evidence["success_rate"] is None:
        return []
    unbiased = evidence.get("rate_unbiased")
    rate = f"{evidence['success_rate']:.3f}" + ("" if unbiased is None else f"   (unbiased {unbiased:.3f})")
    return [("success rate", rate), ("interval", interval_text(evidence["interval"]))]


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
    said = f"{errors} trials that the network, the provider or the sandbox spoilt"
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


def _reason(summary: Summary) -> str:
    return summary.decision.reason if summary.decision else ""

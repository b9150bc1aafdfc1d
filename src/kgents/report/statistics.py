"""All intervals and estimates of an experiment by their standard names: what `show --stats` adds."""

from collections.abc import Iterator

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.domain.words import percent
from kgents.kinds.registry import kind_of
from kgents.report.evidence import analysis_of, pairs_of
from kgents.stats import Interval, Rule


def statistics_text(summary: Summary) -> str:
    """A block per arm, a line per pair; says so where a kind has no rate of its own."""
    lines: list[str] = []
    if summary.plan.layout is Layout.INDEPENDENT:
        for number, name in enumerate(summary.plan.arms[: kind_of(summary.plan.kind).most_arms]):
            lines += [*([name] if name else []), *(f"  {line}" for line in _rate(summary, number))]
    elif summary.plan.layout is Layout.COMPARE:
        lines += _pairs(summary)
    return "\nstatistics:\n" + "\n".join(lines or ["  none: there is no rate of successes"]) + "\n"


def _rate(summary: Summary, arm: int) -> Iterator[str]:
    analysis, design = analysis_of(summary, arm), summary.plan.design
    stage_wise = "Clopper-Pearson" if design.rule is Rule.FIXED else "stage-wise ordering"
    intervals = (
        (f"confidence interval ({stage_wise})", analysis.confidence_interval),
        ("confidence sequence (uniform mixture martingale)", analysis.confidence_sequence),
        ("credible interval (equal-tailed)", analysis.credible_interval),
    )
    yield from (f"{label:<50} {_limits(interval)}" for label, interval in intervals if interval is not None)
    posterior = analysis.posterior
    yield f"{'posterior':<50} Beta({posterior.alpha:g}, {posterior.beta:g}), mean {posterior.mean:.4f}"
    if posterior.probability_above_target is not None:
        yield f"{f'posterior probability above {design.target:g}':<50} {posterior.probability_above_target:.6g}"
    if analysis.rate_unbiased is not None:
        yield f"{'unbiased estimate (Girshick-Mosteller-Savage)':<50} {analysis.rate_unbiased:.4f}"


def _limits(interval: Interval) -> str:
    return f"{interval.low:.4f} … {interval.high:.4f}   {percent(interval.level)} two-sided"


def _pairs(summary: Summary) -> Iterator[str]:
    detail = summary.decision.detail if summary.decision is not None else DecisionDetail()
    for pair in pairs_of(summary.plan, detail.get("pairs", [])):
        limits = f"{pair['difference']['low']:+.4f} … {pair['difference']['high']:+.4f}"
        side = percent(pair["difference"]["each_side"])
        yield f"  {pair['a']} − {pair['b']}   {limits}   each side {side}, a confidence sequence by betting (α/(k − 1))"

"""The schema of the evidence and of the arms in the document that `--json` prints, every field with what it means."""

from collections.abc import Mapping, Sequence

from kgents.domain.fact import Verdict
from kgents.domain.outcome import Cause, Tier
from kgents.kinds.fields import (
    Fields,
    Schema,
    flag,
    interval,
    many,
    maybe,
    number,
    record,
    share,
    text,
    whole,
)
from kgents.stats import Rule

WORDS = [verdict.value for verdict in Verdict]

_COUNTS: Mapping[str, Schema] = {
    "trials_total": whole("trials that are settled in the order of launch, with those that do not count"),
    "trials_success": whole("successes among those that count"),
    "trials_finished": whole("trials that ended, also those that wait for an earlier one"),
    "trials_error": whole("trials that the world spoiled: no answer, no program, no key"),
    "success_rate": maybe(share("successes over the trials that count; null before the first")),
}
_ANALYSIS: Mapping[str, Schema] = {
    "rate_unbiased": maybe(
        number("the unbiased estimate of the rate under this stopping rule; null where there is none")
    ),
    "rate_unbiased_estimator": text("how `rate_unbiased` is made"),
    "posterior": record(
        "the posterior of the rate under the prior of the plan",
        {
            "alpha": number("first parameter of the Beta distribution"),
            "beta": number("second parameter"),
            "mean": share("its mean"),
            "probability_above_target": maybe(share("P(rate > target); null without a target")),
        },
    ),
    "credible_interval": maybe(interval("equal-tailed, of the posterior")),
    "confidence_interval": maybe(interval("exact for the design; null while nothing is decided")),
    "confidence_sequence": maybe(interval("valid at every look at once")),
    "trials_saved": whole("trials that the cap would have allowed and the rule did not need"),
}
_SHOWN = interval("the interval that people see", "each_side", "method")
_STATUSES = ("open", "same", "best", "eliminated", "equivalent", "tied", "baseline", "not worse", "worse")
ARM: Mapping[str, Schema] = {
    "name": text("its name; empty where there is one"),
    **_COUNTS,
    **_ANALYSIS,
    "interval": _SHOWN,
    "status": text("of a comparison: where the arm stands", _STATUSES),
    "verdict": maybe(text("its own verdict, where each arm is decided for itself")),
}
_SCORE_DIFFERENCE = {
    "pairs": whole("pairs that count"),
    "mean_of_first": maybe(number("mean score of the first arm in them")),
    "mean_of_second": maybe(number("… of the second")),
    "mean": number("mean of the first less the second"),
    "low": number("lower end of that, valid at every look"),
    "high": number("upper end"),
    "each_side": share("how often it is beyond one end, at most"),
    "margin": number("differences below it are none"),
}
_PAIR = record(
    "two arms of a comparison",
    {
        "a": text("one arm"),
        "b": text("the other"),
        "pairs": whole("inputs that both were asked"),
        "discordant": whole("pairs in which one succeeded and the other did not"),
        "a_wins": whole("… and it was a"),
        "verdict": maybe(text("the name of the better one, equivalent, or inconclusive; null while it is open")),
        "difference": interval("of the rate of a minus that of b", "each_side"),
        "pairs_that_would_do": maybe(whole("about the pairs that would decide with probability 0.8")),
    },
)
_EVIDENCE: Mapping[str, Schema] = {
    **_COUNTS,
    "mean_confidence": number("the mean of what trials said of their own confidence"),
    "std_confidence": number("its standard deviation"),
    "mean_duration_ms": maybe(number("mean milliseconds of a trial")),
    "stopped_early": flag("whether the rule decided before the cap"),
    "evidence_tier": text("how much the evidence is worth", [tier.value for tier in Tier]),
    "oracle": maybe(text("what told right from wrong")),
    "verdict": maybe(text("what it came to; null while it is not decided", WORDS)),
    "reason": maybe(text("why it ended: the boundary, the cap, a fixed number, …")),
    "target": maybe(number("the rate (or mean) that was asked about")),
    "rule": text("the stopping rule", [rule.value for rule in Rule]),
    "causes": many(
        "why trials did not succeed, the most frequent first",
        record(
            "a cause",
            {
                "cause": text("its name", [cause.value for cause in Cause]),
                "trials": whole("trials with it"),
                "counted": whole("… that count as failures"),
                "example": maybe(text("the error of the first")),
                "hint": maybe(text("what to do about it")),
            },
        ),
    ),
    "duration_seconds": maybe(
        record(
            "how long trials took; null before the first ended",
            {
                "mean": number("mean"),
                "sd": maybe(number("standard deviation; null of one trial")),
                "slowest": number("the longest"),
            },
        )
    ),
    "answers": whole("trials in which a model answered"),
    **_ANALYSIS,
    "interval": _SHOWN,
    "excluded": maybe(
        record(
            "what the trials that do not count could have meant; null where all count",
            {
                "trials": whole("how many"),
                "low": number("the rate if all of them had failed, or the mean had all had the least score"),
                "high": number("the rate if all of them had succeeded, or the mean had all had the greatest score"),
                "verdict_hangs_on_them": flag("whether they could turn the verdict"),
                "causes": many("causes that were excluded by choice", text("a cause")),
            },
            optional=("causes",),
        )
    ),
    "verdict_hangs_on_excluded": flag(
        "of arms that are compared: whether trials that do not count could turn the verdict"
    ),
    "operating_characteristics": record(
        "what the design promised at its target, exactly; empty without target or cap",
        {
            "at": number("the true rate of which this holds"),
            "supported": share("probability of this verdict"),
            "refuted": share("probability of this verdict"),
            "inconclusive": share("probability of this verdict"),
            "expected_trials": number("expected number of trials"),
        },
        optional=("at", "supported", "refuted", "inconclusive", "expected_trials"),
    ),
    "outlook": maybe(
        record(
            "what is to be expected of the rest of a run that is not decided",
            {
                "expected_trials_left": number("under the prior and the trials so far"),
                "done_within_ten": share("probability that ten more trials decide"),
            },
        )
    ),
    "arms": many("of a comparison: its arms", record("an arm", ARM, tuple(ARM))),
    "pairs": many("of a comparison: every two arms", _PAIR),
    "against_itself": record(
        "of comparisons of an arm with itself: false alarms",
        {
            "comparisons": whole("how many"),
            "different": whole("… in which it was called different from itself"),
            "first_better": whole("… and the first of the two better"),
            "rate": share("of false alarms"),
            "interval": record(
                "of that rate",
                {
                    "low": share("lower end"),
                    "high": share("upper end"),
                    "each_side": share("how often it is beyond one end, at most"),
                },
            ),
            "promised_at_most": share("what the design promises"),
        },
    ),
    "allocation": text("how a comparison deals out its trials"),
    "probability_best": maybe(share("of a top-two comparison: that the leading arm is the best")),
    "scores": record(
        "of an experiment about a mean",
        {
            "trials": number("trials with a score"),
            "mean": number("their mean"),
            "low": number("lower end, valid at every look"),
            "high": number("upper end"),
            "each_side": share("how often the mean is beyond one end, at most"),
        },
        optional=("trials", "mean", "low", "high", "each_side"),
    ),
    "score_difference": record("of a comparison of the scores of two arms", _SCORE_DIFFERENCE, optional=("margin",)),
    "score_differences": many(
        "of a comparison of the scores of more arms: every two of them",
        record(
            "two arms",
            {
                "a": text("the first of them"),
                "b": text("the second"),
                **_SCORE_DIFFERENCE,
                "verdict": maybe(text("the better arm's name, a word, or null while it is open")),
            },
            optional=("margin",),
        ),
    ),
}
_ALWAYS = (
    "trials_total", "trials_success", "trials_finished", "trials_error", "success_rate", "stopped_early", "evidence_tier",
    "oracle", "verdict", "reason", "target", "rule",
)  # fmt: skip


def evidence_schema(kind: str | None, fields: Fields | None) -> Schema:
    """What was found. Of a kind that says its fields, these alone."""
    own = {} if fields is None else dict(fields.evidence)
    known = {**_EVIDENCE, **own}
    schema = record("what was found", known, [name for name in known if name not in _ALWAYS])
    return schema if kind is not None and fields is not None else {**schema, "additionalProperties": True}


def optional_of_arm() -> Sequence[str]:
    """Fields of an arm that may be left out."""
    return [name for name in ARM if name not in ("name", *_COUNTS)] + ["trials_error"]

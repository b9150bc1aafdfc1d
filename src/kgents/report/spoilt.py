"""What trials that do not count could have meant for a mean score, and for arms that are compared: bounds, and the verdict.

A verdict hangs on them where it would be another one had each of them had the outcome that speaks against it: they are put in
their places, and the decision is made anew.
"""

from collections.abc import Iterator, Sequence

from kgents.domain.fact import Verdict
from kgents.domain.plan import Errors, Plan
from kgents.domain.ports import Store, Trial
from kgents.domain.summary import Summary
from kgents.engine.compare import Compare
from kgents.engine.not_worse import NotWorse
from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scores
from kgents.kinds.command.score import ScoresData
from kgents.kinds.registry import decider_by
from kgents.report.document_types import ExcludedData

_FOLLOWED = (Compare, NotWorse, ScorePairs, Scores)
_SAID = (Verdict.SUPPORTED, Verdict.REFUTED)
Best = Sequence[bool]  # of each arm, whether its trials that do not count had the best outcome: else they had the worst


def is_spoilt(summary: Summary) -> bool:
    """Whether trials are left out that the world spoilt."""
    return summary.plan.errors is Errors.EXCLUDE and any(tally.errors for tally in summary.counted.tallies)


async def excluded_scores(store: Store, summary: Summary, scores: ScoresData) -> ExcludedData:
    """The mean had all had the least score, and the greatest."""
    errors, trials = summary.counted.tallies[0].errors, scores["trials"]
    least, greatest, _ = summary.plan.facts["scale"]
    total = scores["mean"] * trials
    return {
        "trials": errors,
        "low": (total + float(least) * errors) / (trials + errors),
        "high": (total + float(greatest) * errors) / (trials + errors),
        "verdict_hangs_on_them": await hangs_on_excluded(store, summary),
    }


async def hangs_on_excluded(store: Store, summary: Summary) -> bool:
    """Whether the verdict would be another one had they had the outcomes against it; False where none promises an error."""
    plan, decided = summary.plan, summary.decision
    if decided is None or decided.verdict not in _SAID or not isinstance(decider_by(plan), _FOLLOWED):
        return False
    trials = [trial async for trial in store.trials(plan.experiment, texts=False)]
    verdict, status = decided.verdict, decided.detail.get("status")
    return any(_decided(plan, trials, best) != (verdict, status) for best in _against(plan, verdict, status))


def _against(plan: Plan, verdict: Verdict, status: Sequence[str] | None) -> Iterator[Best]:
    """The outcomes that speak against what was said."""
    arms = range(len(plan.arms))
    if status is None:
        yield [verdict is Verdict.REFUTED]
    elif "best" in status:
        yield [word != "best" for word in status]
    else:
        yield from ([arm == other for arm in arms] for other in arms)
        yield from ([arm != other for arm in arms] for other in arms)


def _decided(plan: Plan, trials: Sequence[Trial], best: Best) -> tuple[object, object]:
    """What is decided where the trials that do not count are put in so."""
    decider, most = decider_by(plan), plan.facts["scale"][2] if "scale" in plan.facts else 1
    for trial in sorted(trials, key=lambda trial: (trial.index, trial.arm)):
        success, score = trial.success, trial.score
        if success is None:
            success, score = best[trial.arm], (most if best[trial.arm] else 0,)
        decider.launch(trial.arm, trial.index)
        decider.consume(trial.arm, trial.index, success, score)
        decided = decider.decision()
        if decided is not None:
            return decided.verdict, decided.detail.get("status")
    return None, None

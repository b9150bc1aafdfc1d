"""The document of an experiment with all that its trials say: what a kind adds, how far a comparison is, mean scores."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import cast

from kgents.domain.decision_detail import DecisionDetail, ScorePairStanding
from kgents.domain.plan import DecidedBy, Layout
from kgents.domain.ports import Store, Trial
from kgents.domain.prefix import Key, prefix_of
from kgents.domain.summary import Summary
from kgents.engine.against_itself import AgainstItself
from kgents.engine.compare import Compare
from kgents.engine.run import Run
from kgents.engine.score_pairs import ScorePairs
from kgents.engine.scores import Scores
from kgents.kinds.command.score import NamedDifferenceData, ScoreDifferenceData, ScoresData
from kgents.kinds.kind import Config, Evidence
from kgents.kinds.registry import decider_by, kind_of
from kgents.report import document
from kgents.report.document_types import Document, EvidenceData, Failed, PairData
from kgents.report.evidence import pairs_of
from kgents.report.figures import Figures, failure
from kgents.report.spoilt import excluded_scores, hangs_on_excluded, is_spoilt


def unread(summary: Summary, config: Config) -> Document | None:
    """The document without figures; None where some of it is in marks or trials, which are to be read."""
    plan, kind = summary.plan, kind_of(summary.plan.kind)
    if plan.layout is Layout.COMPARE and summary.decision is None:
        return None
    if plan.decider in (DecidedBy.SCORES, DecidedBy.SCORE_PAIRS) or kind.needs_trials:
        return None
    if config and kind.accumulator(config, summary) is not None:
        return None
    return {**document.head(summary, config), **Failed()}


async def complete(
    store: Store,
    summary: Summary,
    config: Config,
    figures_wanted: bool = True,
    also: Callable[[Trial, bool], None] | None = None,
) -> Document:
    """The document without `trials` and `mark_ids`, with what the kind adds to the evidence.

    figures_wanted  False: causes and durations, which take a pass over the trials, only where the kind takes one anyway
    also            is given every trial, and whether it waits for an earlier one, in the same pass
    """
    data = document.head(summary, config)
    if summary.plan.layout is Layout.COMPARE and summary.decision is None:
        data["evidence"]["pairs"] = await _standing(store, summary)
    if summary.plan.decider is DecidedBy.SCORES:
        scores = data["evidence"]["scores"] = await _scores(store, summary)
        if is_spoilt(summary):
            data["evidence"]["excluded"] = await excluded_scores(store, summary, scores)
    if summary.plan.decider is DecidedBy.SCORE_PAIRS:
        await _add_differences(store, summary, data["evidence"])
    if len(summary.plan.arms) > 1 and is_spoilt(summary) and summary.plan.layout is not Layout.INDEPENDENT:
        data["evidence"]["verdict_hangs_on_excluded"] = await hangs_on_excluded(store, summary)
    gathering = Gathering(summary, config)
    if not gathering.reads_trials and not figures_wanted:
        return {**data, **Failed()}
    behind = await waiting(store, summary)
    async for row in store.trials(summary.plan.experiment, texts=gathering.reads_texts):
        waits = (row.arm, row.index) in behind
        if also is not None:
            also(row, waits)
        if not waits:
            gathering.add(row)
    data["evidence"].update(cast(EvidenceData, gathering.evidence()))
    wrong = failure(summary, data["evidence"].get("causes", []))
    return {**data, **(Failed() if wrong is None else Failed(error=wrong))}


class Gathering:
    """What the trials that count add to the evidence: figures of any kind, and what the experiment's own kind makes of them.

    reads_trials  whether the kind wants them; `reads_texts`: with their texts
    """

    def __init__(self, summary: Summary, config: Config) -> None:
        kind = kind_of(summary.plan.kind)
        self._summary, self._config, self._kind = summary, config, kind
        self._accumulator = kind.accumulator(config, summary) if config else None
        self._figures, self._rows = Figures(summary.plan.errors), list[Trial]()
        self._keeps = self._accumulator is None and kind.needs_trials
        self.reads_trials = self._accumulator is not None or kind.needs_trials
        self.reads_texts = self._accumulator is not None or (kind.needs_trials and kind.needs_texts)

    def add(self, row: Trial) -> None:
        """Takes a trial; of a kind that needs no texts none is kept."""
        self._figures.add(row)
        if self._accumulator is not None:
            self._accumulator.add(row)
        elif self._keeps:
            self._rows.append(row if self.reads_texts else replace(row, output=None, candidate=None))

    def evidence(self) -> Evidence:
        """The fields, those of the kind last."""
        data = self._figures.evidence()
        if self._accumulator is not None:
            return {**data, **self._accumulator.evidence()}
        if self._keeps:
            return {**data, **self._kind.evidence(self._config, self._summary, self._rows)}
        return data


async def waiting(store: Store, summary: Summary) -> Collection[Key]:
    """(arm, index) of the trials that were launched after one that has no outcome yet."""
    if summary.decision is not None or summary.counted.finished == summary.totals.finished:
        return frozenset()
    return prefix_of([mark.entry.fact async for mark in store.marks(summary.plan.experiment)]).waiting.keys()


async def _standing(store: Store, summary: Summary) -> list[PairData]:
    """The pairs of a comparison that is not decided, from its record."""
    run = await replayed(store, summary)
    return pairs_of(summary.plan, run.decider.standing()) if isinstance(run.decider, Compare | AgainstItself) else []


async def _scores(store: Store, summary: Summary) -> ScoresData:
    """Trials, mean and limits of scores: as they were decided, else of those that count by now, from the record."""
    standing = summary.decision.detail.get("scores") if summary.decision is not None else None
    if standing is None:
        decider = (await replayed(store, summary)).decider
        assert isinstance(decider, Scores)
        standing = decider.standing()
    return {
        "trials": float(standing["trials"]),
        "mean": float(standing["mean"]),
        "low": float(standing["low"]),
        "high": float(standing["high"]),
        "each_side": float(standing["each_side"]),
    }


async def _add_differences(store: Store, summary: Summary, evidence: EvidenceData) -> None:
    """Pairs of scores, their means, the mean difference and its limits: as decided, else of those that count by now.

    Of two arms `score_difference`, of more `score_differences`.
    """
    detail = summary.decision.detail if summary.decision is not None else DecisionDetail()
    names = summary.plan.arms
    if "score_difference" in detail:
        standings: Sequence[ScorePairStanding] = [detail["score_difference"]]
    elif "score_differences" in detail:
        standings = detail["score_differences"]
    else:
        decider = (await replayed(store, summary)).decider
        assert isinstance(decider, ScorePairs)
        standings = decider.standing()
    if len(names) == 2:
        evidence["score_difference"] = _difference_data(standings[0])
        return
    data: list[NamedDifferenceData] = []
    for standing in standings:
        a, b = (names[arm] for arm in standing["arms"])
        verdict = standing["verdict"]
        word = {"a": a, "b": b}.get(verdict, verdict) if verdict is not None else None
        data.append({"a": a, "b": b, **_difference_data(standing), "verdict": word})
    evidence["score_differences"] = data


def _difference_data(standing: ScorePairStanding) -> ScoreDifferenceData:
    first, second = (None if mean is None else float(mean) for mean in standing["means"])
    data: ScoreDifferenceData = {
        "pairs": standing["pairs"],
        "mean_of_first": first,
        "mean_of_second": second,
        "mean": float(standing["mean"]),
        "low": float(standing["low"]),
        "high": float(standing["high"]),
        "each_side": float(standing["each_side"]),
    }
    if "margin" in standing:
        data["margin"] = float(standing["margin"])
    return data


async def replayed(store: Store, summary: Summary) -> Run:
    run = Run(deciding=decider_by)
    async for mark in store.marks(summary.plan.experiment):
        run.receive(mark.entry)
    return run

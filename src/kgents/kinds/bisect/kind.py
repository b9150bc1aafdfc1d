"""The kind `bisect`: the arms are the commits from a good one to a bad one, a trial is a command at one of them."""

from pathlib import Path
from typing import Any

from kgents.domain.decision_detail import DecisionDetail
from kgents.domain.fact import Verdict
from kgents.domain.ports import Trial, TrialRunner
from kgents.domain.summary import Summary
from kgents.domain.words import percent
from kgents.errors import UsageError
from kgents.kinds.bisect.data import BisectConfig, BisectEvidence, CommitData, Located
from kgents.kinds.fields import Fields
from kgents.kinds.kind import Config, Evidence, ExperimentKind, Rows, RunContext
from kgents.kinds.options import as_written
from kgents.stats.bisection import LOOKS


class BisectKind(ExperimentKind):
    """Trials of a command at commits."""

    name = "bisect"
    subject = "the rate at which the command passes"
    needs_trials = True
    needs_texts = False
    most_arms = 0

    def fields(self) -> Fields:
        """What the kind's fields of the document mean."""
        from kgents.kinds.bisect.fields import FIELDS

        return FIELDS

    def headline(self, config: Config) -> str:
        """The command and the two ends."""
        import shlex

        asked = as_written(BisectConfig, config)
        return f"{asked['good'][:12]}..{asked['bad'][:12]}: {shlex.join(asked['argv'])}"

    def input_of(self, config: Config, trial: Trial) -> str | None:
        """The commit is the input."""
        return None

    def sentence(self, summary: Summary) -> str | None:
        """Where the rate fell, with what probability, and for which rates that holds."""
        if summary.decision is None:
            return None
        return sentence(summary)

    def evidence(self, config: Config, summary: Summary, trials: object) -> Evidence:
        """`bisect`: the first bad commit, the likeliest ones, and the counts of every commit that was tried."""
        return {"bisect": evidence(as_written(BisectConfig, config), summary)}

    def table(self, config: Config, evidence: Evidence) -> Rows:
        """The commits that were tried, in their order, with the probability that the rate fell there."""
        return rows(as_written(BisectEvidence, evidence)["bisect"])

    async def build(self, experiment: str, config: Config, context: RunContext, opened: Any = None) -> TrialRunner:
        """The command, in worktrees of the repository."""
        from kgents.kinds.bisect.trial import AtCommits

        asked = as_written(BisectConfig, config)
        return AtCommits(experiment, asked, context.environment, repository(asked["cwd"]))


def repository(path: str) -> Path:
    """The folder of the repository. UsageError where it is gone."""
    if not Path(path).is_dir():
        raise UsageError(f"the repository is gone: {path}", "clone it there again")
    return Path(path)


def sentence(summary: Summary) -> str:
    """Where the rate fell, in words."""
    assert summary.decision is not None
    decision, arms = summary.decision, summary.plan.arms
    detail, trials = decision.detail, sum(trials for trials, _ in decision.counts)
    error = f"error at most {percent(float(detail['error']))}"
    if decision.verdict is not Verdict.SUPPORTED:
        (good_trials, good), (bad_trials, bad) = decision.counts[0], decision.counts[-1]
        ends = f"{arms[0]} passed {good} of {good_trials}, {arms[-1]} {bad} of {bad_trials}"
        why = {
            "ends": f"the ends do not differ in {LOOKS[-1]} trials each",
            "end": "one of the ends cannot be tried",
            "cap": f"the cap of {trials} trials is reached",
        }
        return f"inconclusive: {why[decision.reason]}; {ends}"
    assert detail["first_bad"] is not None
    first, last = detail["first_bad"]
    where = arms[first] if first == last else f"one of {arms[first]} … {arms[last]} (those between cannot be tried)"
    good_rate, bad_rate = (float(rate) for rate in detail["rates"])
    return (
        f"the rate falls at {where}, {trials} trials, {error} "
        f"where commits before it pass at least {good_rate:.3g} and from it on at most {bad_rate:.3g} of the time"
    )


def evidence(config: BisectConfig, summary: Summary) -> Located:
    """The first bad commit, the likeliest ones, and the counts of every commit that was tried."""
    detail = summary.decision.detail if summary.decision is not None else DecisionDetail()
    counts = (
        summary.decision.counts
        if summary.decision is not None
        else [(t.trials, t.successes) for t in summary.counted.tallies]
    )
    subjects = config.get("subjects", [])
    likeliest = {arm: float(share) for arm, share in detail.get("likeliest", ())}
    tried: list[CommitData] = [
        {
            "commit": name,
            "subject": subjects[arm] if subjects else "",
            "trials": trials,
            "successes": successes,
            "probability": likeliest.get(arm, 0.0) if arm else None,
        }
        for arm, (name, (trials, successes)) in enumerate(zip(summary.plan.arms, counts, strict=True))
        if trials or arm in likeliest
    ]
    first = detail.get("first_bad")
    return {
        "first_bad": None if first is None else [summary.plan.arms[arm] for arm in range(first[0], first[1] + 1)],
        "rates": [float(rate) for rate in detail.get("rates", ())] or None,
        "commits": tried,
    }


def rows(located: Located) -> Rows:
    """One line a commit that was tried."""
    first = located["first_bad"] or ()
    lines = []
    for row in located["commits"]:
        tally = f"{row['successes']} of {row['trials']}" if row["trials"] else "not tried"
        chance = "" if not row["probability"] else f"probability {row['probability']:.3f}"
        mark = "first bad" if row["commit"] in first else ""
        lines.append((row["commit"], f"{tally:>10}   {chance:<17}   {row['subject'][:60]}   {mark}".rstrip()))
    return lines


KIND = BisectKind()

"""What many trials of parsing say: counts, rates, pairs, examples; folded trial by trial, in constant memory.

Rule: a rate comes with its interval. It is exact (Clopper & Pearson) where the number of trials was fixed and is complete,
and valid at every look where it was not. Comparisons use the
pairs on which two strategies differ; their p-values are corrected by Holm's method, those of the totals over all pairs of
strategies and both questions, those of the classes over all classes of all pairs.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary
from kgents.kinds.parse.data import (
    AveragesData,
    ComparisonData,
    Counts,
    Example,
    LimitsData,
    ParseConfig,
    ParseEvidence,
    QuestionData,
    RateData,
    RowData,
    StrategyData,
    WinsData,
)
from kgents.parsing.controls import STEEP, ControlsData
from kgents.parsing.oracle import COLUMN, COLUMNS, GOOD, KINDS, OUTCOMES, SILENT, ParseOutcome
from kgents.stats import Rule, holm_adjusted, sign_test
from kgents.stats.analysis import clopper_pearson, confidence_sequence
from kgents.stats.interval import Interval

EXAMPLES = 10
_WORST = (ParseOutcome.CORRUPTED, ParseOutcome.HUNG, ParseOutcome.CRASHED, ParseOutcome.GUESS)


@dataclass(slots=True)
class _Arm:
    """The counts of one strategy."""

    outcomes: Counter[ParseOutcome] = field(default_factory=Counter)
    by_class: dict[str, Counter[ParseOutcome]] = field(default_factory=dict)
    by_severity: dict[int, Counter[ParseOutcome]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    worst: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    controls: ControlsData | None = None
    redrawn: int = 0
    credit: float = 0.0
    cut: int = 0
    micros: int = 0


@dataclass(slots=True)
class _Pair:
    """Where two strategies differ, per class: (wins of the first, wins of the second)."""

    recovery: dict[str, list[int]] = field(default_factory=dict)
    corruption: dict[str, list[int]] = field(default_factory=dict)
    pairs: int = 0


class ParseTally:
    """Takes the trials in the order (index, arm)."""

    def __init__(self, config: ParseConfig, summary: Summary) -> None:
        self._config = config
        self._design = summary.plan.design
        self._decision = summary.decision
        self._exact = self._design.rule is Rule.FIXED and summary.decision is not None
        self._names = [arm["name"] for arm in config["strategies"]]
        self._arms = [_Arm() for _ in self._names]
        self._pairs = {pair: _Pair() for pair in combinations(range(len(self._names)), 2)}
        self._index = -1
        self._row: dict[int, tuple[str, ParseOutcome]] = {}

    def add(self, trial: Trial) -> None:
        """Counts a trial; those that the world or we spoilt are left out."""
        if trial.success is None or "outcome" not in trial.metadata:
            return
        arm, outcome = self._arms[trial.arm], ParseOutcome(trial.metadata["outcome"])
        family = str(trial.metadata["class"])
        arm.outcomes[outcome] += 1
        arm.by_class.setdefault(family, Counter())[outcome] += 1
        arm.by_severity.setdefault(len(trial.metadata["mutators"]), Counter())[outcome] += 1
        if "credit" in trial.metadata:
            arm.credit += trial.metadata["credit"] if outcome not in SILENT else 0.0
        arm.cut += trial.metadata["level"] == "prefix"
        arm.redrawn += int(trial.metadata.get("redrawn", 0))
        arm.micros += trial.duration_us
        if trial.metadata.get("kind"):
            arm.kinds[trial.metadata["kind"]] += 1
        if outcome in _WORST:
            arm.worst[trial.metadata["mutators"][0], outcome.value] += 1
        if "controls" in trial.metadata:
            arm.controls = trial.metadata["controls"]
        if "shrunk" in trial.metadata:
            arm.examples.append(_example(trial, outcome))
        if trial.index != self._index:
            self._close()
            self._index = trial.index
        self._row[trial.arm] = (family, outcome)

    def evidence(self) -> ParseEvidence:
        """What the kind adds to `evidence`."""
        self._close()
        strategies = [self._strategy(number) for number in range(len(self._names))]
        data: ParseEvidence = {
            "strategies": strategies,
            "weights": self._config["weights"],
            "severities": self._config["severities"],
            "not_applicable": self._config["inapplicable"],
        }
        if len(self._names) > 1:
            data["comparisons"] = self._comparisons()
        if self._config["recommend"]:
            from kgents.kinds.parse.advice import advice

            data["recommendation"] = advice(
                strategies, self._config["max_corruption"], self._design.confidence, self._exact
            )
        return data

    # pairs

    def _close(self) -> None:
        """Compares the strategies on the input whose trials are all there."""
        for (a, b), pair in self._pairs.items():
            if a in self._row and b in self._row:
                (family, first), (_, second) = self._row[a], self._row[b]
                pair.pairs += 1
                _win(pair.recovery.setdefault(family, [0, 0]), first in GOOD, second in GOOD)
                _win(pair.corruption.setdefault(family, [0, 0]), first not in SILENT, second not in SILENT)
        self._row = {}

    def _comparisons(self) -> list[ComparisonData]:
        """Every two strategies; a verdict is wrong anywhere, among totals or among classes, with at most 1 − confidence."""
        alpha = 1 - self._design.confidence
        pairs = [self._comparison(*pair) for pair in self._pairs]
        tests = [test for pair in pairs for test in (pair["recovery"], pair["corruption"])]
        _holm(tests, alpha)
        _holm([row for test in tests for row in test["by_class"].values()], alpha)
        for pair in pairs:
            claims = (("recovers more", pair["recovery"]["verdict"]), ("corrupts less", pair["corruption"]["verdict"]))
            pair["sentence"] = (
                ", ".join(f"{name} {claim}" for claim, name in claims if name) or "no difference can be told"
            )
        return pairs

    def _comparison(self, a: int, b: int) -> ComparisonData:
        pair, names = self._pairs[a, b], (self._names[a], self._names[b])
        tests: list[QuestionData] = []
        for wins in (pair.recovery, pair.corruption):
            total = [sum(row[0] for row in wins.values()), sum(row[1] for row in wins.values())]
            classes = {family: self._test(row, names) for family, row in sorted(wins.items())}
            tests.append({**self._test(total, names), "by_class": classes})
        return {"a": names[0], "b": names[1], "pairs": pair.pairs, "recovery": tests[0], "corruption": tests[1]}

    def _test(self, wins: Sequence[int], names: tuple[str, str]) -> WinsData:
        a, b = wins
        better = names[0] if a > b else names[1] if b > a else None
        p = sign_test(a, b) if self._exact else anytime_test(a, b)
        return {"a_wins": a, "b_wins": b, "p_value": p, "better": better}

    # one strategy

    def _strategy(self, number: int) -> StrategyData:
        arm = self._arms[number]
        total = sum(arm.outcomes.values())
        data: StrategyData = {
            "name": self._names[number],
            "trials": total,
            "outcomes": columns(arm.outcomes),
            "detail": {outcome.value: arm.outcomes[outcome] for outcome in OUTCOMES if arm.outcomes[outcome]},
            "recovery_rate": rate(_good(arm.outcomes), total, self._design.confidence, self._exact),
            "corruption_rate": rate(_silent(arm.outcomes), total, self._design.confidence, self._exact),
            "by_class": {family: self._row_of(arm.by_class[family]) for family in sorted(arm.by_class)},
            "by_severity": {str(level): self._row_of(arm.by_severity[level]) for level in sorted(arm.by_severity)},
            "kinds": {kind: arm.kinds[kind] for kind in KINDS if arm.kinds[kind]},
            "macro_average": self._averages(arm, total),
            "worst_mutators": [(name, outcome, count) for (name, outcome), count in arm.worst.most_common(EXAMPLES)],
            "documents_redrawn": arm.redrawn,
            "credit_of_cut_texts": arm.credit / arm.cut if arm.cut else None,
            "microseconds_per_input": arm.micros / total if total else None,
            "verdicts": self._verdicts(number),
            "controls": arm.controls,
            "examples": worst(arm.examples),
            "faults": [],
        }
        data["faults"] = list(faults(data))
        return data

    def _averages(self, arm: _Arm, total: int) -> AveragesData:
        """Averages with intervals: classes are drawn by their weights, so the interval of the total is one of the average."""
        averages = macro(arm.by_class, self._config["weights"])
        return {
            "recovery": averages["recovery"],
            "corruption": averages["corruption"],
            "recovery_interval": self._limits(_good(arm.outcomes), total),
            "corruption_interval": self._limits(_silent(arm.outcomes), total),
        }

    def _limits(self, part: int, total: int) -> LimitsData:
        whole = rate(part, total, self._design.confidence, self._exact)
        return {"level": whole["level"], "low": whole["low"], "high": whole["high"]}

    def _row_of(self, outcomes: Counter[ParseOutcome]) -> RowData:
        total = sum(outcomes.values())
        return {
            **columns(outcomes),
            "recovery_rate": rate(_good(outcomes), total, self._design.confidence, self._exact),
            "corruption_rate": rate(_silent(outcomes), total, self._design.confidence, self._exact),
        }

    def _verdicts(self, number: int) -> dict[str, str | None]:
        if self._decision is None:
            return {}
        detail = self._decision.detail
        questions = {"recovery": detail.get("rate"), "corruption": detail.get("guard")}
        return {name: answers[number][-2] for name, answers in questions.items() if answers is not None}


def _win(row: list[int], first: bool, second: bool) -> None:
    row[0] += first and not second
    row[1] += second and not first


def _good(outcomes: Counter[ParseOutcome]) -> int:
    return sum(outcomes[outcome] for outcome in GOOD)


def _silent(outcomes: Counter[ParseOutcome]) -> int:
    return sum(outcomes[outcome] for outcome in SILENT)


def columns(outcomes: Counter[ParseOutcome]) -> Counts:
    """The six counts of the contract; they add up to the number of trials."""
    counts = dict.fromkeys(COLUMNS, 0)
    for outcome, count in outcomes.items():
        counts[COLUMN[outcome]] += count
    return {
        "recovered": counts["recovered"], "partial": counts["partial"], "rejected": counts["rejected"],
        "corrupted": counts["corrupted"], "crashed": counts["crashed"], "hung": counts["hung"],
    }  # fmt: skip


def rate(part: int, whole: int, level: float, exact: bool) -> RateData:
    """A rate with its interval; null where there is nothing to count. `exact`: the number of trials was fixed beforehand."""
    if not whole:
        return {"estimate": None, "low": 0.0, "high": 1.0, "level": level}
    interval = _interval(whole, part, level, exact)
    return {"estimate": part / whole, "low": interval.low, "high": interval.high, "level": level}


@lru_cache(maxsize=4096)
def _interval(whole: int, part: int, level: float, exact: bool) -> Interval:
    """Many classes of many strategies have the same counts."""
    return (clopper_pearson if exact else confidence_sequence)(whole, part, level)


def macro(by_class: Mapping[str, Counter[ParseOutcome]], weights: Mapping[str, int]) -> dict[str, float | None]:
    """Rates averaged over the classes by their weights, whatever number of trials each class happened to get."""
    shares = {family: weights.get(family, 0) for family in by_class}
    total = sum(shares.values())
    if not total:
        return {"recovery": None, "corruption": None}
    averages: dict[str, float | None] = {}
    for name, count in (("recovery", _good), ("corruption", _silent)):
        averages[name] = sum(
            share * count(by_class[family]) / sum(by_class[family].values()) for family, share in shares.items()
        ) / total  # fmt: skip
    return averages


def _example(trial: Trial, outcome: ParseOutcome) -> Example:
    data = trial.metadata
    return {
        "class": data["class"],
        "mutators": data["mutators"],
        "outcome": outcome.value,
        "kind": data.get("kind", ""),
        "trial": trial.index,
        "level": data["shrunk"]["level"],
        "input": data["input"],
        "expected": data.get("expected"),
        "got": trial.output or trial.error,
        "shrunk": data["shrunk"]["text"],
        "shrunk_expected": data["shrunk"]["expected"],
        "shrunk_got": data["shrunk"]["got"],
    }


def worst(examples: Sequence[Example]) -> list[Example]:
    """The ten worst: what is silent first, then hangs and crashes; of each class before a second of any; short ones first."""
    order = {outcome.value: index for index, outcome in enumerate(_WORST)}
    ranked = sorted(examples, key=lambda example: (order[example["outcome"]], len(example["shrunk"]), example["trial"]))
    turns: Counter[tuple[str, str]] = Counter()
    keyed: list[tuple[int, int, Example]] = []
    for example in ranked:
        sign = (example["outcome"], example["class"])
        keyed.append((turns[sign], len(keyed), example))
        turns[sign] += 1
    return [example for _, _, example in sorted(keyed, key=lambda item: item[:2])][:EXAMPLES]


def faults(data: StrategyData) -> Iterator[str]:
    """What is wrong with a strategy, each in a sentence."""
    total, detail = data["trials"], data["detail"]
    silent = detail.get("corrupted", 0) + detail.get("guess", 0)
    if silent:
        kinds = ", ".join(sorted(data["kinds"], key=lambda kind: -data["kinds"][kind])[:3])
        yield f"corrupts silently: {silent} of {total} inputs" + (f" ({kinds})" if kinds else "")
    crashes = [example for example in data["examples"] if example["outcome"] == "crashed"]
    if detail.get("crashed"):
        error = crashes[0]["shrunk_got"].removeprefix("crashed: ")[:80] if crashes else "an undeclared error"
        where = f", in {', '.join(sorted({example['class'] for example in crashes}))}" if crashes else ""
        yield f"crashes: {detail['crashed']} of {total} inputs: {error}{where}"
    if detail.get("hung"):
        yield f"hangs: {detail['hung']} of {total} inputs"
    if data["controls"] is not None:
        yield from _control_faults(data["controls"])


def _control_faults(controls: ControlsData) -> Iterator[str]:
    if controls["changed"]:
        yield f"changes valid documents: {controls['changed']} of {controls['documents']}"
    if controls["rejected"]:
        yield f"does not return valid documents: {controls['rejected']} of {controls['documents']}"
    for relation, kept in controls["metamorphic"].items():
        if kept["broken"]:
            yield f"breaks {relation}: {kept['broken']} of {kept['checked']}"
    for shape, entry in controls["growth"].items():
        if entry["exponent"] is not None and entry["exponent"] > STEEP:
            word = "quadratic time" if entry["exponent"] < 2.6 else "steep time"
            yield f"{word}: grows as size^{entry['exponent']:.1f} on {shape}"
        if entry["hung"]:
            yield f"hangs at {entry['points'][-1][0]} kB of {shape}"


def anytime_test(a: int, b: int) -> float:
    """The two-sided p-value of the sign test (`sign_test`), valid whenever one stops.

    One over the uniform-mixture martingale (Robbins 1970).
    """
    n = a + b
    log_martingale = math.lgamma(a + 1) + math.lgamma(b + 1) - math.lgamma(n + 2) + n * math.log(2)
    return min(1.0, math.exp(-log_martingale)) if log_martingale > -700 else 1.0


def _holm(tests: Sequence[WinsData], alpha: float) -> None:
    """Adds the adjusted p-value and the verdict of each test of one family (Holm 1979)."""
    for test, adjusted in zip(tests, holm_adjusted([test["p_value"] for test in tests]), strict=True):
        test["p_adjusted"] = adjusted
        test["verdict"] = test["better"] if adjusted <= alpha else None

"""Which pictures an experiment has: the one that shows its decision first."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from kgents.domain.plan import Layout
from kgents.domain.summary import Summary
from kgents.kinds.figure import Bar, Curves, Figure, Forest, Matrix
from kgents.report.document_types import INTERVALS, ArmData, Document
from kgents.report.html.collect import Collected
from kgents.report.pictures import Picture, dots, forest, grid, heat, operating, over, pairs, path, rate
from kgents.stats import Characteristics, Design, Rule, boundary, characteristics

LARGEST = 20_000  # the cap up to which a boundary is drawn
CURVED = 1000  # … and up to which operating characteristics are worked out for a picture
TONES = {"supported": "good", "best": "good", "refuted": "bad", "eliminated": "bad", "inconclusive": "hold"}


def first(summary: Summary, data: Document, collection: Collected, figures: Sequence[Figure]) -> Iterator[Picture]:
    """How it was decided, and what the kind has drawn."""
    drawn = any(isinstance(figure, Forest) for figure in figures)
    yield from (
        arms(summary, data) if len(summary.plan.arms) > 1 and not drawn else decision(summary, data, collection)
    )
    for number, figure in enumerate(figures):
        match figure:
            case Matrix():
                yield heat(f"matrix-{number}", figure)
            case Curves():
                yield over(f"curves-{number}", figure)
            case Forest():
                yield forest(f"forest-{number}", figure)


def further(summary: Summary, data: Document, collection: Collected) -> Iterator[Picture]:
    """Every trial, durations, costs, and what the design promised."""
    if collection.total:
        yield grid("trials", collection.signs)
    yield from measured(summary, collection)
    yield from promised(summary, data)


def main_picture(summary: Summary, data: Document, collection: Collected, figures: Sequence[Figure]) -> Picture | None:
    """The one that stands for the experiment."""
    return next(chain(first(summary, data, collection, figures), further(summary, data, collection)), None)


def arms(summary: Summary, data: Document) -> Iterator[Picture]:
    """The pairs of a comparison, and the intervals of the arms."""
    compared = summary.plan.layout is Layout.COMPARE
    if compared and data["evidence"].get("pairs"):
        yield pairs("pairs", data["evidence"]["pairs"])
    bars = [bar for arm in data["arms"] if (bar := bar_of(arm)) is not None]
    if bars:
        mark = None if compared else summary.plan.design.target
        yield forest("arms", Forest("The arms with their intervals", bars, "rate of success", mark=mark))


def decision(summary: Summary, data: Document, collection: Collected) -> Iterator[Picture]:
    """How a single arm was decided: the path of the evidence, and the rate as it went."""
    plan, design = summary.plan, summary.plan.design
    if len(plan.arms) > 1 or not drawable(summary):
        return
    if design.rule is not Rule.FIXED and design.target is not None and (design.max_trials or 0) <= LARGEST:
        yield path("path", boundary(design), design.target, collection.path, summary.decision is not None)
    if collection.path:
        interval = next((data["evidence"][name] for name in INTERVALS if data["evidence"].get(name)), None)
        yield rate("rate", design, collection.path, interval and (interval["low"], interval["high"]))


def drawable(summary: Summary) -> bool:
    """Whether a trial is a step of the design: not where a kind decides by more than successes."""
    return summary.plan.layout is Layout.INDEPENDENT and summary.plan.decider is None


def bar_of(arm: ArmData) -> Bar | None:
    """The interval of an arm; None where it has none."""
    interval = next((arm[name] for name in INTERVALS if arm.get(name)), None)
    if interval is None:
        return None
    word = arm.get("status") or arm.get("verdict") or ""
    counted = arm["trials_total"] - arm.get("trials_error", 0)
    note = f"{arm['trials_success']}/{counted} {word if word != 'estimate' else ''}".strip()
    return Bar(arm["name"], arm["success_rate"], interval["low"], interval["high"], note, TONES.get(word, "run"))


def measured(summary: Summary, collection: Collected) -> Iterator[Picture]:
    """Durations, and what trials cost: in money where that is known, else in tokens."""
    limit = float(summary.plan.facts.get("timeout") or 0) or None
    if collection.durations:
        slow = max(value for value, _ in collection.durations) > 2000
        scale, unit = (1000.0, "seconds") if slow else (1.0, "milliseconds")
        values = [(value / scale, good) for value, good in collection.durations]
        yield dots("durations", "How long trials took", unit, values, limit and limit * 1000 / scale)
    if collection.costs:
        yield dots("costs", "What trials cost", "USD", collection.costs)
    elif collection.tokens:
        yield dots("costs", "What trials consumed", "tokens", collection.tokens)


def promised(summary: Summary, data: Document) -> Iterator[Picture]:
    """Operating characteristics with the observed rate, of designs with a target and a cap that is not too large."""
    design = summary.plan.design
    if design.target is not None and design.max_trials and design.max_trials <= CURVED and drawable(summary):
        observed = data["evidence"]["success_rate"] if len(summary.plan.arms) == 1 else None
        yield operating("operating", curve(design), design.max_trials, design.target, observed)


@lru_cache(maxsize=256)
def curve(design: Design) -> tuple[Characteristics, ...]:
    """What a design does at every true rate; kept, since a page that follows a run is drawn again and again."""
    steps = 50 if (design.max_trials or 0) <= 300 else 20
    return tuple(characteristics(design, [step / steps for step in range(steps + 1)]))

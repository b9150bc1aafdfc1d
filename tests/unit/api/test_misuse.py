"""Mistakes in the arguments of the Python functions: UsageError names the argument, and nothing is recorded as an outcome."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kgents as kg

EACH_ALONE = True  # slow, and nothing is shared


pytestmark = pytest.mark.usefixtures("own_record")


def always() -> bool:
    return True


LABELS = ["a\x1b[31mb", "a\x07b", "a\x00b", "a\ud800b", "x" * 10_001, 5, b"bytes"]


@pytest.mark.parametrize("label", LABELS, ids=lambda label: repr(label)[:20])
def test_a_label_that_cannot_be_recorded_is_refused(label: Any) -> None:
    """As a name, a tag or an arm, whoever begins the experiment; what is accepted can be imported elsewhere."""
    for begin in (
        lambda: kg.estimate(always, n=1, name=label),
        lambda: kg.estimate(always, n=1, tags=[label]),
        lambda: kg.open(target=0.9, name=label),
        lambda: kg.compare({label: always, "b": always}),
    ):
        with pytest.raises(kg.UsageError, match=r"^the (name|tag|arm) .* cannot be recorded|each with a name"):
            begin()
    assert not kg.history()


ARGUMENTS: dict[str, Callable[[], Any]] = {
    "budget_usd = nan": lambda: kg.decide(always, budget_usd=math.nan),
    "budget_usd = inf": lambda: kg.decide(always, budget_usd=math.inf),
    "budget_usd = True": lambda: kg.decide(always, budget_usd=True),
    "error_types = 5": lambda: kg.decide(always, error_types=5),  # type: ignore[arg-type]
    "error_types = 'OSError'": lambda: kg.decide(always, error_types="OSError"),
    "workers = 4": lambda: kg.decide(always, workers=4),  # type: ignore[arg-type]
    "reference = 5": lambda: kg.load(5),  # type: ignore[arg-type]
    "reference = None": lambda: kg.resume(None, always),  # type: ignore[arg-type]
    "reference = 7": lambda: kg.open(7),  # type: ignore[arg-type]
    "limit = -3": lambda: kg.history(limit=-3),
    "limit = '3'": lambda: kg.history(limit="3"),  # type: ignore[arg-type]
    "verdict = 'green'": lambda: kg.history(verdict="green"),
    "status = 'over'": lambda: kg.history(status="over"),
    "spec = 5": lambda: kg.generate(5),  # type: ignore[arg-type]
    "path = 5": lambda: kg.estimate(always, n=1).report(5),  # type: ignore[arg-type]
    "tags = None": lambda: kg.decide(always, tags=None),  # type: ignore[arg-type]
    "tags = 5": lambda: kg.open(tags=5),  # type: ignore[arg-type]
    "since = 5": lambda: kg.history(since=5),  # type: ignore[arg-type]
    "tag = 5": lambda: kg.history(tag=5),  # type: ignore[arg-type]
    "database = {}": lambda: kg.estimate(always, n=1, database={}),  # type: ignore[arg-type]
    "database = 5": lambda: kg.load("x", database=5),  # type: ignore[arg-type]
    "workers_tls = 5": lambda: kg.decide(always, workers="tls://127.0.0.1:1", workers_tls=5),  # type: ignore[arg-type]
    "parser = None": lambda: kg.parse(None),  # type: ignore[arg-type]
    "parser = 5": lambda: kg.parse(5),  # type: ignore[arg-type]
    "was opened with its plan": lambda: kg.open(kg.open().id, target=0.8),
}


@pytest.mark.parametrize("named", ARGUMENTS)
def test_an_argument_that_nothing_can_be_made_of_is_named(named: str) -> None:
    """Before the first trial, and never as an error of Python's own libraries."""
    with pytest.raises(kg.UsageError, match=named):
        ARGUMENTS[named]()


TOLD: dict[str, dict[str, Any]] = {
    "usd = -1": {"usd": -1},
    "usd = nan": {"usd": math.nan},
    "usd = 'lots'": {"usd": "lots"},
    "tokens = 1.5": {"tokens": 1.5},
    "tokens = -2": {"tokens": -2},
    "seconds = -1": {"seconds": -1},
    "seconds = nan": {"seconds": math.nan},
    "error = 5": {"error": 5},
}


@pytest.mark.parametrize("named", TOLD)
def test_what_no_outcome_can_be_is_not_told(named: str) -> None:
    """The trial stays asked for, and can be told properly then; an output that is no text is kept as JSON."""
    opened = kg.open(target=0.9)
    (trial,) = opened.ask()
    with pytest.raises(kg.UsageError, match=named):
        opened.tell(trial, True, **TOLD[named])
    opened.tell(trial, np.bool_(False), output={"answer": [1, None]}, tokens=np.int64(3), usd="0.5")
    (row,) = opened.result.to_dict()["trials"]
    assert (row["output"], opened.result.usage.output_tokens) == ('{"answer": [1, null]}', 3)
    with pytest.raises(kg.UsageError, match="indices begin at 0"):
        opened.tell(-1, True)


def spends(trial: kg.Trial) -> bool:
    trial.cost(usd=-5)
    return True


@pytest.mark.parametrize("isolate", [False, True])
def test_a_cost_that_is_none_is_a_mistake_and_no_failure(isolate: bool) -> None:
    """It is raised from decide at that trial: as an outcome it would be evidence against the program."""
    with pytest.raises(kg.UsageError, match="-5 is no amount of dollars"):
        kg.decide(spends, target=0.5, isolate=isolate)
    (row,) = kg.history()
    assert (row["status"], row["trials"]) == ("interrupted", 0)


def test_no_experiment_of_any_kind_is_begun_by_a_trial() -> None:
    """kg.open, generate, parse and laws inside of a trial are refused like decide."""
    for begin in (kg.open, lambda: kg.generate("def f(x): return x"), lambda: kg.laws(dict), lambda: kg.parse("json")):
        with pytest.raises(kg.UsageError, match="an experiment inside a trial"):
            kg.decide(lambda trial, begin=begin: bool(begin()))

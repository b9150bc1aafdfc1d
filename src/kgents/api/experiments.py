"""decide, estimate, compare and resume: experiments whose trials are Python functions, by the runner of the command line."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from kgents.api.asked import Asked, comparing, deciding, measuring
from kgents.api.design import TrialSettings
from kgents.api.door import Halted, Stop, call
from kgents.api.options import RunOptions, split, workers_of
from kgents.api.recorded import opened, reference_of
from kgents.api.result import Result, result_of
from kgents.errors import UsageError
from kgents.kinds.callable.function import TrialFunction, error_kinds, error_names, identity_of, named
from kgents.kinds.callable.trial import Opened, refuse_nested

if TYPE_CHECKING:
    from kgents.domain.summary import Summary
    from kgents.kinds.kind import Request
    from kgents.runner.cluster.address import Workers

Arms = Mapping[str, TrialFunction]


def decide(
    trial: TrialFunction,
    *,
    target: float = 0.9,
    confidence: float = 0.95,
    max_trials: int | None = None,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """Decides whether the success rate of `trial` is above `target`, with as few calls as that takes.

    trial       called with a Trial, or with nothing; True, (True, output), False, or an AssertionError. It may be async
    target      in (0, 1)
    confidence  1 − the probability of either wrong verdict, exact
    max_trials  the cap; None: 100, or as many as both verdicts need to be possible
    score       (low, high): trials return a score in this range, and whether its *mean* is above `target` is decided
    options     concurrency=1, timeout=None (seconds a trial), isolate=False (True: in processes of their own, killed at the
                time-out), errors="exclude"|"count" and error_types=() for exceptions that mean that the world failed,
                budget_usd=None, name=None, tags=(), seed=None, series=None, record=True, database=None

    UsageError for an argument out of range, TypeError for a function that needs arguments or returns no bool.

    >>> import kgents as kg
    >>> kg.decide(lambda trial: trial.rng.random() < 0.99, target=0.8, seed=1).verdict
    'supported'
    """
    return call(lambda stop: _decide(trial, deciding(target, confidence, max_trials, score), options, stop))


async def adecide(
    trial: TrialFunction,
    *,
    target: float = 0.9,
    confidence: float = 0.95,
    max_trials: int | None = None,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """`decide` for code that runs in an event loop; a coroutine trial runs in that loop. Cancelling it stops the run."""
    return await _awaited(lambda stop: _decide(trial, deciding(target, confidence, max_trials, score), options, stop))


def estimate(
    trial: TrialFunction,
    *,
    n: int = 50,
    confidence: float = 0.95,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """Measures the success rate of `trial` by n calls: no verdict, an exact interval. Arguments as in `decide`.

    >>> import kgents as kg
    >>> kg.estimate(lambda trial: trial.index % 2 == 0, n=20).rate
    0.5
    """
    return call(lambda stop: _decide(trial, measuring(n, confidence, score), options, stop))


async def aestimate(
    trial: TrialFunction,
    *,
    n: int = 50,
    confidence: float = 0.95,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """`estimate` for code that runs in an event loop."""
    return await _awaited(lambda stop: _decide(trial, measuring(n, confidence, score), options, stop))


def compare(
    trials: Arms,
    *,
    margin: float = 0,
    confidence: float = 0.95,
    max_trials: int | None = None,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """Decides which of several functions succeeds more often: all face the same seeds, the pairs that differ decide.

    trials      functions by name, two or more
    margin      arms whose rates differ by less are equivalent; 0: only a difference decides
    confidence  1 − the probability that the best arm is thrown out
    max_trials  the cap on pairs; None: 100
    score       (low, high): the functions return a score in this range, and which has the highest *mean* is decided;
                `margin` is in these units

    >>> import kgents as kg
    >>> kg.compare({"old": lambda trial: trial.rng.random() < 0.5, "new": lambda: True}, seed=1).best
    'new'
    """
    return call(lambda stop: _compare(trials, confidence, max_trials, margin, score, options, stop))


async def acompare(
    trials: Arms,
    *,
    margin: float = 0,
    confidence: float = 0.95,
    max_trials: int | None = None,
    score: tuple[float, float] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """`compare` for code that runs in an event loop."""
    return await _awaited(lambda stop: _compare(trials, confidence, max_trials, margin, score, options, stop))


def resume(
    reference: str,
    trial: TrialFunction | Arms,
    *,
    concurrency: int | None = None,
    error_types: Sequence[type[Exception]] = (),
    budget_usd: float | str | Decimal | None = None,
    database: str | None = None,
    workers: str | None = None,
    workers_tls: str | Path | None = None,
) -> Result:
    """Goes on with an experiment of Python functions that was interrupted, stopped or killed.

    trial  the function that the experiment was begun with, or those of a comparison by name. Where its source is not
           the one on record a UserWarning says so; UsageError for a lambda, which nothing can be compared with
    budget_usd  a new cap on what all trials together have cost; None: the recorded one stands
    concurrency  trials at once; None: one, or as many as the workers have slots
    workers, workers_tls  as in `decide`
    """
    settings = TrialSettings(
        1 if concurrency is None else concurrency, error_types=error_kinds(error_types), budget_usd=budget_usd
    )
    where, name = workers_of(workers, workers_tls), reference_of(reference)
    return call(lambda stop: _resume(name, trial, settings, concurrency, database, stop, where))


async def _decide(trial: TrialFunction, asked: Asked, options: RunOptions, stop: Stop) -> Result:
    refuse_nested()
    return await _begin(named(trial), asked, options, stop)


async def _compare(
    trials: Arms,
    confidence: float,
    max_trials: int | None,
    margin: float,
    score: tuple[float, float] | None,
    options: RunOptions,
    stop: Stop,
) -> Result:
    from kgents.runner.author import label_of

    refuse_nested()
    if not isinstance(trials, Mapping) or len(trials) < 2:
        raise UsageError("a comparison needs two functions or more, by name", 'kg.compare({"old": f, "new": g})')
    if len(trials) > 20 or not all(isinstance(name, str) and name for name in trials):
        raise UsageError(
            "a comparison is of at most 20 functions, each with a name", 'kg.compare({"old": f, "new": g})'
        )
    for name in trials:
        label_of("arm", name)
    return await _begin(named(trials), comparing(len(trials), confidence, max_trials, margin, score), options, stop)


async def _begin(arms: dict[str, TrialFunction], asked: Asked, options: RunOptions, stop: Stop) -> Result:
    from kgents.runner.begin import begin

    settings, record, database = split(options)
    request = _request(arms, asked, settings, stop)
    workers = workers_of(options.get("workers"), options.get("workers_tls"))
    concurrency = None if workers is not None and "concurrency" not in options else settings.concurrency
    async with opened(database, record) as (store, context, source):
        summary = await begin(request, store, context, concurrency, (), stop.listen(), workers)
        _raise(stop, summary, record)
        return await result_of(store, summary, source)


def _request(arms: dict[str, TrialFunction], asked: Asked, settings: TrialSettings, stop: Stop) -> "Request":
    from kgents.domain.json import digest_of
    from kgents.kinds.kind import Request

    identities = {name: identity_of(function).to_data() for name, function in arms.items()}
    config = {
        "type": "callable",
        "arms": [{"name": name, **identity} for name, identity in identities.items()],
        "timeout": settings.timeout,
        "error_types": error_names(settings.error_types),
        **({"isolate": True} if settings.isolate else {}),
        **asked.config,
    }
    if settings.series is not None and not asked.decides:
        raise UsageError("series is about decisions on one rate or mean score", "kg.decide(trial, target=.9, series=…)")
    functions = Opened(arms, settings.error_types, stop.abort)
    facts = {"spec": digest_of(config["arms"]), **asked.facts}
    return Request(
        "callable", config, asked.design, arms=tuple(arms), oracle=asked.oracle, facts=facts, opened=functions,
        series=settings.series, capped_by_default=settings.series is not None and asked.capped_by_default,
        **asked.layout, **settings.request(),
    )  # fmt: skip


async def _resume(
    reference: str,
    trial: TrialFunction | Arms,
    settings: TrialSettings,
    concurrency: int | None,
    database: str | None,
    stop: Stop,
    workers: "Workers | None",
) -> Result:
    from kgents.kinds.callable.resuming import checked_arms
    from kgents.runner.resume import resume as go_on

    refuse_nested()
    async with opened(database) as (store, context, source):
        experiment = await store.resolve(reference)
        arms = await checked_arms(store, experiment, named(trial))
        functions = Opened(arms, settings.error_types, stop.abort)
        summary = await go_on(
            experiment,
            store,
            context,
            settings.new_budget(),
            concurrency,
            (),
            stop.listen(),
            opened=functions,
            workers=workers,
        )
        _raise(stop, summary)
        return await result_of(store, summary, source)


def _raise(stop: Stop, summary: "Summary", record: bool = True) -> None:
    """Raises what the run was stopped for, if it was before its end, with the way to go on."""
    if stop.wrong is None or summary.decision is not None:
        return
    if record:
        stop.wrong.add_note(f"{summary.plan.experiment} is on record: kg.resume({summary.plan.experiment!r}, trial)")
    raise Halted(stop.wrong)


async def _awaited(work: Any) -> Result:
    """The work in this loop; when it is cancelled its run is stopped first, so that the record says so."""
    stop = Stop()
    task: asyncio.Task[Result] = asyncio.ensure_future(work(stop))
    try:
        return await asyncio.shield(task)
    except Halted as halted:
        raise halted.wrong from None
    except asyncio.CancelledError as cancelled:
        if not task.done():
            stop.abort(cancelled)
            await asyncio.wait([task])
            task.exception()
        raise

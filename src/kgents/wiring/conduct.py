"""Begins and resumes experiments: a request and a store in, a finished (or stopped) record out."""

import asyncio
import json
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from kgents import __version__
from kgents.domain.fact import Finished
from kgents.domain.ids import experiment_id
from kgents.domain.mark import digest
from kgents.domain.outcome import Tier
from kgents.domain.plan import Budget, Errors, Layout, Plan
from kgents.domain.ports import Kind, Recalling, Store
from kgents.domain.summary import Summary
from kgents.engine.compare import duel_of
from kgents.engine.run import Run
from kgents.errors import TamperedRecord, UsageError
from kgents.executors.local import Interruption, LocalExecutor, Observer
from kgents.experiments.registry import face
from kgents.harness.ledger import Ledger
from kgents.harness.secret import Secrets
from kgents.report.planning import impossible, impossible_duel
from kgents.stats import Design, DesignError, boundary, check_confidence
from kgents.wiring.bill import announce_bill
from kgents.wiring.clock import SystemClock
from kgents.wiring.settings import Settings

Builder = Callable[[str, Mapping[str, Any], Settings], Awaitable[Kind]]


@dataclass(frozen=True, slots=True)
class Request:
    """An experiment as it is asked for. `config` is JSON data: all that the kind needs to run a trial."""

    kind: str
    config: Mapping[str, Any]
    design: Design
    seed: int
    arms: tuple[str, ...] = ("",)
    layout: Layout = Layout.INDEPENDENT
    name: str | None = None
    tags: tuple[str, ...] = ()
    errors: Errors = Errors.EXCLUDE
    budget: Budget = Budget()
    max_errors: int | None = None
    tier: Tier = Tier.EMPIRICAL
    oracle: str | None = None
    model: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    boundary_digest: str | None = None


async def begin(
    request: Request,
    store: Store,
    settings: Settings,
    builder: Builder,
    concurrency: int = 1,
    observers: Sequence[Observer] = (),
) -> Summary:
    """Runs a new experiment to its end or first stop; the summary is what the record then says."""
    clock = SystemClock()
    redact = Secrets(settings.environment).redact
    refuse_secrets(request, redact)
    refuse_bytes(request)
    check_design(request.design)
    config = json.dumps(request.config, sort_keys=True, separators=(",", ":")).encode()
    plan = plan_of(request, experiment_id(clock.now(), secrets.randbits(30)), digest(config))
    announce_impossible(plan)
    await announce_bill(plan, request.config, store)
    settings = replace(settings, ledger=Ledger(plan.budget, clock=clock.monotonic))
    kind = await builder(plan.experiment, request.config, settings)
    try:
        async with store.hold(plan.experiment), interruptible() as stop:
            executor = LocalExecutor(store, kind, clock, redact, observers)
            await executor.begin(plan, [config], Run(concurrency), stop)
    finally:
        await kind.aclose()
    return await store.summary(plan.experiment)


def check_design(design: Design) -> None:
    """UsageError for a confidence that nothing can be decided at, whoever asks."""
    try:
        check_confidence(design.confidence)
    except DesignError as wrong:
        raise UsageError(f"confidence = {design.confidence:g}: {wrong.allowed}", "such as 0.95") from wrong


def refuse_secrets(request: Request, redact: Callable[[str], str]) -> None:
    """UsageError where a key stands in what would be recorded: it cannot be redacted there and still run."""
    for what in _strings([request.config, request.name, request.tags, request.facts]):
        if redact(what) != what:
            raise UsageError(
                "what is to be recorded (spec, command, name or tag) holds a key or password",
                "refer to it by the name of a variable: commands are run with your environment",
            )


def refuse_bytes(request: Request) -> None:
    """UsageError where a name or tag is no text: it has to be the same in every database."""
    for what in _strings([request.name, request.tags, request.facts]):
        if "\0" in what or any("\ud800" <= character <= "\udfff" for character in what):
            raise UsageError(f"{what!a} is not UTF-8", "give names and tags as text")


def _strings(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case Mapping():
            for key, value in data.items():
                yield from _strings([key, value])
        case list() | tuple():
            for value in data:
                yield from _strings(value)


def announce_impossible(plan: Plan) -> None:
    """Says on stderr, before the first trial, which verdicts cannot occur."""
    lines = []
    if plan.layout is Layout.INDEPENDENT:
        lines = impossible(plan.design)
    elif plan.layout is Layout.COMPARE and "allocation" not in plan.facts:
        lines = impossible_duel(duel_of(plan.design, len(plan.arms)))
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201


def plan_of(request: Request, experiment: str, config: str) -> Plan:
    """The plan mark's content for this request."""
    return Plan(
        experiment=experiment,
        kind=request.kind,
        config=config,
        design=request.design,
        boundary_digest=request.boundary_digest or boundary(request.design).digest,
        seed=request.seed,
        arms=request.arms,
        layout=request.layout,
        name=request.name,
        tags=request.tags,
        errors=request.errors,
        budget=request.budget,
        max_errors=request.max_errors or max(10, (request.design.max_trials or 0) // 5),
        tier=request.tier,
        oracle=request.oracle,
        model=request.model,
        facts={"kgents": __version__, **_timeout(request), **request.facts},
    )


def _timeout(request: Request) -> dict[str, str]:
    """Seconds per trial, as far as the kind has a limit; a fact, because warnings look at it."""
    seconds = request.config.get("timeout")
    return {} if seconds is None else {"timeout": repr(float(seconds))}


async def resume(
    reference: str,
    store: Store,
    settings: Settings,
    builders: Callable[[str], Builder],
    budget: Budget | None = None,
    concurrency: int | None = None,
    observers: Sequence[Observer] = (),
) -> Summary:
    """Goes on with an experiment that was interrupted, stopped, failed or killed; one that is complete is left alone.

    concurrency  None: what the kind does best
    """
    experiment = await store.resolve(reference)
    async with store.hold(experiment):
        run = await replay(store, experiment)
        run.concurrency = concurrency or face(run.plan.kind).at_once
        if run.sealed:
            print(f"{experiment} is complete; there is nothing to resume", file=sys.stderr)  # noqa: T201
            return await store.summary(experiment)
        config = await load_config(store, run.plan)
        clock, budget = SystemClock(), budget or run.plan.budget
        ledger = Ledger(budget, run.usage, run.elapsed.total_seconds(), clock.monotonic)
        settings = replace(settings, ledger=ledger)
        kind = await builders(run.plan.kind)(experiment, config, settings)
        if isinstance(kind, Recalling):
            facts = [mark.entry.fact async for mark in store.marks(experiment)]
            kind.recall(fact for fact in facts if isinstance(fact, Finished))
        try:
            async with interruptible() as stop:
                redact = Secrets(settings.environment).redact
                executor = LocalExecutor(store, kind, clock, redact, observers)
                await executor.resume(experiment, budget, run, stop)
        finally:
            await kind.aclose()
    return await store.summary(experiment)


async def replay(store: Store, experiment: str, concurrency: int = 1) -> Run:
    """The state that the record of an experiment determines."""
    run = Run(concurrency)
    async for mark in store.marks(experiment):
        run.receive(mark.entry)
    plan = run.plan
    if plan.layout is Layout.INDEPENDENT and boundary(plan.design).digest != plan.boundary_digest:
        raise TamperedRecord(
            f"the boundary of {experiment} is not the one that was registered before its first trial",
            f"kg witness verify {experiment}",
        )
    return run


async def load_config(store: Store, plan: Plan) -> Mapping[str, Any]:
    """The kind's configuration; UsageError where it was erased."""
    content = await store.blob(plan.config)
    if content is None:
        raise UsageError(f"the texts of {plan.experiment} were erased; it cannot be run again", None)
    loaded = json.loads(content)
    assert isinstance(loaded, dict)
    return loaded


@asynccontextmanager
async def interruptible() -> AsyncIterator[Interruption]:
    """Turns SIGINT and SIGTERM into requests to stop while it is open."""
    stop = Interruption()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.request)
    try:
        yield stop
    finally:
        for number in numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)

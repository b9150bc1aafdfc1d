"""Begins an experiment: a request and a store in, a finished (or stopped) record out."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from kgents import __version__
from kgents.domain.ids import experiment_id
from kgents.domain.mark import digest
from kgents.domain.notice import tell
from kgents.domain.plan import Layout, Plan
from kgents.domain.plan_facts import PlanFacts
from kgents.domain.ports import Store
from kgents.domain.summary import Summary
from kgents.domain.versions import CURRENT
from kgents.engine.compare import duel_of
from kgents.engine.not_worse import NAME as NOT_WORSE
from kgents.engine.run import Run
from kgents.errors import ShareTaken, UsageError
from kgents.harness.secret import Secrets
from kgents.kinds.kind import Request, RunContext
from kgents.kinds.registry import decider_by, kind_of
from kgents.report.planning import impossible, impossible_duel
from kgents.runner.author import label_of, names_for
from kgents.runner.clock import SystemClock
from kgents.runner.cluster.address import Workers
from kgents.runner.descriptors import at_once
from kgents.runner.interruption import Interruption, interruptible
from kgents.runner.local import LocalExecutor, Observer
from kgents.runner.series import in_series
from kgents.runner.where import running_on
from kgents.sandbox.owned import sweep
from kgents.stats import Control, Design, DesignError, boundary, check_confidence


async def begin(
    request: Request,
    store: Store,
    context: RunContext,
    concurrency: int | None = None,
    observers: Sequence[Observer] = (),
    interruption: Interruption | None = None,
    workers: Workers | None = None,
) -> Summary:
    """Runs a new experiment to its end or first stop; the summary is what the record then says.

    concurrency   trials in flight; None: what the kind does best
    interruption  how the caller asks it to stop; None: SIGINT and SIGTERM do
    workers       where trials are run; None: here
    """
    clock = SystemClock()
    sweep()
    redact = Secrets(context.environment).redact
    config = _checked(request, redact)
    plan = plan_of(await in_series(request, store), experiment_id(clock.now(), secrets.randbits(30)), digest(config))
    announce_impossible(plan)
    await _announce_bill(plan, request, store)
    context.ledger.begin(plan.budget, clock.monotonic)
    kind = kind_of(plan.kind)
    trials = await kind.build(plan.experiment, request.config, context, request.opened)
    async with aclosing(trials), running_on(workers, plan, request.config, context, trials) as where:
        count, notice, pace = at_once(concurrency or where.slots, kind, context, where.trials)
        async with store.lock(plan.experiment), interruptible(interruption) as stop:
            while True:
                executor = LocalExecutor(store, where.trials, clock, redact, observers, pace)
                run = Run(count, decider_by)
                if concurrency is None:
                    where.widen(run, executor.look_again)
                try:
                    whole = replace(plan, facts=cast(PlanFacts, {**plan.facts, **where.facts}))
                    await executor.begin(whole, [config], run, stop, notice)
                    break
                except ShareTaken:  # with the plan nothing was written, and no trial launched: the next share, then
                    plan = plan_of(await in_series(request, store), plan.experiment, plan.config)
    return await store.summary(plan.experiment)


def _checked(request: Request, redact: Callable[[str], str]) -> bytes:
    """The configuration of a request as it is recorded. UsageError where it must not be, or cannot."""
    refuse(request, redact)
    check_design(request.design)
    return json.dumps(request.config, sort_keys=True, separators=(",", ":")).encode()


def refuse(request: Request, redact: Callable[[str], str]) -> None:
    """UsageError where what is asked for must not, or cannot, be recorded."""
    _refuse_secrets(request, redact)
    _refuse_labels(request)


def check_design(design: Design) -> None:
    """UsageError for a confidence that nothing can be decided at, whoever asks."""
    try:
        check_confidence(design.confidence)
    except DesignError as wrong:
        raise UsageError(f"confidence = {design.confidence:g}: {wrong.allowed}", "such as 0.95") from wrong


def _refuse_secrets(request: Request, redact: Callable[[str], str]) -> None:
    """UsageError where a key stands in what would be recorded: it cannot be redacted there and still run."""
    for text in {*_strings([request.config, request.name, request.tags, request.facts])}:
        if redact(text) != text:
            raise UsageError(
                "what is to be recorded (spec, command, name or tag) holds a key or password",
                "refer to it by the name of a variable: commands are run with your environment",
            )


def _refuse_labels(request: Request) -> None:
    """UsageError where a name, tag or arm cannot be one (the archive refuses it, too), or a fact is no text anywhere."""
    labels = {
        "name": [request.name] if request.name is not None else [],
        "tag": request.tags,
        "arm": request.arms if len(request.arms) > 1 else (),
    }
    for label, texts in labels.items():
        for text in texts:
            label_of(label, text)
    for text in _strings(request.facts):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise UsageError(f"{text!a} is not UTF-8", "give names and tags as text")


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


async def _announce_bill(plan: Plan, request: Request, store: Store) -> None:
    """Says what coders are expected to cost, where there are any."""
    if plan.facts.get("coders"):
        from kgents.runner.bill import announce_bill

        await announce_bill(plan, request.config, store, request.capped_by_default)


def announce_impossible(plan: Plan) -> None:
    """Says on stderr, before the first trial, which verdicts cannot occur."""
    lines = []
    if plan.layout is Layout.INDEPENDENT:
        lines = impossible(plan.design if plan.facts.get("family") == Control.FDR else plan.arm_design)
    elif plan.layout is Layout.COMPARE and "allocation" not in plan.facts and plan.facts.get("claim") != NOT_WORSE:
        lines = impossible_duel(duel_of(plan.design, len(plan.arms), plan.versions.calibration))
    for line in lines:
        tell("impossible", line.removeprefix("warning: "), "warning")


def plan_of(request: Request, experiment: str, config: str) -> Plan:
    """The plan of this request; name, tags, user and host are a text of their own."""
    plan = Plan(
        experiment=experiment,
        kind=request.kind,
        config=config,
        design=request.design,
        boundary_digest=request.boundary_digest or "",
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
        facts=cast(PlanFacts, {"kgents": __version__, **_timeout(request), **request.facts}),
        decider=request.decider,
        versions=CURRENT,
    )
    if not plan.boundary_digest:
        plan = replace(plan, boundary_digest=boundary(plan.arm_design).digest)
    return plan.with_names(names_for(request.name, request.tags, request.with_user))


def _timeout(request: Request) -> dict[str, str]:
    """Seconds per trial, as far as the kind has a limit; a fact, because warnings look at it."""
    seconds = request.config.get("timeout")
    return {"timeout": repr(float(seconds))} if isinstance(seconds, int | float) else {}

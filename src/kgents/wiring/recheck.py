"""`kg witness verify`: the record against itself and, on request, the verdict against the candidates."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from kgents.domain.fact import Finished
from kgents.domain.ports import Slot
from kgents.domain.seeds import derive
from kgents.domain.summary import Summary
from kgents.errors import KgentsError
from kgents.store.sql import SqlStore
from kgents.store.witness import Checked, verify
from kgents.wiring.conduct import load_config, replay
from kgents.wiring.settings import Settings


async def check_all(
    store: SqlStore, settings: Settings, experiment: str | None, head: str | None, recheck: bool
) -> AsyncIterator[Checked]:
    """One result per log."""
    async for checked in verify(store, experiment):
        problems = list(checked.problems)
        if experiment is not None and checked.log == experiment and head is not None:
            ids = [mark.id async for mark in store.marks(experiment)]
            if not any(identity.startswith(head.lower()) for identity in ids):
                problems.append(f"the head {head} is not in its chain: it was cut off or rewritten")
        if recheck and checked.log != "ledger" and not problems:
            problems += await _verdict(store, settings, await store.summary(checked.log))
        yield replace(checked, problems=tuple(problems))


async def _verdict(store: SqlStore, settings: Settings, summary: Summary) -> list[str]:
    """Replays the path, recomputes the decision, and judges the stored candidates again."""
    try:
        run = await replay(store, summary.plan.experiment)
    except KgentsError as wrong:
        return [wrong.message]
    problems = []
    computed = run.decider.decision()
    if run.decided is not None and (computed is None or computed.to_data() != run.decided.to_data()):
        problems.append(f"the path does not lead to the verdict {run.decided.verdict}")
    if summary.plan.kind in ("generate", "suite"):
        problems += await _candidates(store, settings, summary)
    return problems


async def _candidates(store: SqlStore, settings: Settings, summary: Summary) -> list[str]:
    import asyncio

    from kgents.domain.json import digest_of
    from kgents.verify.oracle import Oracle
    from kgents.verify.verifier import SandboxVerifier
    from kgents.wiring.confinement import sandbox_of

    config = await load_config(store, summary.plan)
    tasks = config.get("tasks", [config])
    oracles = [Oracle.from_data(task["oracle"]) for task in tasks]
    digest = digest_of([oracle.digest for oracle in oracles]) if "tasks" in config else oracles[0].digest
    if digest != summary.plan.facts.get("oracle_digest"):
        return ["the oracle is not the one that was registered"]
    problems = []
    sandbox = await asyncio.to_thread(sandbox_of, config)
    verifiers = [SandboxVerifier(oracle, sandbox) for oracle in oracles]
    try:
        async for mark in store.marks(summary.plan.experiment):
            fact = mark.entry.fact
            if not isinstance(fact, Finished) or fact.success is None or fact.output is None:
                continue
            content = await store.blob((fact.candidate if "tasks" in config else None) or fact.output)
            if content is None:
                continue
            code = _program(content.decode("utf-8", "surrogatepass"), fact, config)
            verifier = verifiers[_place(fact, config, summary)]
            success = False if code is None else (await verifier.verify(code)).success
            if success is not None and success != fact.success:
                problems.append(f"trial {fact.index}: recorded as {fact.success}, judged again as {success}")
    finally:
        sandbox.close()
    return problems


def _program(text: str, fact: Finished, config: Mapping[str, Any]) -> str | None:
    """The program of a trial; None where its answer held none."""
    from kgents.harness.prompt import extract

    if "tasks" not in config:
        return extract(text).code
    return text if fact.candidate is not None or config["samples"] else None


def _place(fact: Finished, config: Mapping[str, Any], summary: Summary) -> int:
    """The oracle of a trial."""
    from kgents.experiments.suite_place import place_of

    if "tasks" not in config:
        return 0
    slot = Slot(fact.arm, fact.index, derive(summary.plan.seed, fact.index))
    return place_of(config["way"], slot, len(config["tasks"]), config["order"])[0]

"""The candidates that a record keeps, judged again."""

import asyncio
from collections.abc import Callable, Sequence

from kgents.domain.fact import Finished
from kgents.domain.ports import Store
from kgents.domain.summary import Summary
from kgents.harness.prompt import extract
from kgents.kinds.confinement import sandbox_of
from kgents.kinds.kind import Config
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier


async def recheck(store: Store, config: Config, summary: Summary) -> list[str]:
    """A sentence for each trial whose candidate is judged differently now, or one about an oracle that was changed."""
    oracle = Oracle.from_data(config["oracle"])
    if oracle.digest != summary.plan.facts.get("oracle_digest"):
        return ["the oracle is not the one that was registered"]
    return await judge_again(
        store,
        config,
        summary,
        [oracle],
        lambda fact: 0,
        lambda fact: fact.output,
        lambda fact, text: extract(text).code,
    )


async def judge_again(
    store: Store,
    config: Config,
    summary: Summary,
    oracles: Sequence[Oracle],
    oracle_of: Callable[[Finished], int],
    address_of: Callable[[Finished], str | None],
    program_of: Callable[[Finished, str], str | None],
) -> list[str]:
    """A sentence for each trial whose verdict differs. Trials whose text was erased are left out.

    oracle_of   the place of a trial's oracle among `oracles`
    address_of  the blob that holds what a trial was judged by
    program_of  the program in that text; None where it holds none, which is a failure
    """
    problems = []
    sandbox = await asyncio.to_thread(sandbox_of, config)
    verifiers = [SandboxVerifier(oracle, sandbox) for oracle in oracles]
    try:
        async for mark in store.marks(summary.plan.experiment):
            fact = mark.entry.fact
            if not isinstance(fact, Finished) or fact.success is None or fact.output is None:
                continue
            address = address_of(fact)
            content = None if address is None else await store.blob(address)
            if content is None:
                continue
            code = program_of(fact, content.decode("utf-8", "surrogatepass"))
            success = False if code is None else (await verifiers[oracle_of(fact)].verify(code)).success
            if success is not None and success != fact.success:
                problems.append(f"trial {fact.index}: recorded as {fact.success}, judged again as {success}")
    finally:
        sandbox.close()
    return problems

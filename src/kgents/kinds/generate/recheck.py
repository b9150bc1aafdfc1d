"""The candidates that a record keeps, judged again."""

import asyncio
from collections.abc import Callable, Sequence

from kgents.domain.fact import Finished
from kgents.domain.ports import Judgement, Slot, Store
from kgents.domain.summary import Summary
from kgents.harness.extraction import extract
from kgents.kinds.command.score import RESOLUTION
from kgents.kinds.confinement import sandbox_of
from kgents.kinds.generate.options import GenerateConfig
from kgents.kinds.generate.program import wanted_of
from kgents.kinds.generate.trial import order_of, score_of
from kgents.kinds.kind import Rechecked
from kgents.kinds.options import SandboxOptions
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle, digest_of_data
from kgents.verify.verifier import SandboxVerifier

NO_PROGRAM = Judgement(False, None, None)


async def recheck(store: Store, config: GenerateConfig, summary: Summary) -> Rechecked:
    """The trials whose candidates are judged differently now, or a problem where the oracle was changed."""
    oracle = Oracle.from_data(config["oracle"])
    if digest_of_data(config["oracle"]) != summary.plan.facts.get("oracle_digest"):
        return Rechecked(("the oracle is not the one that was registered",))
    wanted = wanted_of(config, oracle)
    return await judge_again(
        store,
        config,
        summary,
        [oracle],
        lambda fact: 0,
        lambda fact: fact.output,
        lambda fact, text, sandbox: extract(text, wanted, sandbox).code,
    )


async def judge_again(
    store: Store,
    config: SandboxOptions,
    summary: Summary,
    oracles: Sequence[Oracle],
    oracle_of: Callable[[Finished], int],
    address_of: Callable[[Finished], str | None],
    program_of: Callable[[Finished, str, Sandbox], str | None],
    hidden: Sequence[str | None] = (),
) -> Rechecked:
    """The trials whose verdict differs. Trials whose text was erased are counted; a success without one is a problem.

    oracle_of   the place of a trial's oracle among `oracles`
    address_of  the blob that holds what a trial was judged by
    program_of  the program in that text; None where it holds none, which is a failure
    hidden      files of which candidates see nothing
    """
    different, problems, unjudged = {}, [], 0
    sandbox = await asyncio.to_thread(sandbox_of, config, None, hidden)
    verifiers = [SandboxVerifier(oracle, sandbox) for oracle in oracles]
    try:
        async for mark in store.marks(summary.plan.experiment):
            fact = mark.entry.fact
            if not isinstance(fact, Finished) or fact.success is None:
                continue
            address = address_of(fact)
            if address is None:
                if fact.success:
                    problems.append(f"trial {fact.index}: a success without a text that could be judged")
                continue
            content = await store.blob(address)
            if content is None:
                unjudged += 1
                continue
            text = content.decode("utf-8", "surrogatepass")
            code = await sandbox.in_thread(program_of, fact, text, sandbox)
            draw = order_of(Slot(fact.arm, fact.index, summary.plan.seed_of(fact.arm, fact.index)))
            judgement = NO_PROGRAM if code is None else await verifiers[oracle_of(fact)].verify(code, draw)
            again = _verdict(judgement.success, (score_of(judgement),) if fact.score else ())
            recorded = _verdict(fact.success, fact.score)
            if judgement.success is not None and again != recorded:
                sentence = f"trial {fact.index}: recorded as {recorded}, judged again as {again}"
                different[fact.arm, fact.index] = sentence
    finally:
        sandbox.close()
    return Rechecked(tuple(problems), different, unjudged)


def _verdict(success: bool | None, score: Sequence[int]) -> str:
    return f"{success}{f' with the score {score[0] / RESOLUTION:g}' if score else ''}"

"""The candidates that a record keeps, judged again."""

from collections.abc import AsyncIterator, Callable, Sequence

from kgents.domain.fact import Finished
from kgents.domain.ports import Judgement, Slot, Store
from kgents.domain.summary import Summary
from kgents.harness.extraction import extract
from kgents.kinds.command.score import RESOLUTION
from kgents.kinds.generate.options import GenerateConfig
from kgents.kinds.generate.program import wanted_of
from kgents.kinds.generate.trial import order_of, score_of
from kgents.kinds.kind import Rechecked
from kgents.kinds.options import CodersConfig
from kgents.kinds.sandboxes import sandboxes_of
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
    config: CodersConfig,
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
    different: dict[tuple[int, int], str] = {}
    problems: list[str] = []
    unjudged, coders = 0, config["coders"]
    sandboxes = await sandboxes_of(config, coders, None, hidden, {oracle.kind for oracle in oracles})
    verifiers = {each: [SandboxVerifier(oracle, each) for oracle in oracles] for each in sandboxes}
    try:
        async for trial in _said_something(store, summary.plan.experiment):
            address = address_of(trial)
            content = None if address is None else await store.blob(address)
            if address is None and trial.success:
                problems.append(f"trial {trial.index}: a success without a text that could be judged")
            if content is None:
                unjudged += address is not None
                continue
            sandbox = sandboxes.of(coders[trial.arm]) if len(coders) > 1 else sandboxes.common
            code = await sandbox.in_thread(program_of, trial, content.decode("utf-8", "surrogatepass"), sandbox)
            draw = order_of(Slot(trial.arm, trial.index, summary.plan.seed_of(trial.arm, trial.index)))
            judgement = NO_PROGRAM if code is None else await verifiers[sandbox][oracle_of(trial)].verify(code, draw)
            if (difference := _difference(trial, judgement)) is not None:
                different[trial.arm, trial.index] = difference
    finally:
        sandboxes.close()
    return Rechecked(tuple(problems), different, unjudged)


async def _said_something(store: Store, experiment: str) -> AsyncIterator[Finished]:
    """The trials that were a success or a failure."""
    async for mark in store.marks(experiment):
        fact = mark.entry.fact
        if isinstance(fact, Finished) and fact.success is not None:
            yield fact


def _difference(trial: Finished, judgement: Judgement) -> str | None:
    """How a verdict differs from the recorded one; None where it does not, or says nothing."""
    again = _verdict(judgement.success, (score_of(judgement),) if trial.score else ())
    recorded = _verdict(trial.success, trial.score)
    if judgement.success is None or again == recorded:
        return None
    return f"trial {trial.index}: recorded as {recorded}, judged again as {again}"


def _verdict(success: bool | None, score: Sequence[int]) -> str:
    return f"{success}{f' with the score {score[0] / RESOLUTION:g}' if score else ''}"

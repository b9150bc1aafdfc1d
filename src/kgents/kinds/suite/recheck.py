"""The candidates of a suite that a record keeps, judged again."""

from kgents.domain.fact import Finished
from kgents.domain.json import digest_of
from kgents.domain.ports import Slot, Store
from kgents.domain.summary import Summary
from kgents.kinds.generate.recheck import judge_again
from kgents.kinds.kind import Rechecked
from kgents.kinds.suite.assignment import place_of
from kgents.kinds.suite.options import SuiteConfig
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.oracle import Oracle, digest_of_data


async def recheck(store: Store, config: SuiteConfig, summary: Summary) -> Rechecked:
    """The trials whose candidates are judged differently now, or a problem where the oracles were changed."""
    oracles = [Oracle.from_data(task["oracle"]) for task in config["tasks"]]
    if digest_of([digest_of_data(task["oracle"]) for task in config["tasks"]]) != summary.plan.facts.get(
        "oracle_digest"
    ):
        return Rechecked(("the oracle is not the one that was registered",))

    def task_of(fact: Finished) -> int:
        slot = Slot(fact.arm, fact.index, summary.plan.seed_of(fact.arm, fact.index))
        return place_of(config["way"], slot, len(config["tasks"]), config["order"])[0]

    def program_of(fact: Finished, text: str, sandbox: Sandbox) -> str | None:
        del sandbox
        return text if fact.candidate is not None or config["samples"] else None

    return await judge_again(
        store,
        config,
        summary,
        oracles,
        task_of,
        lambda fact: fact.candidate or fact.output,
        program_of,
        [config["suite"]],
    )

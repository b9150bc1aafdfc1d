"""A crowd: so many processes that open one database at the same moment, the tables not made yet, and all write to it.

`crowd.py URL PROCESSES EXPERIMENTS TRIALS`; exit status 0 where every one of them did it all.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime

from kgents.domain.fact import Decided, Finished, Planned, Sealed, Started, Verdict
from kgents.domain.ids import experiment_id
from kgents.domain.mark import Entry, digest
from kgents.domain.plan import Plan
from kgents.stats import Design, Rule
from kgents.store.sql import SqlStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def work(url: str, number: int, experiments: int, trials: int) -> None:
    """Records experiments one after the other."""
    store = await SqlStore.open(url)
    for experiment in range(experiments):
        name = experiment_id(NOW, number * 1000 + experiment)
        plan = Plan(name, "null", digest(b"{}"), Design(Rule.FIXED, None, 0.95, trials, futility=0.0), "d", 1)
        await store.append(name, [Entry(NOW, Planned(plan)), Entry(NOW, Started(0, 0))], [b"{}"])
        for index in range(trials):
            said = f"{number} {index}".encode()
            finished = Finished(0, index, True, output=digest(said))
            await store.append(name, [Entry(NOW, finished), Entry(NOW, Started(0, index + 1))], [said])
        decided = Decided(Verdict.ESTIMATE, "fixed", ((trials, trials),))
        await store.append(name, [Entry(NOW, decided), Entry(NOW, Sealed())])
    await store.aclose()


def main() -> int:
    """Forks, lets all go at once, waits."""
    url, processes, experiments, trials = sys.argv[1], *map(int, sys.argv[2:])
    gate, opened = os.pipe()
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            os.close(opened)
            os.read(gate, 1)  # ends when the parent closes its side
            code = 1
            try:
                asyncio.run(work(url, number, experiments, trials))
                code = 0
            finally:
                sys.stderr.flush()
                if code:
                    import traceback

                    traceback.print_exc()
                os._exit(code)
        children.append(child)
    os.close(opened)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


if __name__ == "__main__":
    sys.exit(main())

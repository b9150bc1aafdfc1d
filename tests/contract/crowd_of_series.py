"""A crowd that takes shares of one series: so many processes at once, each of which runs experiments of the series.

`crowd_of_series.py URL PROCESSES EXPERIMENTS`; exit status 0 where every one of them did it all.
"""

import importlib
import os
import sys

from kgents.__main__ import main

LINE = [
    "experiment",
    "run",
    "--adaptive",
    "--target",
    "0.5",
    "--max-trials",
    "40",
    "--series",
    "nightly",
    "-q",
    "--",
    "true",
]


# What each would import once it has begun, which is most of what it does.
MODULES = (
    "kgents.cli.command", "kgents.cli.running", "kgents.runner.session", "kgents.runner.begin", "kgents.report.write",
    "kgents.kinds.command.kind", "kgents.store.sql", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.asyncpg", "asyncpg", "numpy",
)  # fmt: skip


def work(url: str, experiments: int) -> int:
    """One experiment after the other; the worst exit status."""
    worst = 0
    for _ in range(experiments):
        sys.argv = ["kg", *LINE[:2], "--database", url, *LINE[2:]]
        try:
            main()
        except SystemExit as end:
            worst = max(worst, int(end.code or 0))
    return worst


def crowd(url: str, processes: int, experiments: int) -> int:
    """Forks, lets all go at once, waits."""
    for name in MODULES:
        importlib.import_module(name)
    gate, opened = os.pipe()
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            code = 99
            try:
                os.close(opened)
                os.read(gate, 1)  # ends when the parent closes its side
                code = work(url, experiments)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        children.append(child)
    os.close(opened)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


if __name__ == "__main__":
    sys.exit(crowd(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

"""A campaign of faults: what machines, people, servers and terminals do to a run, drawn at random while experiments run.

Every experiment meets two faults and is resumed until it is complete. Then nothing may be lost (what was on record stays),
nothing doubled (what was on record is not run again), no outcome wrong, and every exit code has to be that of what happened.
`faults.py FAULTS [sqlite|postgres]` prints what it saw; without the second word half of the experiments run on either.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.insert(0, str(Path(__file__).parent))
import asyncpg
from campaign import calls_in, conclusion, finished

from conftest import clean_environment, own_server

LINE = "echo $KGENTS_TRIAL >> calls; sleep 0.05; test $((KGENTS_TRIAL % 4)) -ne 0"
TRIALS = 16
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
KILLED, FAILED, INTERRUPTED, BROKEN_PIPE = -9, 1, 130, 141


@dataclass(slots=True)
class Account:
    """What a campaign saw. `problems` has to stay empty."""

    experiments: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    exits: Counter[int] = field(default_factory=Counter)
    repeated_in_flight: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Subject:
    """One experiment that meets faults. `server` is None for SQLite."""

    folder: Path
    server: Any
    account: Account
    process: subprocess.Popen[bytes] | None = None
    expected: set[int] = field(default_factory=set)
    recorded: set[int] = field(default_factory=set)
    seen_calls: int = 0

    @property
    def database(self) -> str:
        """Its URL."""
        return f"sqlite:///{self.folder}/record.db" if self.server is None else str(self.server.get_uri())

    @property
    def name(self) -> str:
        """Of the experiment and its folder."""
        return self.folder.name

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """The process of kg."""
        assert self.process is not None
        return self.process

    def start(self, descriptors: int, onto: Path | None = None) -> None:
        """Begins the experiment, or resumes it where its plan is on record; its output goes to us, or onto a file."""
        begun = asyncio.run(finished(self.database, self.name)) is not None
        how = ["resume", self.name] if begun else ["run", "--name", self.name, "--n", str(TRIALS), "--seed", "11"]
        ours = ["--database", self.database, "--concurrency", "2", "--jsonl"]
        command = [sys.executable, "-m", "kgents", "experiment", *how, *ours, *([] if begun else [LINE])]
        preload = {} if FAKETIME is None else self._clock()
        with (self.folder / "stderr").open("ab") as said, ExitStack() as stack:
            output = subprocess.PIPE if onto is None else stack.enter_context(onto.open("wb"))
            self.process = subprocess.Popen(
                command, stdout=output, stderr=said, cwd=self.folder,
                env={**clean_environment(self.folder), **preload},
                preexec_fn=lambda: _own(descriptors),
            )  # fmt: skip
        self.expected = {0}

    def _clock(self) -> dict[str, str]:
        """Variables by which the time of day of kg is read from a file, and the monotonic clock is left alone."""
        (self.folder / "clock").write_text("+0")
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def calls(self) -> list[int]:
        """The trials whose command was run, in order, with repetitions."""
        return calls_in(self.folder)

    def reaches(self, calls: int) -> bool:
        """Waits until so many commands were run since it was started; False where it ended before."""
        while len(self.calls()) - self.seen_calls < calls:
            if self.running.poll() is not None:
                return False
            os.sched_yield()
        return True

    def backends(self) -> list[int]:
        """The server's processes that serve kg."""
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'kgents'"
        return [int(row["pid"]) for row in asyncio.run(_ask(self.server.get_uri(), query))]

    def end(self) -> int:
        """Reads what is left of its output and waits."""
        output = self.running.stdout
        if output is not None and not output.closed:
            with output:
                output.read()
        return self.running.wait(timeout=120)

    def check(self, code: int) -> None:
        """Nothing lost, nothing doubled, and the exit code that fits."""
        found = asyncio.run(finished(self.database, self.name)) or set()
        calls = self.calls()
        repeated = self.recorded & set(calls[self.seen_calls :])
        if lost := self.recorded - found:
            self._problem(f"lost {sorted(lost)}")
        if repeated:
            self._problem(f"doubled {sorted(repeated)}")
        if code not in self.expected or (code == 0 and len(found) != TRIALS):
            self._problem(f"exit {code} with {len(found)} of {TRIALS} trials; expected one of {sorted(self.expected)}")
        self.recorded, self.seen_calls = found, len(calls)
        self.account.exits[code] += 1

    def _problem(self, text: str) -> None:
        said = (self.folder / "stderr").read_text()[-600:]
        self.account.problems.append(f"{self.name} on {self.database.partition(':')[0]}: {text}; {said}")


def _own(descriptors: int) -> None:
    """In the new process: its limit, and signals that end it, whatever the shell of the campaign ignores (`nohup`, `&`)."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


async def _ask(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kgents'"
FULL = Path("/dev/full")


# what may happen; each is told the subject and the seconds that it lasts, where it lasts


def stopped_and_continued(subject: Subject, seconds: float) -> None:
    """A debugger, a freezer, a laptop that is closed."""
    subject.running.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    subject.running.send_signal(signal.SIGCONT)


def _ends_by(number: signal.Signals) -> Callable[[Subject, float], None]:
    def fault(subject: Subject, seconds: float) -> None:
        subject.running.send_signal(number)
        subject.expected |= {KILLED} if number is signal.SIGKILL else {INTERRUPTED}

    return fault


def signalled_twice(subject: Subject, seconds: float) -> None:
    """Somebody who does not wait."""
    subject.running.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        subject.running.wait(timeout=0.05)
    subject.running.send_signal(signal.SIGINT)
    subject.expected |= {INTERRUPTED, -2}


def nobody_reads(subject: Subject, seconds: float) -> None:
    """`| head -1`."""
    assert subject.running.stdout is not None
    subject.running.stdout.readline()
    subject.running.stdout.close()
    subject.expected |= {BROKEN_PIPE, INTERRUPTED}


def output_is_full(subject: Subject, seconds: float) -> None:
    """`> x.jsonl` on a disk without room: from the beginning, so that this one begins it, or goes on, by itself."""
    if subject.running.poll() is None:
        subject.running.send_signal(signal.SIGTERM)
        subject.expected |= {INTERRUPTED}
    subject.check(subject.end())
    subject.start(descriptors=1024, onto=FULL)
    subject.expected |= {FAILED}
    subject.check(subject.end())
    subject.start(descriptors=1024)


def clock_set_back(subject: Subject, seconds: float) -> None:
    """Two days."""
    (subject.folder / "clock").write_text("-2d")


def clock_set_ahead(subject: Subject, seconds: float) -> None:
    """Two days."""
    (subject.folder / "clock").write_text("+2d")


def file_locked(subject: Subject, seconds: float) -> None:
    """Another program writes to the file of SQLite."""
    other = sqlite3.connect(subject.folder / "record.db", isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    other.execute("ROLLBACK")
    other.close()


def table_locked(subject: Subject, seconds: float) -> None:
    """Somebody maintains the tables."""

    async def hold() -> None:
        connection = await asyncpg.connect(subject.server.get_uri())
        async with connection.transaction():
            await connection.execute("LOCK TABLE marks, trials IN EXCLUSIVE MODE")
            await asyncio.sleep(seconds)
        await connection.close()

    asyncio.run(hold())


def connections_cut(subject: Subject, seconds: float) -> None:
    """A balancer, or `idle_session_timeout`."""
    asyncio.run(_ask(subject.server.get_uri(), _CUT))


def idle_sessions_end(subject: Subject, seconds: float) -> None:
    """`idle_session_timeout` of the server, shorter than a trial."""

    async def configure() -> None:
        connection = await asyncpg.connect(subject.server.get_uri(), server_settings={"idle_session_timeout": "0"})
        for change in ("SET idle_session_timeout = '20ms'", "RESET idle_session_timeout"):
            await connection.execute(f"ALTER SYSTEM {change}")
            await connection.execute("SELECT pg_reload_conf()")
            await asyncio.sleep(seconds if change.startswith("SET") else 0)
        await connection.close()

    asyncio.run(configure())


def tables_locked_crosswise(subject: Subject, seconds: float) -> None:
    """Somebody locks what kg writes in the other order: the server ends one of the two, whichever has waited longer."""

    async def hold() -> None:
        connection = await asyncpg.connect(subject.server.get_uri())
        with contextlib.suppress(asyncpg.DeadlockDetectedError):
            async with connection.transaction():
                await connection.execute("LOCK TABLE trials IN EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
                await connection.execute("LOCK TABLE marks IN EXCLUSIVE MODE")
        await connection.close()

    asyncio.run(hold())


def no_connection_left(subject: Subject, seconds: float) -> None:
    """Others have taken all connections when that of kg is cut."""

    async def crowd() -> None:
        held = []
        with contextlib.suppress(asyncpg.TooManyConnectionsError):
            while True:
                held.append(await asyncpg.connect(subject.server.get_uri()))
        await held[0].execute(_CUT)
        with contextlib.suppress(asyncpg.TooManyConnectionsError):
            while True:
                held.append(await asyncpg.connect(subject.server.get_uri()))
        await asyncio.sleep(seconds)
        for connection in held:
            await connection.close()

    asyncio.run(crowd())


def server_stands_still(subject: Subject, seconds: float) -> None:
    """A snapshot of its machine."""
    pids = subject.backends()
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(seconds if number is signal.SIGSTOP else 0)


def server_restarts(subject: Subject, seconds: float) -> None:
    """A fail-over."""
    subject.server.stop()
    subject.server.start()


ANYWHERE: Mapping[str, Callable[[Subject, float], None]] = {
    "stopped and continued": stopped_and_continued,
    "SIGHUP": _ends_by(signal.SIGHUP),
    "SIGTERM": _ends_by(signal.SIGTERM),
    "SIGQUIT": _ends_by(signal.SIGQUIT),
    "SIGINT twice": signalled_twice,
    "SIGKILL": _ends_by(signal.SIGKILL),
    "nobody reads": nobody_reads,
    "output is full": output_is_full,
    **({} if FAKETIME is None else {"clock set back": clock_set_back, "clock set ahead": clock_set_ahead}),
}
ON_SQLITE = {**ANYWHERE, "file locked": file_locked}
ON_POSTGRES = {
    **ANYWHERE,
    "table locked": table_locked,
    "tables locked crosswise": tables_locked_crosswise,
    "connections cut": connections_cut,
    "no connection left": no_connection_left,
    "idle sessions end": idle_sessions_end,
    "server stands still": server_stands_still,
    "server restarts": server_restarts,
}


def experiment(subject: Subject, chance: Random) -> None:
    """Two faults, then to its end."""
    faults = ON_SQLITE if subject.server is None else ON_POSTGRES
    wanted = chance.sample(sorted(faults), 2)
    subject.start(descriptors=chance.choice((64, 1024)))
    for name in wanted:
        if not subject.reaches(chance.randrange(1, 4)):
            subject.check(subject.end())
            subject.start(descriptors=1024)
            if not subject.reaches(1):
                break  # complete before the second one came
        faults[name](subject, 0.2 + chance.random())
        subject.account.faults[name] += 1
    code = subject.end()
    subject.check(code)
    while code != 0 and not subject.account.problems:
        subject.start(descriptors=1024)
        code = subject.end()
        subject.check(code)
    calls = subject.calls()
    subject.account.experiments += 1
    subject.account.repeated_in_flight += len(calls) - len(set(calls))
    _conclude(subject)


def _conclude(subject: Subject) -> None:
    _, _, tallies, trials, problems = asyncio.run(conclusion(subject.database, subject.name))  # type: ignore[misc]
    right = [(index, index % 4 != 0) for index in range(TRIALS)]
    if (
        problems
        or [(index, success) for index, success, _ in trials] != right
        or tallies != [(TRIALS, TRIALS * 3 // 4)]
    ):
        subject.account.problems.append(f"{subject.name}: {tallies} {trials} {problems}")


def campaign(faults: int, folder: Path, servers: list[Any], seed: int = 5) -> Account:
    """Runs experiments until there were so many faults, by turns on what stands in `servers` (None: SQLite)."""
    chance, account = Random(seed), Account()
    while sum(account.faults.values()) < faults and not account.problems:
        home = folder / f"subject{account.experiments}"
        home.mkdir()
        experiment(Subject(home, servers[account.experiments % len(servers)], account), chance)
    return account


@contextlib.contextmanager
def servers_of(word: str | None) -> Iterator[list[Any]]:
    """What the experiments run on."""
    with ExitStack() as stack:
        server = [] if word == "sqlite" else [stack.enter_context(own_server())]
        yield [*server, *([] if word == "postgres" else [None])]


def main() -> int:
    """Prints the account."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place, servers_of(sys.argv[2] if len(sys.argv) > 2 else None) as servers:
        seen = campaign(int(sys.argv[1]), Path(place), servers)
    print(f"{seen.experiments} experiments, {sum(seen.faults.values())} faults, {time.monotonic() - began:.0f} s")
    for name, count in sorted(seen.faults.items()):
        print(f"  {count:3} {name}")
    print("exits:", ", ".join(f"{code} ({count})" for code, count in sorted(seen.exits.items())))
    print(f"begun again, because they were in flight: {seen.repeated_in_flight} trials")
    print("problems:", *(seen.problems or ["none"]), sep="\n  ")
    return 1 if seen.problems else 0


if __name__ == "__main__":
    sys.exit(main())

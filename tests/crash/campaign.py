"""A campaign of kill -9: runs are killed at random moments and resumed, again and again.

After every kill the record is read by another process: whatever was announced or recorded before has to be there, and
what a resumed run does is compared with it. `campaign.py KILLS [postgres|URL]` runs until there were so many kills and
prints what it saw; without the second word every run has a SQLite file of its own, with `postgres` a server is started.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
from conftest import clean_environment, own_server
from kgents.errors import UnknownExperiment
from kgents.store import open_store
from kgents.store.witness import verify

LINE = "echo $KGENTS_TRIAL >> calls; test $((KGENTS_TRIAL * 7 % 5)) -ne 0"
TRIALS = 60
BEGIN = ("--adaptive", "--target", "0.8", "--max-trials", str(TRIALS), "--futility", "0", "--seed", "11")
LONGEST_SECONDS = 2.0  # a kill comes at a time drawn from here, or after so many calls


@dataclass(slots=True)
class Account:
    """What a campaign saw. `problems` has to stay empty."""

    runs: int = 0
    kills: int = 0
    before_the_plan: int = 0
    trials: int = 0
    in_flight: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Victim:
    """One experiment that is killed and resumed until it is complete."""

    folder: Path
    name: str
    database: str
    concurrency: int
    chance: Random
    account: Account
    recorded: set[int] = field(default_factory=set)
    seen_calls: int = 0

    def start(self) -> subprocess.Popen[bytes]:
        """Begins the experiment, or resumes it where its plan is on record."""
        begun = bool(self.recorded) or asyncio.run(finished(self.database, self.name)) is not None
        how = ["resume", self.name] if begun else ["run", "--name", self.name, *BEGIN]
        ours = ["--database", self.database, "--concurrency", str(self.concurrency), "-q", "--jsonl"]
        command = [sys.executable, "-m", "kgents", "experiment", *how, *ours, *([] if begun else [LINE])]
        with (self.folder / "events").open("wb") as events, (self.folder / "stderr").open("wb") as said:
            return subprocess.Popen(
                command, stdout=events, stderr=said, cwd=self.folder,
                env=clean_environment(self.folder), start_new_session=True,
            )  # fmt: skip

    def calls(self) -> list[int]:
        """The trials whose command was run, in order, with repetitions."""
        return calls_in(self.folder)

    def kill(self, process: subprocess.Popen[bytes]) -> bool:
        """Waits for a random moment, then kills; False where the run had ended by then."""
        by_calls = self.chance.random() < 0.7
        wanted = self.seen_calls + self.chance.randrange(1, 12)
        until = time.monotonic() + (120 if by_calls else self.chance.random() * LONGEST_SECONDS)
        while process.poll() is None and time.monotonic() < until and not (by_calls and len(self.calls()) >= wanted):
            os.sched_yield()
        if by_calls:
            for _ in range(self.chance.randrange(30)):  # somewhere inside the transaction
                os.sched_yield()
        if process.poll() is not None:
            return False
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.account.kills += 1
        return True

    def compare(self) -> None:
        """What was announced or recorded is on record; what was on record was not run again."""
        found = asyncio.run(finished(self.database, self.name))
        self.account.before_the_plan += found is None
        announced = {event["index"] for event in self.events() if event.get("event") == "trial"}
        lost = (announced | self.recorded) - (found or set())
        calls = self.calls()
        repeated = self.recorded & set(calls[self.seen_calls :])
        if lost or repeated:
            self.account.problems.append(f"{self.name}: lost {sorted(lost)}, repeated {sorted(repeated)}")
        self.recorded, self.seen_calls = found or set(), len(calls)

    def events(self) -> list[dict[str, object]]:
        """The lines that were printed in full."""
        lines = (self.folder / "events").read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def run(self, kills: int) -> object:
        """Kills until there were enough or the run is complete; what it came to."""
        while True:
            process = self.start()
            if self.account.kills >= kills or not self.kill(process):
                code = process.wait()
                self.compare()
                if code in (0, 10, 11):
                    break
                self.account.problems.append(f"{self.name}: exit {code}: {(self.folder / 'stderr').read_text()}")
                return None
            self.compare()
        calls = self.calls()
        self.account.runs += 1
        self.account.trials += len(self.recorded)
        self.account.in_flight += len(calls) - len(set(calls))
        return asyncio.run(conclusion(self.database, self.name))


def calls_in(folder: Path) -> list[int]:
    """The trials whose command wrote its number to `calls` in this folder, in order, with repetitions."""
    path = folder / "calls"
    return [int(word) for word in path.read_text().split()] if path.exists() else []


async def finished(database: str, name: str) -> set[int] | None:
    """The trials on record, as another process sees them; None without a plan."""
    store = await open_store(database)
    try:
        experiment = await store.resolve(name)
        return {trial.index async for trial in store.trials(experiment, texts=False)}
    except UnknownExperiment:
        return None
    finally:
        await store.aclose()


async def conclusion(database: str, name: str) -> object:
    """What must not depend on how often a run was killed; verified."""
    store = await open_store(database)
    try:
        experiment = await store.resolve(name)
        summary = await store.summary(experiment)
        problems = [problem async for checked in verify(store, experiment) for problem in checked.problems]
        trials = [(trial.index, trial.success, trial.cause) async for trial in store.trials(experiment)]
        tallies = [(tally.trials, tally.successes) for tally in summary.tallies]
        return summary.status, summary.verdict, tallies, trials, problems
    finally:
        await store.aclose()


def campaign(kills: int, folder: Path, database: str | None, seed: int = 5) -> Account:
    """Runs experiments until there were so many kills."""
    chance, account = Random(seed), Account()
    whole = victim(folder, "whole", None, 1, chance, account).run(0)
    while account.kills < kills and not account.problems:
        name = f"victim{account.runs}"
        found = victim(folder, name, database, (1, 8)[account.runs % 2], chance, account).run(kills)
        if found != whole:
            account.problems.append(f"{name}: {found} instead of {whole}")
    return account


def victim(folder: Path, name: str, database: str | None, concurrency: int, chance: Random, account: Account) -> Victim:
    """In a folder of its own."""
    home = folder / name
    home.mkdir()
    return Victim(home, name, database or f"sqlite:///{home}/record.db", concurrency, chance, account)


def main() -> int:
    """Prints the account."""
    kills, where = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        database = stack.enter_context(own_server()).get_uri() if where == "postgres" else where
        seen = campaign(kills, Path(place), database)
    print(seen)
    return 1 if seen.problems else 0


if __name__ == "__main__":
    sys.exit(main())

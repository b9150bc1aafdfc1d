"""A campaign on a cluster of processes: workers, schedulers and coordinators are killed at random while experiments run.

`cluster_faults.py WORKERS SCHEDULERS COORDINATORS [SEED]` (20, 5, 5) kills so many of each and prints what it saw. Every
experiment is resumed, on a new cluster or without one, until it is complete: then no trial may be lost, none be counted
twice, and every outcome and the verdict has to be that of an uninterrupted run on this machine.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "cluster"))
sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
sys.path.insert(0, str(Path(__file__).parent))
from campaign import calls_in
from local import CLOCKS, started, stopped

from conftest import clean_environment

LINE = "echo $KGENTS_TRIAL >> calls; sleep 0.3; test $((KGENTS_SEED % 7)) -lt 5"
DESIGN = ["--adaptive", "--target", "0.5", "--max-trials", "40", "--futility", "0"]
BY_TRIALS = (
    0.8  # of the kills, those that come after so many trials; the others come after a time, also before the first
)
LONGEST_SECONDS = 600.0  # for one part of a run


@dataclass(slots=True)
class Account:
    """What the campaign saw. `problems` has to stay empty."""

    experiments: int = 0
    trials: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    exits: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Site:
    """A scheduler in a process of its own, and two workers of two slots under a launcher that starts them again."""

    home: Path
    scheduler: "subprocess.Popen[str]"
    workers: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """That of the scheduler."""
        return str(self.scheduler.said)  # type: ignore[attr-defined]

    def benches(self) -> list[int]:
        """The process ids that run trials."""
        return [pid for each in self.workers for pid in children(each.pid)]


@contextmanager
def site(home: Path) -> Iterator[Site]:
    """A cluster whose scheduler can be killed alone."""
    with ExitStack() as stack:
        scheduler = started(home, "up", "--workers", "0", "--port", "0", "--insecure", "--ttl", "3")
        stack.callback(stopped, scheduler)
        running = Site(home, scheduler)
        for _ in range(2):
            worker = started(home, "worker", running.address, "--slots", "2")
            running.workers.append(worker)
            stack.callback(stopped, worker)
        yield running


def children(pid: int) -> list[int]:
    """The worker process of a `kg cluster worker`."""
    with suppress(OSError):
        lists = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
        mine = [int(each) for known in lists for each in known]
        return [each for each in mine if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
    return []


def experiment(home: Path, *words: str) -> "subprocess.Popen[str]":
    """`kg experiment …` in the background."""
    return subprocess.Popen(
        [sys.executable, "-m", "kgents", "experiment", *words], cwd=home, env=clean_environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def outcome(document: dict[str, Any]) -> Any:
    """The verdict, and (arm, index, success, cause) of every trial."""
    trials = [(trial["arm"], trial["index"], trial["success"], trial["cause"]) for trial in document["trials"]]
    return document["evidence"]["verdict"], sorted(trials, key=lambda trial: trial[:2])


@dataclass(slots=True)
class Campaign:
    """Kills of each sort that are left, and what was seen so far."""

    left: Counter[str]
    chance: Random
    account: Account = field(default_factory=Account)

    def wound(self, running: "subprocess.Popen[str]", where: Site) -> bool:
        """Waits for so many trials to begin, or now and then for a time, and kills one of what is left.

        False where the run ended before.
        """
        more, end = self.chance.randrange(1, 9), time.monotonic() + self.chance.uniform(0.5, 4)
        wanted = len(calls_in(where.home)) + more if self.chance.random() < BY_TRIALS else None
        while time.monotonic() < end if wanted is None else len(calls_in(where.home)) < wanted:
            if running.poll() is not None:
                return False
            select.select([], [], [], 0.05)
        sort = self.chance.choice([sort for sort, count in self.left.items() if count])
        benches = where.benches()
        if sort == "worker" and not benches:
            return True
        pid = {"worker": benches and self.chance.choice(benches), "scheduler": where.scheduler.pid}.get(
            sort, running.pid
        )
        os.kill(pid, signal.SIGKILL)
        self.left[sort] -= 1
        self.account.kills[sort] += 1
        return sort == "worker"

    def run(self, home: Path, seed: int) -> None:
        """One experiment, killed and resumed until it is complete; compared with an uninterrupted one."""
        design = ["run", *DESIGN, "--seed", str(seed), "-q", "--json"]
        local = experiment(home, *design, "--concurrency", "4", "--", "sh", "-c", LINE)
        expected = outcome(json.loads(local.communicate(timeout=LONGEST_SECONDS)[0]))
        words, name = [*design, "--name", f"wounded-{seed}"], f"wounded-{seed}"
        begun = False
        while True:
            with site(home) as where:
                ours = ["--workers", where.address, "--workers-clocks", CLOCKS]
                line = ["resume", name, "-q", "--json", *ours] if begun else [*words, *ours, "--", "sh", "-c", LINE]
                running = experiment(home, *line)
                while sum(self.left.values()) and self.wound(running, where):
                    pass
                text, said = running.communicate(timeout=LONGEST_SECONDS)
            self.account.exits[running.returncode] += 1
            begun = begun or f'"{name}"' in self._history(home)
            nobody = running.returncode == 1 and '"kind": "world"' in text  # all were killed before a trial began
            if running.returncode not in (-signal.SIGKILL, 12) and not nobody:
                break
        self._judge(seed, text, said, expected)

    def _history(self, home: Path) -> str:
        return experiment(home, "history", "--json", "--limit", "0").communicate(timeout=LONGEST_SECONDS)[0]

    def _judge(self, seed: int, text: str, said: str, expected: Any) -> None:
        self.account.experiments += 1
        if '"trials"' not in text:
            self.account.problems.append(f"seed {seed}: {text}{said}")
            return
        document = json.loads(text)
        self.account.trials += len(document["trials"])
        if outcome(document) != expected:
            self.account.problems.append(f"seed {seed}: {outcome(document)} instead of {expected}")


def main(workers: int, schedulers: int, coordinators: int, seed: int) -> int:
    """Runs until there were so many kills; 1 where anything was lost, doubled or judged otherwise."""
    campaign = Campaign(Counter(worker=workers, scheduler=schedulers, coordinator=coordinators), Random(seed))
    account = campaign.account
    with tempfile.TemporaryDirectory(prefix="kgents-cluster-faults-") as folder:
        home = Path(folder)
        while sum(campaign.left.values()) and not account.problems:
            campaign.run(home, seed * 1000 + account.experiments)
            print(f"{account.experiments} experiments, kills {dict(account.kills)}", flush=True)
        verified = subprocess.run(
            [sys.executable, "-m", "kgents", "witness", "verify"], cwd=home, env=clean_environment(home),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if verified.returncode:
            account.problems.append(verified.stdout + verified.stderr)
    print(
        f"{account.experiments} experiments, {account.trials} trials, kills {dict(account.kills)}, exits {dict(account.exits)}"
    )
    print("\n".join(account.problems) or "0 lost, 0 counted twice, same verdicts, record verified")
    return int(bool(account.problems))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*[*numbers, *(20, 5, 5, 1)[len(numbers) :]]))

"""A cluster of processes on this machine, for tests: `kg cluster up` and `kg cluster worker` as a user starts them."""

import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

DEADLINE = 90.0  # seconds for a process to say that it is ready, on a machine that is busy
CLOCKS = "grace=3,lease=3,ttl=3,silence=3"


def started(home: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """`kg cluster …`, once it has said its first line; that line is its attribute `said`."""
    environment = {**clean_environment(home), **variables}
    with (home / "cluster.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kgents", "cluster", *words],
            stdout=subprocess.PIPE, stderr=log, text=True, cwd=home, env=environment,
        )  # fmt: skip
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], DEADLINE)
    process.said = process.stdout.readline().strip() if ready else ""  # type: ignore[attr-defined]
    if not process.said:  # type: ignore[attr-defined]
        process.kill()
        raise AssertionError(f"kg cluster {' '.join(words)}: {(home / 'cluster.log').read_text()}")
    return process


def stopped(process: subprocess.Popen[str]) -> None:
    """Ends a process of a cluster."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its address and its home."""

    address: str
    home: Path
    process: "subprocess.Popen[str]"

    @property
    def options(self) -> list[str]:
        """The options of a run on it."""
        tls = ["--workers-tls", str(self.home / "kgtls")] if self.address.startswith("tls") else []
        return ["--workers", self.address, "--workers-clocks", CLOCKS, *tls]


@contextmanager
def cluster(home: Path, *words: str, **variables: str) -> Iterator[Cluster]:
    """`kg cluster up` on a free port; --insecure unless words say otherwise."""
    process = started(home, "up", "--port", "0", *words, **variables)
    try:
        yield Cluster(process.said, home, process)  # type: ignore[attr-defined]
    finally:
        stopped(process)


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and was not reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(ready: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """What `ready` says once it says something. AssertionError after so long."""
    end = time.monotonic() + seconds
    while not (value := ready()):
        assert time.monotonic() < end, "it never came"
        select.select([], [], [], 0.02)
    return value

"""Workers that die, freeze and kill, coordinators and schedulers that vanish: delays, never another answer."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from local import DEADLINE, Cluster, alive, cluster, until

from conftest import clean_environment

Kg = Callable[..., subprocess.CompletedProcess[str]]
SEED = ["--seed", "11", "--n", "10"]
LINE = "echo > begun/$$; while [ -e wait ]; do sleep 0.05; done; test $((KGENTS_SEED % 10)) -lt 8"
POISON = """import os, signal
from pathlib import Path
if os.environ["KGENTS_TRIAL"] == "3":
    pid = os.getppid()
    while b"spawn_main" not in Path(f"/proc/{pid}/cmdline").read_bytes():
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(pid, signal.SIGKILL)
    signal.pause()
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers of two slots, without certificates, that several tests wound and that heals."""
    with cluster(
        tmp_path_factory.mktemp("shared"), "--insecure", "--workers", "2", "--slots", "2", "--ttl", "3"
    ) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where commands run: each writes its process id into `begun`, and waits as long as the file `wait` is there."""
    (tmp_path / "begun").mkdir()
    (tmp_path / "wait").touch()
    return tmp_path


LEFT: list["subprocess.Popen[str]"] = []


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """A test that fails leaves no run behind that would take the next one's workers."""
    yield
    while LEFT:
        running = LEFT.pop()
        if running.poll() is None:
            running.kill()
            running.communicate()


def begin(folder: Path, options: list[str], *words: str) -> "subprocess.Popen[str]":
    """A run of commands in the background."""
    running = subprocess.Popen(
        [sys.executable, "-m", "kgents", "experiment", "run", *options, *words, "--", "sh", "-c", LINE],
        cwd=folder, env=clean_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    LEFT.append(running)
    return running


def begun(folder: Path) -> list[int]:
    """The process ids of commands that run now."""
    return [pid for pid in (int(path.name) for path in (folder / "begun").iterdir()) if alive(pid)]


def parent_of(pid: int) -> int:
    """The process id of the parent."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def worker_of(pid: int) -> int:
    """The process id of the worker that runs a command; 0 where that is gone, and the command is about to be."""
    try:
        while pid > 1 and b"spawn_main" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            pid = parent_of(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pid if pid > 1 else 0


def placed(folder: Path) -> dict[int, int]:
    """Of commands that run now, below a worker that lives: the process id of the worker."""
    return {pid: worker for pid in begun(folder) if (worker := worker_of(pid))}


def workers_of(shared: Cluster) -> set[int]:
    """The process ids of a cluster's workers."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and alive(int(entry.name)):
            try:
                if (
                    parent_of(int(entry.name)) == shared.process.pid
                    and b"spawn_main" in (entry / "cmdline").read_bytes()
                ):
                    found.add(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def outcomes(document: Any) -> list[Any]:
    """(arm, index, success) of every trial."""
    return sorted((trial["arm"], trial["index"], trial["success"]) for trial in document["trials"])


def finish(running: "subprocess.Popen[str]") -> Any:
    """The document of a run in the background, once it has ended."""
    out, said = running.communicate(timeout=2 * DEADLINE)
    assert out, said
    return json.loads(out)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the run comes to on this machine alone."""
    home = tmp_path_factory.mktemp("local")
    (home / "begun").mkdir()
    return outcomes(finish(begin(home, ["-q", "--json"], *SEED)))


def test_workers_that_are_killed_cost_time_and_their_children_die(shared: Cluster, folder: Path, expected: Any) -> None:
    """Three kill -9: whatever a worker had started is gone with it, and the answer is that of a run without them."""
    running = begin(folder, shared.options, "-q", "--json", *SEED)
    for _ in range(3):
        found = until(lambda: placed(folder))
        worker = next(iter(found.values()))
        mine = [pid for pid, its in found.items() if its == worker]
        os.kill(worker, signal.SIGKILL)
        until(lambda mine=mine: not any(map(alive, mine)), 20)
    (folder / "wait").unlink()
    assert outcomes(finish(running)) == expected
    assert running.returncode == 0


def test_a_frozen_worker_is_a_delay(shared: Cluster, folder: Path, expected: Any) -> None:
    """SIGSTOP: its trials are run elsewhere; what it answers when it wakes up is nobody's."""
    running = begin(folder, shared.options, "-q", "--json", *SEED)
    worker = next(iter(until(lambda: placed(folder)).values()))
    os.kill(worker, signal.SIGSTOP)
    try:
        (folder / "wait").unlink()
        assert outcomes(finish(running)) == expected
    finally:
        if alive(worker):
            os.kill(worker, signal.SIGCONT)


def test_a_worker_that_the_scheduler_gave_up_comes_back(shared: Cluster) -> None:
    """As after a freeze or a broken connection: the engine ends what watched it, too, and another is started."""
    program = f"""
from distributed import Client
with Client({shared.address!r}, set_as_default=False) as client:
    until_gone, *_ = client.scheduler_info()["workers"]
    client.retire_workers([until_gone], close_workers=True)
"""
    until(lambda: len(workers_of(shared)) == 2)
    before = workers_of(shared)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    until(lambda: len(workers_of(shared)) == 2 and workers_of(shared) != before)


def test_a_coordinator_that_is_killed_leaves_nothing_running(
    kg: Kg, shared: Cluster, folder: Path, expected: Any
) -> None:
    """Its trials end with the lease; another one, without workers, goes on and comes to the same."""
    running = begin(folder, shared.options, "-q", *SEED)
    until(lambda: len(begun(folder)) >= 4)
    running.kill()
    running.communicate()
    until(lambda: not begun(folder), 15)
    (folder / "wait").unlink()
    document = json.loads(kg("experiment", "resume", "@latest", "-q", "--json").stdout)
    assert (document["status"], outcomes(document)) == ("completed", expected)
    assert kg("witness", "verify").returncode == 0


def test_a_second_ctrl_c_ends_the_children(shared: Cluster, folder: Path) -> None:
    """When kg has ended nothing of its trials runs any more."""
    running = begin(folder, shared.options, *SEED)
    until(lambda: len(begun(folder)) >= 4)
    running.send_signal(signal.SIGINT)
    assert running.stderr is not None
    for line in running.stderr:
        if "again to stop now" in line:
            break
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=DEADLINE)
    assert begun(folder) == []
    assert running.returncode == 130


def test_a_poison_trial_is_a_failure_and_nobody_else_is_charged(kg: Kg, shared: Cluster, tmp_path: Path) -> None:
    """Trial 3 kills its worker whenever it runs: three deaths alone are a failure with its cause; the others succeed."""
    (tmp_path / "poison.py").write_text(POISON)
    ran = kg("experiment", "run", *shared.options, "-q", "--json", "--n", "8", "--", sys.executable, "poison.py")
    trials = json.loads(ran.stdout)["trials"]
    failed = [trial for trial in trials if not trial["success"]]
    assert [(trial["index"], trial["cause"]) for trial in failed] == [(3, "forbidden_action")]
    assert "3 workers died while they ran this trial and nothing else" in failed[0]["error"]
    assert len(trials) == 8


def test_a_lost_scheduler_ends_the_run_resumably(kg: Kg, folder: Path, expected: Any) -> None:
    """Exit status 12 within the silence; no trial is lost, none is spoilt, and resume comes to the same."""
    with cluster(folder, "--insecure", "--workers", "1", "--slots", "2") as lone:
        running = begin(folder, lone.options, "-q", "--json", *SEED)
        until(lambda: len(begun(folder)) >= 2)
        lone.process.kill()
        killed = time.monotonic()
        document = finish(running)
        assert time.monotonic() - killed < 30
        assert running.returncode == 12
        assert "was lost" in document["stopped"]["text"]
        until(lambda: not begun(folder), 20)
    (folder / "wait").unlink()
    document = json.loads(kg("experiment", "resume", "@latest", "-q", "--json").stdout)
    assert (document["status"], outcomes(document)) == ("completed", expected)
    assert kg("witness", "verify").returncode == 0

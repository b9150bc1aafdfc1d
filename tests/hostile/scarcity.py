"""A machine that runs out of something, for real: `scarcity.py SCENE FOLDER` in namespaces of its own (see test_scarcity).

Says what happened as one JSON document. Processes: the table of this pid namespace is made small and filled with forks
that sleep. Disk: a small tmpfs in this mount namespace is filled with one file.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

TABLE = 400  # the kernel's least is a little above 300
ADD = "def add(a, b): return a + b"
GENERATE = ("generate", "--spec", ADD, "--json")
THREADED = (
    "import threading\n"
    "def add(a, b):\n"
    "    out = []\n"
    "    t = threading.Thread(target=lambda: out.append(a + b))\n"
    "    t.start()\n"
    "    t.join()\n"
    "    return out[0]\n"
)


class Table:
    """The table of processes."""

    def __init__(self) -> None:
        Path("/proc/sys/kernel/pid_max").write_text(str(TABLE))
        self._held: list[int] = []

    def fill(self, left: int = 0) -> None:
        """But for `left` places."""
        while (pid := self._fork()) is not None:
            self._held.append(pid)
        for _ in range(left):
            self._end(self._held.pop())

    def _fork(self) -> int | None:
        try:
            pid = os.fork()
        except OSError:
            return None
        if pid == 0:
            os.closerange(3, 256)  # so that nothing else waits for its end
            signal.pause()
            os._exit(0)
        return pid

    def _end(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def free(self) -> None:
        """Ends all that fills it."""
        while self._held:
            self._end(self._held.pop())


class Disk:
    """A small disk at a folder."""

    def __init__(self, folder: Path, size: str) -> None:
        folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
        self._filler = folder / "filler"

    def fill(self, left: int = 0) -> None:
        """But for `left` bytes."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                file.truncate(file.tell() - left)

    def free(self) -> None:
        """Gives the space back."""
        self._filler.unlink()


def started(home: Path, *words: str) -> subprocess.Popen[str]:
    """`kg experiment …`, on its way."""
    environment = {**os.environ, "KGENTS_DATA_DIR": str(home / "data")}
    command = [sys.executable, "-m", "kgents", "experiment", *words]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home, env=environment
    )


def ended(kg: subprocess.Popen[str]) -> dict[str, Any]:
    """Its exit code, its document in short, and whether anything looked like a crash."""
    out, err = kg.communicate(timeout=100)
    document = json.loads(out)
    trials = [(trial["success"], trial["cause"]) for trial in document.get("trials", ())]
    crashed = "Traceback" in out or "Traceback" in err
    said = {"exit": kg.returncode, "error": document.get("error"), "trials": trials, "crashed": crashed}
    return {**said, "status": document.get("status"), "evidence": document.get("evidence")}


def at_start(home: Path) -> Any:
    """A table with room for a few processes only when a command begins."""
    table = Table()
    found = []
    for left in (3, 6, 12):
        table.fill(left)
        found.append(ended(started(home, *GENERATE, "--n", "2")))
        table.free()
    return found


def midway(home: Path) -> Any:
    """A table that is full while trials run, and has room again when they are resumed."""
    table = Table()
    kg = started(home, *GENERATE, "--n", "200", "--name", "half")
    while kg.poll() is None and marks(home) < 15:
        os.sched_yield()
    table.fill()
    first = ended(kg)
    table.free()
    return [first, ended(started(home, "resume", "half", "--json"))]


def marks(home: Path) -> int:
    """What is durable so far."""
    try:
        with closing(sqlite3.connect(f"file:{home / 'data' / 'kgents.db'}?mode=ro", uri=True)) as record:
            return int(record.execute("SELECT count(*) FROM marks").fetchone()[0])
    except sqlite3.Error:
        return 0


def judged(home: Path) -> Any:
    """Candidates before, while, and after the table is full."""
    return _judged(Table(), (), (ADD, "def add(a, b): return a - b", THREADED))


def checked(home: Path) -> Any:
    """Candidates before, while, and after the disk of temporary files is full; the checks of a linter need it."""
    disk = Disk(home / "tmp", "256k")
    tempfile.tempdir = str(home / "tmp")
    return _judged(disk, ("lint",), (ADD, "def add(a, b): return a - b"))


def _judged(scarce: Table | Disk, checks: tuple[str, ...], candidates: tuple[str, ...]) -> Any:
    from kgents.sandbox.sandbox import open_sandbox
    from kgents.verify.oracle import Oracle
    from kgents.verify.verifier import SandboxVerifier

    verifier = SandboxVerifier(Oracle("reference", "add", rows=ROWS, checks=checks), open_sandbox(cpu_s=2))

    def all_of() -> list[list[Any]]:
        judgements = [verifier.judge(candidate) for candidate in candidates for _ in range(3)]
        return [[said.success, said.cause and said.cause.value, said.error] for said in judgements]

    found = [all_of()]
    scarce.fill()
    found.append(all_of())
    scarce.free()
    found.append(all_of())
    verifier._sandbox.close()
    return found


ROWS = (([1, 2], {"value": 3}, "add"), ([5, 5], {"value": 10}, "add"))


def temporary(home: Path) -> Any:
    """No room for temporary files at all."""
    disk = Disk(home / "tmp", "256k")
    os.environ["TMPDIR"] = str(home / "tmp")
    disk.fill()
    full = ended(started(home, *GENERATE, "--n", "2"))
    disk.free()
    return [full, ended(started(home, *GENERATE, "--n", "2"))]


SCENES: dict[str, Callable[[Path], Any]] = {
    scene.__name__: scene for scene in (at_start, midway, judged, checked, temporary)
}

if __name__ == "__main__":
    json.dump(SCENES[sys.argv[1]](Path(sys.argv[2])), sys.stdout)

"""The machine fails, not the candidate: a process table and a disk that are really full, in arenas of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import SRC, clean_environment
from kgents.domain.outcome import Cause
from kgents.sandbox.sandbox import Sandbox, open_sandbox
from kgents.verify import choosing as oracles
from kgents.verify.mirrors.line import lines_of
from kgents.verify.oracle import Oracle
from kgents.verify.verifier import SandboxVerifier

PIDS = Path("/sys/fs/cgroup/pids")
TASKS = 4
SAMPLES = 24
RIGHT, WRONG = "def add(a, b): return a + b", "def add(a, b): return a - b"
COMMON: dict[str, Any] = {"entry": "add", "defined": (), "checks": (), "tolerance": 1e-9}
TESTS = oracles.tests_oracle("def check(candidate):\n    assert candidate(2, 3) == 5\n", COMMON, "add")
ROWS = Oracle("reference", "add", ("add",), (([2, 3], {"value": 5}, "add"),))
JUDGING = """
import sys
from pathlib import Path
sys.path.insert(0, {src!r})
group = Path({group!r})
(group / "cgroup.procs").write_text(str(__import__("os").getpid()))
from kgents.verify.oracle import Oracle
from kgents.sandbox.sandbox import open_sandbox
from kgents.verify.mirrors.line import lines_of
from kgents.verify.verifier import SandboxVerifier
import json
verifier = SandboxVerifier(Oracle.from_data(json.loads({oracle!r})), open_sandbox(cpu_s=2))
def said(code): return [(found.success, found.cause) for found in [verifier.judge(code)]][0]
found = [said({right!r})]
(group / "pids.max").write_text("1")
full = [said(code) for _ in range(6) for code in ({right!r}, {wrong!r})]
(group / "pids.max").write_text("max")
verifier._sandbox.renew()
print(json.dumps([found, full, [said({right!r}), said({wrong!r})]]))
verifier._sandbox.close()
"""
FILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {src!r})
group, after = Path({group!r}), {after}
(group / "cgroup.procs").write_text(str(__import__("os").getpid()))
from kgents.__main__ import main
from kgents.verify.mirrors.line import lines_of
from kgents.verify.verifier import SandboxVerifier
judge, judged = SandboxVerifier.judge, []
def counted(self, candidate, draw=0):
    judged.append(candidate)
    if len(judged) == after:
        (group / "pids.max").write_text("1")
    return judge(self, candidate, draw)
SandboxVerifier.judge = counted
main()
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of processes whose number can be limited."""
    path = PIDS / f"kgents-{os.getpid()}"
    try:
        path.mkdir()
    except OSError:
        pytest.skip("no group for processes can be made here")
    yield path
    path.rmdir()


def task(number: int) -> dict[str, Any]:
    return {
        "task_id": f"T/{number}",
        "prompt": f'def plus(x: int) -> int:\n    """x and {number}."""\n',
        "entry_point": "plus",
        "canonical_solution": f"    return x + {number}\n",
        "test": f"def check(candidate):\n    assert candidate(1) == {number + 1}\n",
    }


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """--suite and --samples; every sample is right."""
    suite, samples = tmp_path / "suite.jsonl", tmp_path / "samples.jsonl"
    suite.write_text("".join(json.dumps(task(number)) + "\n" for number in range(TASKS)))
    rows = [
        {"task_id": f"T/{number % TASKS}", "completion": f"    return x + {number % TASKS}  # {number}\n"}
        for number in range(SAMPLES)
    ]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ["--suite", str(suite), "--samples", str(samples)]


def kg(tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=clean_environment(tmp_path), check=False, timeout=100
    )


def assert_no_failure_of_a_candidate(found: dict[str, Any]) -> None:
    """Every trial passed, or came to nothing because of us and does not count."""
    others = [(trial["counted"], trial["cause"]) for trial in found["trials"] if not trial["success"]]
    assert set(others) <= {(False, "sandbox")}, others


@pytest.mark.parametrize("oracle", [TESTS, ROWS], ids=["tests", "reference"])
def test_no_candidate_fails_because_no_process_can_be_started(group: Path, oracle: Oracle) -> None:
    program = JUDGING.format(
        src=SRC, group=str(group), oracle=json.dumps(oracle.to_data()), right=RIGHT, wrong=WRONG
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    before, full, after = json.loads(done.stdout)
    assert before == [[True, None]]
    assert after == [[True, None], [False, "wrong_output"]]
    assert full[-1] == full[-2] == [None, "sandbox"]
    assert {tuple(found) for found in full[::2]} <= {(True, None), (None, "sandbox")}
    assert {tuple(found) for found in full[1::2]} <= {(False, "wrong_output"), (None, "sandbox")}


@pytest.mark.parametrize("after", [2, TASKS + 2], ids=["before the first trial", "amid the trials"])
def test_verify_when_the_table_of_processes_is_full(group: Path, tmp_path: Path, files: list[str], after: int) -> None:
    program = FILLED.format(src=SRC, group=str(group), after=after)
    done = kg(tmp_path, sys.executable, "-c", program, "experiment", "verify", *files, "--json")
    (group / "pids.max").write_text("max")
    assert "Traceback" not in done.stderr, done.stderr
    said = json.loads(done.stdout)
    if "evidence" not in said:  # it did not begin
        assert (done.returncode, said["error"]["kind"]) in {
            (1, "machine_exhausted"), (1, "store_unavailable"), (1, "sandbox_unavailable")
        }, said  # fmt: skip
        assert "thread" in said["error"]["message"] or "process" in said["error"]["message"], said
    else:
        assert done.returncode == 12, done.stderr
        assert_no_failure_of_a_candidate(said)
    if after > TASKS:
        again = kg(tmp_path, sys.executable, "-m", "kgents", "experiment", "resume", "@latest", "--json")
        found = json.loads(again.stdout)
        assert again.returncode == 0, again.stderr
        assert (found["status"], found["evidence"]["trials_success"]) == ("completed", SAMPLES)
        judged = [trial["output"] for trial in found["trials"] if trial["success"]]
        assert len(set(judged)) == len(judged) == SAMPLES
        assert_no_failure_of_a_candidate(found)
        assert kg(tmp_path, sys.executable, "-m", "kgents", "witness", "verify").returncode == 0


def test_a_process_of_the_tests_that_is_killed_is_replaced() -> None:
    sandbox: Sandbox = open_sandbox(cpu_s=2)
    verifier = SandboxVerifier(TESTS, sandbox)
    assert verifier.judge(RIGHT).success is True
    (judge,) = lines_of(sandbox)._plain
    judge._process._zygote.kill(judge._process._number)
    assert verifier.judge(RIGHT).success is True
    found = verifier.judge(WRONG)
    assert (found.success, found.cause) == (False, Cause.WRONG_OUTPUT)
    sandbox.close()


def test_tests_that_may_keep_something_have_a_process_to_themselves() -> None:
    """It is gone afterwards, and that of the others goes on."""
    sandbox: Sandbox = open_sandbox(cpu_s=2)
    keeping = oracles.tests_oracle(
        "import os\nos.kept = getattr(os, 'kept', 0) + add(1, 2)\nassert os.kept == 3\n", COMMON, "add"
    )
    assert SandboxVerifier(TESTS, sandbox).judge(RIGHT).success is True
    before = list(lines_of(sandbox)._plain)
    assert [SandboxVerifier(keeping, sandbox).judge(RIGHT).success for _ in range(3)] == [True] * 3
    assert lines_of(sandbox)._plain == before
    assert before[0].uses == 1
    sandbox.close()


def test_tests_that_end_their_own_process_say_nothing_of_a_candidate() -> None:
    sandbox = open_sandbox(cpu_s=2)
    oracle = oracles.tests_oracle("import os\nadd(1, 2)\nos._exit(0)\n", COMMON, "add")
    found = SandboxVerifier(oracle, sandbox).judge(RIGHT)
    assert (found.success, found.cause) == (None, Cause.SANDBOX)
    assert "ended without a verdict" in str(found.error)
    sandbox.close()


ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$1 tmpfs "$2" && cd "$2" || exit 99
if [ -n "$3" ]; then head -c "$3" /dev/zero > filler; fi
export KGENTS_DATA_DIR="$2/data" TMPDIR="$2"
python=$4; shift 4
"$python" -m kgents experiment verify "$@" --json > /dev/shm/kgents-said-$$ 2> /dev/shm/kgents-told-$$; echo "$?"
cat /dev/shm/kgents-said-$$; echo; echo ----; cat /dev/shm/kgents-told-$$; echo ----
rm -f filler /dev/shm/kgents-said-$$ /dev/shm/kgents-told-$$
mount -o remount,size=50M tmpfs . || exit 98
"$python" -m kgents experiment history --json > list; cat list; echo ----
grep -q '"id"' list || exit 0
"$python" -m kgents experiment resume @latest --json; echo ----
"$python" -m kgents witness verify > /dev/null; echo "$?"
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
@pytest.mark.parametrize(
    ("size", "filler"), [("256k", ""), ("320k", ""), ("2M", "2M")], ids=["soon full", "later full", "full at once"]
)
def test_a_disk_that_is_really_full(tmp_path: Path, files: list[str], size: str, filler: str) -> None:
    """Record, temporary files and canary are all on it."""
    place = tmp_path / "disk"
    place.mkdir()
    done = kg(
        tmp_path, "unshare", "-m", "sh", "-c", ON_A_SMALL_DISK, "sh", size, str(place), filler, sys.executable, *files
    )
    code, said, told, history, *resumed = _parts(done.stdout)
    assert "Traceback" not in told, told
    assert code == 1, (code, said, told, done.stderr)
    assert said["error"]["kind"] in ("store_unavailable", "machine_exhausted"), said
    assert "the disk is full" in said["error"]["message"]
    if resumed:
        found, intact = resumed
        assert found["evidence"]["trials_success"] == found["evidence"]["trials_total"] == SAMPLES
        assert_no_failure_of_a_candidate(found)
        assert intact == 0
    else:
        assert history == []


def _parts(text: str) -> list[Any]:
    first, told, history, *more = text.split("----\n")
    code, _, said = first.partition("\n")
    return [
        int(code),
        json.loads(said),
        told,
        json.loads(history),
        *[json.loads(part) for part in more if part.strip()],
    ]

"""Failures are data, or one clear error: full disks, places that cannot be written, huge and binary specs, impatience."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_full_disk_is_one_error_and_what_was_stored_stays_readable(kg: Kg, tmp_path: Path) -> None:
    assert kg("experiment", "run", "--n", "3", "--name", "before", "true").returncode == 0
    size = (tmp_path / "data" / "kgents.db").stat().st_size

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 120_000, size + 120_000))

    done = subprocess.run(
        [sys.executable, "-m", "kgents", "experiment", "run", "--n", "60", "--json", "head -c 30000 /dev/urandom | base64"],
        capture_output=True, text=True, cwd=tmp_path, env=clean_environment(tmp_path), preexec_fn=full, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "store_unavailable"
    assert "kgents.db" in error["message"]
    assert "Traceback" not in done.stderr
    assert json.loads(kg("experiment", "show", "before", "--json").stdout)["status"] == "completed"
    assert kg("witness", "verify").returncode == 0
    resumed = json.loads(kg("experiment", "resume", "@latest", "--json").stdout)
    assert resumed["evidence"]["trials_total"] == 60


THREADLESS = """
import threading
start, refused = threading.Thread.start, []
def refusing(thread):
    if "_do_shutdown" in thread.name:
        refused.append(thread.name)
        raise RuntimeError("can't start new thread")
    start(thread)
threading.Thread.start = refusing
from kgents.__main__ import main
try:
    main()
finally:
    assert refused, "no thread was wanted"
"""


def test_an_answer_is_not_followed_by_an_error_when_the_loop_gets_no_thread_to_end_with(tmp_path: Path) -> None:
    spec = "def add(a: int, b: int) -> int:\n    return a + b"
    words = ["experiment", "generate", "--spec", spec, "--n", "2", "--model", "simulated:1", "--json", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", THREADLESS, *words], capture_output=True, text=True, cwd=tmp_path,
        env=clean_environment(tmp_path), check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["evidence"]["trials_success"] == 2


def test_a_place_that_cannot_be_written(kg: Kg) -> None:
    done = kg("experiment", "history", "--json", "--database", "sqlite:////proc/nowhere/x.db")
    assert done.returncode == 1
    assert "/proc/nowhere" in json.loads(done.stdout)["error"]["message"]


def test_a_folder_that_is_read_only(kg: Kg, tmp_path: Path) -> None:
    """It is read; one clear error for what would write; when it is writable again everything is there, and can go on."""
    begin = ("experiment", "run", "--n", "9", "--budget-seconds", "0.000001", "--name", "half", "-q", "true")
    assert kg(*begin).returncode == 11
    data = tmp_path / "data"
    prefix: list[str] = []
    if (
        os.geteuid() == 0
    ):  # root may write whatever the mode says: a mount that may not be written, for this process only
        script = f'mount --bind "{data}" "{data}" && mount -o remount,ro,bind "{data}" && exec "$@"'
        prefix = ["unshare", "-m", "sh", "-c", script, "sh"]
    for path in (*data.iterdir(), data):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        for words, code in ((("history",), 0), (("resume", "half"), 1), (("run", "--n", "2", "true"), 1)):
            done = subprocess.run(
                [*prefix, sys.executable, "-m", "kgents", "experiment", *words, "--json"],
                capture_output=True, text=True, cwd=tmp_path, env=clean_environment(tmp_path), check=False, timeout=120,
            )  # fmt: skip
            assert done.returncode == code, done
            document = json.loads(done.stdout)
            assert (
                ("kgents.db" in document["error"]["message"]) if code else [row["name"] for row in document] == ["half"]
            )
            assert "Traceback" not in done.stderr
    finally:
        for path in (data, *data.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
    resumed = json.loads(kg("experiment", "resume", "half", "--budget-seconds", "600", "--json").stdout)
    assert resumed["evidence"]["trials_total"] == 9
    assert kg("witness", "verify").returncode == 0


def test_a_huge_and_a_binary_spec_are_refused(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "huge.py").write_text("x = 1\n" * 400_000)
    (tmp_path / "binary").write_bytes(b"\x7fELF\x00\x01")
    for name, expected in (("huge.py", "more than"), ("binary", "binary")):
        done = kg("experiment", "generate", "--spec", f"@{name}")
        assert done.returncode == 2
        assert expected in done.stderr


def test_a_second_interrupt_cancels_what_is_in_flight_and_voids_it(kg: Kg, tmp_path: Path) -> None:
    line = "echo $KGENTS_TRIAL >> started; sleep 60"
    command = [sys.executable, "-m", "kgents", "experiment", "run", "--n", "5", "--json", line]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=clean_environment(tmp_path),
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=60)
    document = json.loads(stdout)
    assert (process.returncode, document["status"], document["evidence"]["trials_total"]) == (130, "interrupted", 0)
    log = kg("witness", "log", "@latest").stdout
    assert "trial.voided" in log
    assert "experiment.stopped" in log


def test_one_of_two_that_resume_at_once_is_refused_kindly(kg: Kg, tmp_path: Path) -> None:
    kg(
        "experiment",
        "run",
        "--n",
        "3",
        "--budget-seconds",
        "0.01",
        "--name",
        "x",
        "sleep 0.05; test ! -e hold || sleep 3",
    )
    (tmp_path / "hold").touch()
    first = subprocess.Popen(
        [sys.executable, "-m", "kgents", "experiment", "resume", "x", "--budget-seconds", "60"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=clean_environment(tmp_path),
    )  # fmt: skip
    while not list((tmp_path / "data").glob("*.locks/*")):
        assert first.poll() is None
    second = kg("experiment", "resume", "x", "--json")
    assert second.returncode == 1
    assert json.loads(second.stdout)["error"]["kind"] == "busy"
    (tmp_path / "hold").unlink()
    first.communicate(timeout=60)
    assert first.returncode == 0


def test_checks_of_types_and_style(kg: Kg, tmp_path: Path) -> None:
    spec = "def add(a: int, b: int) -> int: return a + b"
    lines = [
        {"code": "def add(a: int, b: int) -> int:\n    return a + b\n"},
        {"code": "def add(a: int, b: int) -> str:\n    return a + b\n"},
        {"code": "import os\n\n\ndef add(a: int, b: int) -> int:\n    return a + b\n"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    done = kg(
        "experiment", "generate", "--spec", spec, "--check", "types,lint", "--harness", "replay",
        "--candidates", "a.jsonl", "--n", "3", "--json",
    )  # fmt: skip
    trials = json.loads(done.stdout)["trials"]
    assert [trial["cause"] for trial in trials] == [None, "static_check", "static_check"]
    assert trials[1]["error"].startswith("types")
    assert trials[2]["error"].startswith("lint")


def test_ctrl_c_on_a_terminal_reaches_the_whole_group_and_spoils_no_trial(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kgents", "experiment", "generate", "--spec", "def f(a): return a", "--n", "40"]
    process = subprocess.Popen(
        [*command, "--model", "simulated:1,latency=0.2", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=clean_environment(tmp_path),
        start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    next(line for line in process.stderr if "trial 1" in line)
    os.killpg(process.pid, signal.SIGINT)
    document = json.loads(process.communicate(timeout=60)[0])
    assert (process.returncode, document["status"]) == (130, "interrupted")
    assert [trial["cause"] for trial in document["trials"]] == [None] * len(document["trials"])

"""Postgres goes away in the middle of a run: for a moment, which costs nothing; for long, which is one clear error, nothing
lost, and the run goes on when it is back; or it stands still, and two signals end the run all the same.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment, own_server


@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_a_server_that_is_restarted(concurrency: str, tmp_path: Path) -> None:
    with own_server() as server:
        url = f"{server.get_uri()}&retry_seconds=0.5"
        environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": url}

        def kg(*words: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "kgents", *words]
            return subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True
            )

        line = "echo $KGENTS_TRIAL >> calls; test $KGENTS_TRIAL -lt 6 || test -e back || sleep 0.2"
        run = kg("experiment", "run", "--n", "30", "--name", "x", "--json", "--concurrency", concurrency, line)
        calls = tmp_path / "calls"
        while not calls.exists() or len(calls.read_text().split()) < 8:
            assert run.poll() is None
            os.sched_yield()
        server.stop()
        answer, said = run.communicate(timeout=120)
        assert run.returncode == 1
        error = json.loads(answer)["error"]
        assert error["kind"] == "store_unavailable"
        assert "what was stored stays" in error["hint"]
        assert "Traceback" not in said
        down = kg("experiment", "history", "--json")
        answer, _ = down.communicate(timeout=120)
        assert down.returncode == 1
        assert json.loads(answer)["error"]["kind"] == "store_unavailable"
        server.start()
        (tmp_path / "back").touch()
        before = set(calls.read_text().split())
        resumed, _ = kg("experiment", "resume", "x", "--json", "-q").communicate(timeout=120)
        evidence = json.loads(resumed)["evidence"]
        assert (evidence["trials_total"], evidence["trials_success"]) == (30, 30)
        everything = calls.read_text().split()
        assert set(everything) == {str(index) for index in range(30)}
        assert len(everything) - 30 <= int(concurrency)  # what was in flight when it went away
        assert len(before) >= 7
        verified = kg("witness", "verify")
        verified.communicate(timeout=120)
        assert verified.returncode == 0


def test_a_server_that_comes_back_costs_nothing(tmp_path: Path) -> None:
    """No trial is lost or run twice, and nobody has to resume."""
    with own_server() as server:
        environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": server.get_uri()}
        line = "echo $KGENTS_TRIAL >> calls; test $KGENTS_TRIAL -lt 6 || while ! test -e back; do sleep 0.1; done"
        command = [sys.executable, "-m", "kgents", "experiment", "run", "--n", "30", "--json", line]
        run = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True
        )
        calls = tmp_path / "calls"
        while not calls.exists() or len(calls.read_text().split()) < 7:
            assert run.poll() is None
            os.sched_yield()
        server.stop()
        (tmp_path / "back").touch()
        server.start()
        answer, said = run.communicate(timeout=120)
        assert run.returncode == 0, said
        evidence = json.loads(answer)["evidence"]
        assert (evidence["trials_total"], evidence["trials_success"]) == (30, 30)
        assert sorted(map(int, calls.read_text().split())) == list(range(30))


def test_two_signals_end_a_run_whose_server_stands_still(tmp_path: Path) -> None:
    with own_server() as server:
        environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": server.get_uri()}
        command = [
            sys.executable,
            "-m",
            "kgents",
            "experiment",
            "run",
            "--n",
            "9",
            "--name",
            "x",
            "touch begun; cat fifo",
        ]
        os.mkfifo(tmp_path / "fifo")
        run = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True
        )
        while not (tmp_path / "begun").exists():
            assert run.poll() is None
            os.sched_yield()
        pids = server.psql(
            "COPY (SELECT pid FROM pg_stat_activity WHERE application_name = 'kgents') TO STDOUT"
        ).split()
        assert pids
        for pid in pids:
            os.kill(int(pid), signal.SIGSTOP)
        try:
            (tmp_path / "fifo").write_text("now the trial ends\n")
            run.send_signal(signal.SIGTERM)
            run.send_signal(signal.SIGINT)
            _, said = run.communicate(timeout=20)
        finally:
            for pid in pids:
                os.kill(int(pid), signal.SIGCONT)
        assert run.returncode in (1, 130)
        assert "Traceback" not in said
        verified = subprocess.run(
            [sys.executable, "-m", "kgents", "witness", "verify"], env=environment, cwd=tmp_path, check=False
        )
        assert verified.returncode == 0

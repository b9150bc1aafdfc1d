"""Postgres goes away in the middle of a run: one clear error, nothing lost, and the run goes on when it is back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment, own_server


@pytest.mark.parametrize("concurrency", ["1", "4"])
def test_a_server_that_is_restarted(concurrency: str, tmp_path: Path) -> None:
    with own_server() as server:
        environment = {**clean_environment(tmp_path), "KGENTS_DATABASE_URL": server.get_uri()}

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

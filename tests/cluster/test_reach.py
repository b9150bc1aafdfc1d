"""What reaches workers: Python functions, samples, limits, keys of their own, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from local import CLOCKS, DEADLINE, Cluster, cluster, until

from conftest import clean_environment
from kgents.testing.loopback import Answer, Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]
KEY = "sk-test-of-the-workers-0123456789"
TASK = {
    "task_id": "T/0",
    "prompt": "def one():\n    ",
    "entry_point": "one",
    "test": "def check(f):\n    assert f() == 1\n",
}


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three workers of a slot, whose folder has the module `trials`, and whose environment has a key."""
    home = tmp_path_factory.mktemp("trio")
    (home / "trials.py").write_text((Path(__file__).parent / "trials.py").read_text())
    with cluster(home, "--insecure", "--workers", "3", OPENAI_API_KEY=KEY) as running:
        yield running


def python(folder: Path, code: str) -> "subprocess.CompletedProcess[str]":
    """A program of a user."""
    (folder / "program.py").write_text(code)
    return subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=clean_environment(folder), capture_output=True, text=True,
        check=False, timeout=DEADLINE,
    )  # fmt: skip


def test_functions_are_imported_by_their_path(trio: Cluster, tmp_path: Path) -> None:
    """kg.decide(workers=…) has the answer of a run here; lambdas, __main__, other code and wrong returns are refused."""
    (tmp_path / "trials.py").write_text((trio.home / "trials.py").read_text())
    ran = python(
        tmp_path,
        f"""
import kgents as kg, trials
def mine(trial): return True
where = dict(workers="{trio.address}", record=False)
options = dict(target=.6, seed=5, max_trials=40)
here, there = kg.decide(trials.mostly, **options), kg.decide(trials.mostly, **options, **where)
print([(r.verdict, r.successes, r.trials) for r in (here, there)])
for function in (lambda: True, mine, trials.wrong):
    try: kg.decide(function, **options, **where)
    except (kg.UsageError, TypeError) as wrong: print(type(wrong).__name__, wrong)
""",
    )
    lines = ran.stdout.splitlines()
    here, there = eval(lines[0])
    assert here == there
    assert "cannot be run on workers: they import a function by its path" in lines[1]
    assert "__main__:mine cannot be run on workers" in lines[2]
    assert lines[3].startswith("TypeError"), ran.stderr
    (tmp_path / "trials.py").write_text("def mostly(trial):\n    return True\n")
    other = python(tmp_path, f"import kgents as kg, trials\nkg.decide(trials.mostly, workers='{trio.address}')")
    assert "trials:mostly is other code on this worker" in other.stderr


def test_a_limit_holds_for_all_workers_together(trio: Cluster, tmp_path: Path) -> None:
    """Three workers, seven requests a minute: the server sees seven; the coordinator's key stays where it is."""
    with Loopback([Answer(text="```python\ndef add(a, b):\n    return a + b\n```")]) as server:
        words = [
            "generate", "--spec", "def add(a, b): return a + b", "--model", "openai:x", "--base-url", f"{server.url}/v1",
            "--api-key-env", "OPENAI_API_KEY", "--n", "30", "--requests-per-minute", "7", "--concurrency", "12",
        ]  # fmt: skip
        running = subprocess.Popen(
            [sys.executable, "-m", "kgents", "experiment", *words, "--workers", trio.address, "--workers-clocks", CLOCKS],
            cwd=tmp_path, env={**clean_environment(tmp_path), "OPENAI_API_KEY": "sk-of-the-coordinator-9876543210"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        until(lambda: len(server.calls) >= 7 or running.poll() is not None, 3 * DEADLINE)  # clients take long to import
        assert running.poll() is None, running.communicate()
        with pytest.raises(AssertionError, match="never came"):
            until(lambda: len(server.calls) > 7, 3)
        running.kill()
        running.communicate()
        assert len(server.calls) == 7
        assert not any("sk-of-the-coordinator" in call.headers["authorization"] for call in server.calls)


def test_samples_are_judged_as_they_are_here(kg: Kg, trio: Cluster, tmp_path: Path) -> None:
    """`kg experiment verify` on workers: each sample has the verdict that it has on this machine."""
    (tmp_path / "suite.jsonl").write_text(json.dumps(TASK) + "\n")
    samples = [{"task_id": "T/0", "completion": f"return {each % 2}"} for each in range(7)]
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    words = ["experiment", "verify", "--suite", "suite.jsonl", "--samples", "samples.jsonl", "-q", "--json"]
    here, there = kg(*words), kg(*words, "--workers", trio.address)
    verdicts = [
        sorted((trial["index"], trial["success"], trial["cause"]) for trial in json.loads(run.stdout)["trials"])
        for run in (here, there)
    ]
    assert verdicts[0] == verdicts[1], there.stderr
    assert len(verdicts[0]) == 7

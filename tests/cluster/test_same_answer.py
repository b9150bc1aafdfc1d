"""A run on workers comes to what a run on this machine comes to, trial by trial."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from local import Cluster, cluster

Kg = Callable[..., subprocess.CompletedProcess[str]]
DESIGN = ["--seed", "7", "--adaptive", "--target", "0.9", "--max-trials", "60"]
COMMAND = [*DESIGN, "--", "sh", "-c", "test $((KGENTS_SEED % 10)) -lt 8"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers of two slots, with certificates."""
    with cluster(tmp_path_factory.mktemp("two"), "--workers", "2", "--slots", "2") as running:
        yield running


def facts(path: Path) -> dict[tuple[int, int], Any]:
    """The outcome of every trial of an export, but for its time."""
    times = ("us", "elapsed_us", "duration_us")
    marks = [json.loads(json.loads(line)["mark"]) for line in path.read_text().splitlines() if '"mark"' in line]
    ends = [mark["data"] for mark in marks if mark["kind"] == "trial.finished"]
    return {(end["arm"], end["i"]): {name: end[name] for name in end if name not in times} for end in ends}


@pytest.mark.parametrize(
    "words",
    [
        ["run", *COMMAND],
        ["generate", "--spec", "def add(a, b): return a + b", "--model", "simulated:0.7", "--seed", "3", "--n", "8"],
        ["compare", "--seed", "5", "--max-trials", "12", "test $((KGENTS_SEED % 3)) -lt 1", "test $((KGENTS_SEED % 3)) -lt 2"],
    ],
    ids=["run", "generate", "compare"],
)  # fmt: skip
def test_facts_and_decision_are_those_of_a_local_run(kg: Kg, two: Cluster, tmp_path: Path, words: list[str]) -> None:
    """The marks of every trial are equal but for times, whatever ran it."""
    first, rest = words[:1], words[1:]
    here = kg("experiment", *first, "-q", "--json", *rest)
    there = kg("experiment", *first, "-q", "--json", *two.options, *rest)
    assert here.returncode == there.returncode, there.stderr
    documents = [json.loads(run.stdout) for run in (here, there)]
    for name, document in zip(("here", "there"), documents, strict=True):
        kg("experiment", "export", document["id"], f"{name}.jsonl")
    assert documents[0]["evidence"]["verdict"] == documents[1]["evidence"]["verdict"]
    assert facts(tmp_path / "here.jsonl") == facts(tmp_path / "there.jsonl")
    assert kg("witness", "verify").returncode == 0


def test_what_workers_are_is_a_fact_of_the_plan(kg: Kg, two: Cluster, tmp_path: Path) -> None:
    """Version, interpreter and sandbox level of the workers are written before the first trial."""
    ran = kg("experiment", "run", "-q", "--json", *two.options, "--n", "2", "--", "true")
    kg("experiment", "export", json.loads(ran.stdout)["id"], "run.jsonl")
    plan = json.loads(json.loads((tmp_path / "run.jsonl").read_text().splitlines()[1])["mark"])["data"]
    (workers,) = plan["facts"]["workers"]
    assert workers["workers"] == 2
    assert set(workers) == {"kgents", "python", "sandbox", "workers"}
    assert workers["python"] == sys.version.split()[0]


def test_check_says_what_workers_are(kg: Kg, two: Cluster) -> None:
    """`kg cluster check` has a row for each worker, with its slots, level, folder and clock."""
    checked = kg("cluster", "check", two.address, "--tls", str(two.home / "kgtls"), "--json")
    assert checked.returncode == 0, checked.stderr
    rows = json.loads(checked.stdout)["workers"]
    assert [row["slots"] for row in rows] == [2, 2]
    assert {row["folder"] for row in rows} == {str(two.home)}
    assert kg("cluster", "check", two.address, "--tls", str(two.home / "kgtls")).stdout.count(str(two.home)) == 2


def test_a_client_without_certificates_is_turned_away(kg: Kg, two: Cluster) -> None:
    """Neither a plain connection nor certificates of somebody else's authority get in; keys are their owner's alone."""
    plain = kg("experiment", "run", "--workers", two.address.replace("tls", "tcp"), "--n", "1", "--", "true")
    assert plain.returncode == 1
    assert "no scheduler of workers answers there" in plain.stderr
    from kgents.runner.cluster.certificates import certificates

    other = certificates(two.home / "other")
    foreign = kg("experiment", "run", "--workers", two.address, "--workers-tls", str(other), "--n", "1", "--", "true")
    assert foreign.returncode == 1
    assert [path.stat().st_mode & 0o777 for path in sorted(other.iterdir())] == [0o600] * 3
    assert kg("experiment", "history", "--json").stdout.strip() in ("", "[]")


def test_addresses_that_are_refused_are_refused_at_once(kg: Kg) -> None:
    """tcp beyond this machine, tls without certificates, no port; and a project cannot say --insecure."""
    for words, text in (
        (["--workers", "tcp://10.1.2.3:8786"], "--insecure"),
        (["--workers", "tls://10.1.2.3:8786"], "--workers-tls DIR"),
        (["--workers", "tls://10.1.2.3:8786", "--workers-tls", "/nowhere"], "ca.pem"),
        (["--workers", "10.1.2.3"], "such as tls://127.0.0.1:8786"),
        (["--workers", "tcp://127.0.0.1:1", "--workers-clocks", "lease=never"], "NAME=SECONDS"),
    ):
        refused = kg("experiment", "run", *words, "--n", "1", "--", "true")
        assert refused.returncode == 2, refused.stderr
        assert text in refused.stderr


def test_a_project_that_names_workers_needs_a_word_of_the_user(kg: Kg, tmp_path: Path) -> None:
    """A cloned repository does not send experiments to a machine, and never without encryption."""
    (tmp_path / "pyproject.toml").write_text('[tool.kgents]\nworkers = "tls://10.1.2.3:8786"\n')
    refused = kg("experiment", "run", "--n", "1", "--", "true")
    assert (refused.returncode, "nobody is here to confirm it" in refused.stderr) == (2, True)
    (tmp_path / "pyproject.toml").write_text("[tool.kgents]\ninsecure = true\n")
    refused = kg("experiment", "run", "--n", "1", "--", "true")
    assert (refused.returncode, "a project cannot name an insecure connection" in refused.stderr) == (2, True)

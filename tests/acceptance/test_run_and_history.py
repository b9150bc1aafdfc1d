"""`run`, `history`, `show`, `resume`, `report`, `plan`, `doctor`: as a new user runs them."""

import csv
import hashlib
import json
import math
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import clean_environment

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_a_command_is_a_trial(kg: Kg) -> None:
    done = kg(
        "experiment",
        "run",
        "--n",
        "4",
        "--json",
        "--",
        "sh",
        "-c",
        "echo $KGENTS_TRIAL $KGENTS_SEED; test $KGENTS_TRIAL -lt 3",
    )
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert [trial["success"] for trial in document["trials"]] == [True, True, True, False]
    assert document["trials"][1]["output"].split() == ["1", str(document["trials"][1]["seed"])]
    assert document["trials"][3]["error"] == "exit status 1: 3 " + str(document["trials"][3]["seed"])


def test_a_time_out_kills_the_whole_tree(kg: Kg, tmp_path: Path) -> None:
    line = f"(setsid sleep 60 & echo $! > {tmp_path}/pid); sleep 60"
    done = kg("experiment", "run", "--n", "1", "--timeout", "0.5", "--json", line)
    assert json.loads(done.stdout)["trials"][0]["cause"] == "timeout"
    pid = int((tmp_path / "pid").read_text())
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_refuted_inconclusive_and_fail_on(kg: Kg) -> None:
    assert kg("experiment", "run", "--adaptive", "false").returncode == 10
    assert kg("experiment", "run", "--adaptive", "--fail-on", "never", "false").returncode == 0
    flips = ("experiment", "run", "--adaptive", "--max-trials", "20", "test $((KGENTS_TRIAL % 2)) -eq 0")
    assert kg(*flips).returncode == 11
    assert kg(*flips, KGENTS_FAIL_ON="refuted").returncode == 0


def test_history_show_and_report(kg: Kg, tmp_path: Path) -> None:
    kg("experiment", "run", "--n", "2", "--name", "first", "--tag", "t", "true")
    kg("experiment", "run", "--adaptive", "--name", "second", "false")
    listed = json.loads(kg("experiment", "history", "--today", "--json").stdout)
    assert [item["name"] for item in listed] == ["second", "first"]
    assert "trials" not in listed[0]
    assert [
        item["name"] for item in json.loads(kg("experiment", "history", "--verdict", "refuted", "--json").stdout)
    ] == ["second"]
    assert len(json.loads(kg("experiment", "history", "--tag", "t", "--json", "--trials").stdout)[0]["trials"]) == 2
    assert json.loads(kg("experiment", "history", "--since", "2000-01-01", "--kind", "parse", "--json").stdout) == []
    shown = json.loads(kg("experiment", "show", "first", "--json").stdout)
    assert shown["id"] == listed[1]["id"]
    assert "trial 1: success" in kg("experiment", "show", "first", "--trials").stdout
    files = [f"r{suffix}" for suffix in (".json", ".jsonl", ".csv", ".md", ".html", ".junit.xml")]
    done = kg("experiment", "report", "second", *[part for name in files for part in ("-o", name)])
    assert done.returncode == 0, done
    assert json.loads((tmp_path / "r.json").read_text())["name"] == "second"
    root = ET.parse(tmp_path / "r.junit.xml").getroot()
    assert root.attrib["failures"] == "1"
    head = json.loads((tmp_path / "r.json").read_text())["witness_head"]["hash"]
    for name in ("r.md", "r.html", "r.junit.xml"):
        assert head in (tmp_path / name).read_text()
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 1 + len(
        (tmp_path / "r.jsonl").read_text().splitlines()
    )


def test_show_says_first_what_it_is_and_history_is_tidy(kg: Kg) -> None:
    """Header, sentence, figures, causes; history as CSV has a row an experiment; what is large is told by its digest."""
    kg("experiment", "run", "--n", "2", "--name", "=first", "--tag", "a", "--tag", "b", "--seed", "7", "--", "false")
    shown = kg("experiment", "show").stdout.splitlines()
    labels = [line.split()[0] for line in shown[: shown.index("")]]
    assert labels == ["id", "run", "oracle", "tags", "who", "when", "plan", "status"]
    assert shown[len(labels) - 2].split(maxsplit=1)[1] == "fixed: 2 trials, no verdict, confidence 0.95, seed 7"
    assert shown[len(labels) - 1].split(maxsplit=1)[1] == "completed, 2 trials"
    assert shown[len(labels) + 1].startswith("estimate: the rate of exit status 0 was 0 of 2")
    assert any(line.split()[:4] == ["failed", "2", "×", "exit"] for line in shown)
    (row,) = csv.DictReader(kg("experiment", "history", "--csv").stdout.splitlines())
    assert (row["name"], row["kind"], row["what"], row["tags"]) == ("'=first", "run", "false", "a;b")
    assert (row["trials"], row["successes"], row["rate"], row["low"]) == ("2", "0", "0.0", "0.0")
    assert datetime.fromisoformat(row["created_at"]).tzinfo is not None
    kg("experiment", "run", "--n", "1", "--name", "long", "--", "true", "x" * 30_000)
    short = json.loads(kg("experiment", "show", "long", "--json").stdout)
    full = json.loads(kg("experiment", "show", "long", "--json", "--full").stdout)
    assert list(short).index("evidence") < list(short).index("config")
    (key,) = [key for key, value in full["config"].items() if value != short["config"][key]]
    told = json.dumps(full["config"][key], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(told.encode()).hexdigest()
    assert short["config"][key] == {"digest": digest, "characters": len(told), "shown_by": "--full"}


def test_unknown_experiments_and_commands(kg: Kg) -> None:
    done = kg("experiment", "show", "nothing", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["kind"] == "unknown_experiment"
    done = kg("experiment", "histroy")
    assert done.returncode == 2
    assert "history" in done.stderr


def test_a_budget_stops_and_a_resume_goes_on(kg: Kg) -> None:
    done = kg("experiment", "run", "--n", "6", "--budget-seconds", "0.3", "--json", "sleep 0.12")
    document = json.loads(done.stdout)
    assert (done.returncode, document["status"], document["stopped"]["reason"]) == (11, "stopped", "budget-seconds")
    before = document["trials"]
    done = kg("experiment", "resume", "@latest", "--budget-seconds", "60", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["status"], document["evidence"]["trials_total"]) == (0, "completed", 6)
    assert document["trials"][: len(before)] == before
    assert kg("experiment", "resume").returncode == 0  # complete: shown again


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_ctrl_c_stops_and_says_how_to_go_on(tmp_path: Path, number: signal.Signals) -> None:
    environment = clean_environment(tmp_path)
    command = [sys.executable, "-m", "kgents", "experiment", "run", "--n", "50", "--json", "sleep 0.2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "trial 1" in line:
            break
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=60)
    document = json.loads(stdout)
    assert (process.returncode, document["status"]) == (130, "interrupted")
    assert 2 <= document["evidence"]["trials_total"] < 50


def test_jsonl_events(kg: Kg) -> None:
    lines = [
        json.loads(line) for line in kg("experiment", "run", "--n", "2", "--jsonl", "-q", "true").stdout.splitlines()
    ]
    assert [line["event"] for line in lines] == ["planned", "trial", "trial", "decision", "done"]
    assert len({line["id"] for line in lines}) == 1
    assert [line["index"] for line in lines if line["event"] == "trial"] == [0, 1]
    document = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    assert lines[1]["seed"] == document["trials"][0]["seed"]
    assert lines[1]["mark"] in document["mark_ids"]
    assert lines[-1]["witness_head"] == document["witness_head"]


def test_every_option_is_a_variable_and_a_key(kg: Kg, tmp_path: Path) -> None:
    assert json.loads(kg("experiment", "run", "--json", "true", KGENTS_N="3").stdout)["evidence"]["trials_total"] == 3
    (tmp_path / "pyproject.toml").write_text("[tool.kgents]\nn = 4\nname = 'configured'\n")
    document = json.loads(kg("experiment", "run", "--json", "true").stdout)
    assert (document["evidence"]["trials_total"], document["name"]) == (4, "configured")
    assert json.loads(kg("experiment", "run", "--n", "1", "--json", "true").stdout)["evidence"]["trials_total"] == 1


def test_the_record_on_postgres(kg: Kg, postgres: str) -> None:
    done = kg("experiment", "run", "--n", "3", "--json", "true", KGENTS_DATABASE_URL=postgres)
    assert done.returncode == 0, done
    shown = kg("experiment", "show", "--json", KGENTS_DATABASE_URL=postgres)
    assert json.loads(shown.stdout) == json.loads(done.stdout)
    assert "no experiments" in kg("experiment", "history").stdout


def test_doctor_and_completion(kg: Kg) -> None:
    findings = {finding["what"]: finding for finding in json.loads(kg("doctor", "--json").stdout)}
    assert findings["record"]["state"] == "ok"
    assert findings["sandbox"]["detail"][:2] in ("L1", "L2", "L3", "L4")
    assert "_KG_COMPLETE" in kg("completion", "bash").stdout


@pytest.mark.parametrize("name", ["kg", "kgents"])
def test_both_scripts_complete(name: str, tmp_path: Path) -> None:
    script = Path(sys.executable).with_name(name)
    variables = {f"_{name.upper()}_COMPLETE": "bash_complete", "COMP_WORDS": f"{name} experiment ge", "COMP_CWORD": "2"}
    done = subprocess.run(
        [script], capture_output=True, text=True, env={**clean_environment(tmp_path), **variables}, check=False
    )
    assert done.stdout == "plain,generate\n"


def test_help_has_an_example_everywhere(kg: Kg) -> None:
    from kgents.cli.main import EXPERIMENT, TOP

    for path in [("experiment", name) for name in EXPERIMENT] + [(name,) for name in TOP]:
        done = kg(*path, "--help")
        assert done.returncode == 0, done
        assert "kg " + " ".join(path) in done.stdout.split("\nOptions:")[0].split("\n", 1)[1], path


def test_a_prior_from_history_is_printed_recorded_and_keeps_the_promise(kg: Kg) -> None:
    kg("experiment", "run", "--n", "8", "true")
    done = kg("experiment", "run", "--adaptive", "--prior", "history", "--json", "true")
    document = json.loads(done.stdout)
    assert "Beta(5, 1), from 8 of 8 trials of 1 earlier experiments" in done.stderr
    assert document["config"]["prior"] == {"alpha": 5.0, "beta": 1.0}
    assert document["evidence"]["operating_characteristics"]["supported"] <= 0.05


def test_eight_processes_write_at_once_and_nothing_is_lost(kg: Kg, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kgents", "experiment", "run", "-q", "--n", "15", "--json", "true"]
    environment = clean_environment(tmp_path)
    running = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
        )
        for _ in range(8)
    ]
    for process in running:
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
        assert json.loads(stdout)["evidence"]["trials_total"] == 15
    assert kg("witness", "verify").returncode == 0
    assert len(json.loads(kg("experiment", "history", "--json").stdout)) == 8


def test_which_verdicts_of_a_series_stand_together(kg: Kg) -> None:
    """`history --fdr`: every verdict is supported at 5 %; together fewer stand, and an outcome chooses no series."""
    for _ in range(2):
        assert kg("experiment", "run", "--adaptive", "--tag", "nightly", "-q", "--", "true").returncode == 0
    kg("experiment", "run", "--n", "1", "-q", "--", "true")
    both = json.loads(kg("experiment", "history", "--fdr", "0.2", "--tag", "nightly", "--json").stdout)
    assert [row["stands"] for row in both] == [True, True]
    assert both[1]["level"] == pytest.approx(0.2 * (1 - 1 / math.log2(3)))
    strict = kg("experiment", "history", "--fdr", "0.05").stdout
    assert "0 of 2 verdicts stand together" in strict
    assert "1 have no e-value" in strict
    assert kg("experiment", "history", "--fdr", "0.05", "--verdict", "supported").returncode == 2
    assert kg("experiment", "history", "--fdr", "5").returncode == 2


def test_a_latency_gate_is_a_rate_like_any_other(kg: Kg) -> None:
    """--under TIME@RATE: a trial that ends in time but late fails with its output, and is no time-out that was ended."""
    late = "echo done"
    done = kg("experiment", "run", "--under", "0.001ms@0.9", "--seed", "1", "-q", late)
    assert done.returncode == 10, done.stderr
    assert "refuted: the rate of exit status 0 within 1e-06 s is not above 0.9" in done.stdout
    document = json.loads(kg("experiment", "show", "@latest", "--json").stdout)
    failed = [trial for trial in document["trials"] if not trial["success"]]
    assert all("the limit is 1e-06 s (--under)" in trial["error"] for trial in failed)
    assert (failed[0]["output"], failed[0]["metadata"]["exit_status"]) == ("done\n", 0)
    assert kg("experiment", "run", "--under", "60s@0.5", "--seed", "1", "-q", "true").stdout.startswith("supported: ")
    assert kg("experiment", "run", "--under", "60", "--n", "3", "-q", "true").stdout.startswith("estimate: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--under", "fast"), "--under 'fast' is no limit of time"),
        (("--under", "0s"), "is no limit of time"),
        (("--under", "2s@0.9", "--target", "0.5"), "contradict each other"),
        (("--under", "300s"), "is not below --timeout 120"),
        (("--under", "2s", "--score", "last-line"), "contradict each other"),
        (("--under", "2s@.995"), "--max-trials 1051"),
    ],
)
def test_a_latency_gate_that_cannot_be_is_refused(kg: Kg, words: tuple[str, ...], told: str) -> None:
    """Before the first trial."""
    done = kg("experiment", "run", *words, "--", "true")
    assert done.returncode == 2
    assert told in done.stderr

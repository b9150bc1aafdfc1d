"""`kg experiment laws` as a subprocess: verdicts, exit codes, JSON, and targets that misbehave."""

import json
import os
import subprocess
import sys

import pytest

LAWFUL = "class A:\n    def __init__(self, n: int = 0): self.n = n\n    def __add__(self, o): return A(self.n + o.n)\n"
BROKEN = LAWFUL.replace("self.n + o.n", "self.n - o.n")


@pytest.fixture
def kg(tmp_path):
    def run(code, *options):
        target = tmp_path / "target.py"
        target.write_text(code)
        environment = {**os.environ, "KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'kg.db'}"}
        argv = [
            sys.executable,
            "-m",
            "kgents",
            "experiment",
            "laws",
            "--target",
            f"{target}:A",
            "--json",
            "-q",
            *options,
        ]
        ran = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
        return ran.returncode, json.loads(ran.stdout)

    return run


def test_a_lawful_class_exits_with_0(kg):
    code, said = kg(LAWFUL)
    assert code == 0
    assert {law["law"]: law["verdict"] for law in said["evidence"]["laws"]} == {
        "identity-left": "not_refuted",
        "identity-right": "not_refuted",
        "associativity": "not_refuted",
    }


def test_a_broken_law_exits_with_10_and_the_code_shows_it(kg):
    code, said = kg(BROKEN, "--laws", "associativity")
    (law,) = said["evidence"]["laws"]
    assert code == 10
    assert law["verdict"] == "refuted"
    with pytest.raises(AssertionError, match="associativity"):
        exec(law["counterexample"]["code"], {})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nothing_there", "cannot be imported"),
        ("class A: pass", "no composition"),
        ("import os; os._exit(3)", "ended its process"),
        (LAWFUL.replace("return", "\n        while True: pass\n        return"), "did not end"),
    ],
)
def test_a_target_that_cannot_be_examined_is_inconclusive(kg, code, words):
    status, said = kg(code, "--laws", "associativity", "--timeout", "3")
    assert status == 11
    (law,) = said["evidence"]["laws"]
    assert law["verdict"] == "error"
    assert words in law["detail"]


def test_a_target_cannot_write_a_file(kg, tmp_path):
    victim = tmp_path / "victim"
    kg(f"import pathlib\npathlib.Path({str(victim)!r}).write_text('x')\n" + LAWFUL, "--laws", "associativity")
    assert not victim.exists()


def test_an_unknown_law_is_a_usage_error(kg):
    status, said = kg(LAWFUL, "--laws", "gravity")
    assert status == 2
    assert "gravity" in said["error"]["message"]


@pytest.fixture
def ask(tmp_path):
    def run(*options):
        environment = {**os.environ, "KGENTS_DATABASE_URL": f"sqlite:///{tmp_path / 'kg.db'}"}
        argv = [sys.executable, "-m", "kgents", "experiment", *options, "--json", "-q"]
        ran = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
        return ran.returncode, json.loads(ran.stdout)

    return run


PROBLEM = ("laws", "--problem", "What is 17 + 25?", "--transform", "label,please", "--seed", "5")


@pytest.mark.parametrize(("d", "status", "verdict"), [("0.6", 10, "violated"), ("0", 0, "holds")])
def test_a_simulated_reasoner_is_judged(ask, d, status, verdict):
    code, said = ask(*PROBLEM, "--model", f"simulated-reasoner:s=0.95,d={d}", "--epsilon", "0.2")
    assert code == status
    assert [law["verdict"] for law in said["evidence"]["laws"]] == [verdict, verdict]
    law = said["evidence"]["laws"][0]
    assert (
        law["excess_disagreement"]["low"]
        <= law["excess_disagreement"]["estimate"]
        <= law["excess_disagreement"]["high"]
    )
    assert said["evidence"]["evidence_tier"] == "SIMULATED"


def test_reasoning_goes_on_where_it_stopped(ask):
    """A stop by budget and a resume come to the decision of an unbroken run."""
    model = ("--model", "simulated-reasoner:s=0.9,d=0.4", "--concurrency", "1")
    _, whole = ask(*PROBLEM, *model)
    _, part = ask(*PROBLEM, *model, "--budget-tokens", "100")
    assert part["status"] == "stopped"
    _, resumed = ask("resume", part["id"], "--budget-tokens", "1000000")
    assert resumed["evidence"]["laws"] == whole["evidence"]["laws"]


def test_traces_need_no_model(ask, tmp_path):
    path = tmp_path / "traces.jsonl"
    path.write_text(json.dumps({"trace": "x + y = 10\nx - y = 2\nx = 6, y = 5"}) + "\n")
    code, said = ask("laws", "--traces", str(path))
    assert code == 10
    assert len(said["evidence"]["cores"][0]["core"]) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--problem", "What is 1 + 1?", "--laws", "associativity", "--model", "simulated-reasoner"), "NOT APPLICABLE"),
        (("--problem", "What is 1 + 1?", "--answer", "smell", "--model", "simulated-reasoner"), "smell"),
        (("--problem", "What is 1 + 1?", "--model", "simulated-reasoner:z=1"), "z"),
        (("--problems", "bad.jsonl", "--model", "simulated-reasoner"), "line 2"),
        (("--target", "nowhere.py:A"), "there is no file"),
        ((), "is needed"),
    ],
)
def test_bad_input_is_a_usage_error(ask, tmp_path, options, words):
    (tmp_path / "bad.jsonl").write_text('{"problem": "What is 1 + 1?"}\n{"problem": 3}\n')
    code, said = ask("laws", *options)
    assert code == 2
    assert words in said["error"]["message"]


def test_a_target_has_no_network_and_no_secrets(kg, monkeypatch):
    """Where the system call filter is in force, and what is in the environment in any case."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    _, said = kg("import os\nassert 'ANTHROPIC_API_KEY' not in os.environ\n" + LAWFUL, "--laws", "associativity")
    assert said["evidence"]["laws"][0]["verdict"] == "not_refuted"
    if "seccomp" in said["evidence"]["family"]["confinement"]:
        _, said = kg("import socket\nsocket.socket()\n" + LAWFUL, "--laws", "associativity")
        assert "PermissionError" in said["evidence"]["laws"][0]["detail"]

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

"""Settings from variables and `[tool.kgents]`, and options that are refused before anything is run or written."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
SPEC = ("experiment", "generate", "--spec", "def f(a): return a")


def test_config_show_says_what_is_set_and_where(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.kgents]\ntarget = 0.7\nmax-trials = 9\ndatabase = 'postgresql://me:hidden@h/d'\n"
    )
    done = kg("config", "show", "--json", KGENTS_TARGET="0.8")
    settings = {row["key"]: row for row in json.loads(done.stdout)}
    assert settings["target"]["value"] == "0.8"
    assert settings["target"]["source"] == "environment"
    assert settings["max-trials"]["value"] == 9
    assert settings["max-trials"]["source"].endswith("pyproject.toml")
    assert "generate" in settings["max-trials"]["commands"]
    assert "hidden" not in done.stdout
    assert "KGENTS_CONFIDENCE" in kg("config", "show", "--all").stdout


def test_a_key_is_named_as_the_option_is(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.kgents]\ncheck = 'types'\ntag = 'nightly'\nmax-trails = 3\n")
    done = kg(*SPEC, "--n", "1", "--json")
    document = json.loads(done.stdout)
    assert document["config"]["oracle"]["checks"] == ["types"]
    assert document["tags"] == ["nightly"]
    assert "no key 'max-trails'; did you mean 'max-trials'?" in done.stderr


def test_the_file_names_the_database_for_every_command(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.kgents]\ndatabase = 'sqlite:///{tmp_path}/elsewhere.db'\n")
    assert kg("experiment", "run", "--n", "1", "true").returncode == 0
    assert (tmp_path / "elsewhere.db").exists()
    assert kg("witness", "verify").returncode == 0
    assert "elsewhere.db" in kg("db", "status").stdout


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--json", "--jsonl"), "--json and --jsonl"),
        (("--fail-on", "sometimes"), "--fail-on"),
        (("--fail-on", "never,refuted"), "--fail-on"),
    ],
)
def test_contradictions_are_refused_before_the_first_trial(kg: Kg, more: tuple[str, ...], named: str) -> None:
    done = kg(*SPEC, "--n", "1", *more)
    assert done.returncode == 2
    assert named in done.stdout + done.stderr
    assert json.loads(kg("experiment", "history", "--json").stdout) == []


@pytest.mark.parametrize("option", [("--target", "0.9"), ("--confidence", "0.9"), ("--spec", "x"), ("--rule", "sprt")])
def test_a_plan_cannot_be_changed_on_resume(kg: Kg, option: tuple[str, str]) -> None:
    done = kg("experiment", "resume", "@latest", *option)
    assert done.returncode == 2
    assert option[0] in done.stderr
    assert "begin a new experiment" in done.stderr


def test_json_by_a_variable_makes_errors_json_too(kg: Kg) -> None:
    assert json.loads(kg(*SPEC, "--n", "0", KGENTS_JSON="1").stdout)["error"]["kind"] == "usage"


def test_a_coder_that_is_too_slow_is_an_error_of_the_world(kg: Kg) -> None:
    done = kg(*SPEC, "--n", "1", "--model", "simulated:1,latency=60", "--timeout", "0.1", "--json")
    assert done.returncode == 12
    trial = json.loads(done.stdout)["trials"][0]
    assert (trial["cause"], trial["counted"]) == ("model_timeout", False)
    assert "--timeout" in trial["error"]


def test_prose_without_tests_is_said_loudly(kg: Kg) -> None:
    done = kg("experiment", "generate", "--spec", "add two numbers", "--n", "1")
    assert "NOT run" in done.stderr
    assert "--tests" in done.stderr

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


def test_a_command_has_a_table_and_variables_of_its_own(kg: Kg, tmp_path: Path) -> None:
    """[tool.kgents.run] goes before the flat key, KGENTS_RUN_N before KGENTS_N, the command line before all."""
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.kgents]\nn = 2\ntag = 'all'\n[tool.kgents.run]\nn = 3\ntga = 1\n[tool.kgents.rum]\nn = 1\n")

    def trials(*more: str, **variables: str) -> int:
        done = kg("experiment", "run", *more, "--json", "true", **variables)
        assert "[tool.kgents.run] has no key 'tga'; did you mean 'tag'?" in done.stderr
        assert "[tool.kgents.rum]: there is no such command; did you mean 'run'?" in done.stderr
        document = json.loads(done.stdout)
        assert document["tags"] == ["all"]
        return int(document["evidence"]["trials_total"])

    assert trials() == 3
    assert trials(KGENTS_N="4") == 4
    assert trials(KGENTS_N="4", KGENTS_RUN_N="5") == 5
    assert trials("--n", "1", KGENTS_RUN_N="5") == 1
    shown = {row["key"]: row for row in json.loads(kg("config", "show", "--json", KGENTS_RUN_N="5").stdout)}
    assert (shown["n"]["value"], shown["run.n"]["value"], shown["run.n"]["variable"]) == (2, "5", "KGENTS_RUN_N")
    everything = {row["key"]: row for row in json.loads(kg("config", "show", "--all", "--json").stdout)}
    assert (everything["confidence"]["value"], everything["confidence"]["source"]) == (0.95, "default")


@pytest.mark.parametrize(
    ("lines", "words", "hint"),
    [
        ("[tool.kgents]\nmax-trials = 'many'", ("run", "--adaptive", "true"), "it is set in"),
        ("[tool.kgents]\nn = 'ten'", ("run", "true"), "correct the file"),
        ("[tool.kgents]\ntarget = 0.7", ("laws", "--set", "monoid"), "[tool.kgents.generate]"),
    ],
)
def test_a_wrong_value_names_its_file(kg: Kg, tmp_path: Path, lines: str, words: tuple[str, ...], hint: str) -> None:
    """Whoever reads the message knows where to look."""
    (tmp_path / "pyproject.toml").write_text(lines + "\n")
    done = kg("experiment", *words)
    assert done.returncode == 2, done
    assert str(tmp_path / "pyproject.toml") in done.stderr
    assert hint in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[tool.kgents]\nn = true\n", "[tool.kgents] n = True: integer is wanted"),
        (b"[tool.kgents]\nn = 1.5\n", "[tool.kgents] n = 1.5: integer is wanted"),
        (b"[tool.kgents.run]\nn = [1, 2]\n", "[tool.kgents.run] n = [1, 2]: integer is wanted"),
        (b"[tool.kgents]\nname = ['a']\n", "[tool.kgents] name = ['a']: text is wanted"),
        (b"[tool]\nkgents = 5\n", "tool.kgents = 5 is no table"),
        ("[tool.kgents]\nn = 1\n".encode("utf-16"), "pyproject.toml is not UTF-8 text"),
        (b"[tool.kgents]\nname = '\xe4'\n", "pyproject.toml is not UTF-8 text"),
    ],
)
def test_a_file_that_says_something_else_is_named(kg: Kg, tmp_path: Path, content: bytes, message: str) -> None:
    """Exit 2, whatever stands in it; nothing is begun."""
    (tmp_path / "pyproject.toml").write_bytes(content)
    done = kg("experiment", "run", "--", "true")
    assert done.returncode == 2, done
    assert message in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[1].startswith("hint: ")
    assert not (tmp_path / "data").exists()


def test_doctor_and_config_survive_a_broken_file(kg: Kg, tmp_path: Path) -> None:
    """The commands that look for what is wrong name the file, and go on; others end there."""
    (tmp_path / "pyproject.toml").write_text("[tool.kgents]\ntarget = [\n")
    told = f"{tmp_path / 'pyproject.toml'} is not valid TOML"
    findings = {row["what"]: row for row in json.loads(kg("doctor", "--json").stdout)}
    assert findings["[tool.kgents]"]["state"] == "missing"
    assert told in findings["[tool.kgents]"]["detail"]
    assert findings["record"]["state"] == "ok"
    done = kg("config", "show", KGENTS_TARGET="0.8")
    assert done.returncode == 0
    assert told in done.stderr
    assert "KGENTS_TARGET" in done.stdout
    assert kg("experiment", "history").returncode == 2


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

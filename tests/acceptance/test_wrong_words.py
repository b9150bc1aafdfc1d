"""Words that mean something else, or nothing: one line and a remedy for this very word, before anything is begun."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
SPEC = ("experiment", "generate", "--spec", "def add(a, b): return a + b", "--n", "1")
RUN = ("experiment", "run")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("run", "--n", "1", "--", "true"), "Did you mean 'kg experiment run'?", "kg --help"),
        (("experimnt", "run"), "No such command 'experimnt'. Did you mean 'experiment'?", "kg --help"),
        (("schema", "nosuch"), "nosuch: there is no such kind", "one of bisect"),
        (("experiment", "history", "--kind", "verify"), "verify: there is no such kind", "of the kind suite"),
        (("experiment", "history", "--kind", "compare"), "compare: there is no such kind", "the kind of its arms: run"),
        (("experiment", "doctor"), "Did you mean 'kg doctor'?", "kg experiment --help"),
        ((*RUN, "--n", "1e3", "--", "true"), "'1e3' is not a valid integer", "such as --n 10"),
        ((*RUN, "--timeout", "10s", "--n", "1", "--", "true"), "'10s' is not a valid float", "such as --timeout 60"),
        ((*RUN, "--concurrency", "four", "--n", "1", "--", "true"), "not a valid integer", "such as --concurrency 4"),
        (
            (*RUN, "--adaptive", "--margin", "0.1", "--", "true"),
            "only --rule sprt has a margin",
            "add --rule sprt, or leave it out",
        ),
        ((*SPEC, "--k", "5", "--model", "simulated"), "--k is about the tasks of a suite", "add --suite FILE"),
        ((*SPEC, "--temperature", "-1", "--model", "simulated"), "--temperature -1: from 0 up", "such as 0.7"),
        ((*SPEC, "--temperature", "9", "--model", "simulated"), "--temperature 9: models take 0 to 2", "such as 0.7"),
        (("experiment", "laws", "m:X", "--cases", "9"), "argument (m:X)", "kg experiment laws --target m:X --cases 9"),
        (("experiment", "generate", "plain.sh"), "argument (plain.sh)", "experiment generate --spec @plain.sh"),
        (("experiment", "plan", "nosuch"), "argument (nosuch)", "kg experiment plan --help"),
        ((*SPEC, "--harness", "command", "--command", "./plain.sh"), "'./plain.sh' is not executable", "chmod +x"),
        ((*SPEC, "--harness", "command", "--command", "./none.sh"), "there is no program './none.sh'", "relative to"),
        ((*SPEC, "--harness", "command", "--command", "./crlf.sh x"), "ends with CRLF", "sed -i"),
        (("experiment", "generate", "--suite", "humanevall"), "no such file or suite", "--suite humaneval?"),
        (("experiment", "generate", "--suite", "mine"), "no such file or suite", "the path of a file, or humaneval"),
        (("--database", "sqlite:///x", "db", "status"), "No such option '--database'", "kg COMMAND --database …"),
        (
            ("experiment", "--limit", "2", "history"),
            "No such option '--limit'",
            "behind the command: kg experiment COMMAND",
        ),
        ((*RUN, "--n", "1", "--", "FOO=1", "true"), "no program 'FOO=1' on the PATH", "as one word, in quotes"),
        ((*RUN, "--n", "1", "--", "cd", "/"), "no program 'cd' on the PATH", "as one word, in quotes"),
        (
            (
                "experiment",
                "compare",
                "--spec",
                "def f(): return 1",
                "--arm",
                "a=simulated seed=1 seed=2",
                "--arm",
                "b=simulated",
            ),
            "--arm a: seed is given twice",
            "one value of each",
        ),
        (("experiment", "laws", "--target", "nopkg:X"), "there is no module 'nopkg'", "give PATH.py:NAME"),
        (("experiment", "laws", "--target", "json:dumps2"), "json defines no 'dumps2'", "one of "),
        (("experiment", "laws", "--target", "pack.inner:Nope"), "pack.inner defines no 'Nope'", "one of Path"),
        (("experiment", "laws", "--target", "plain.py"), "not of the form", "such as --target plain.py:NAME"),
        (("experiment", "laws", "--target", "collections.Counter"), "not of the form", "--target collections:Counter"),
        (("experiment", "parse", "--parser", "json.loads"), "not of the form", "such as --parser json:loads"),
        (
            ("experiment", "parse", "--parser", "json:lods"),
            "json defines no 'lods'; did you mean",
            "it has JSONDecodeE",
        ),
        (
            ("experiment", "parse", "--parser", "json:JSONDecoder.x"),
            "json defines no 'x' in JSONDecoder",
            "it has decode",
        ),
        (("experiment", "parse", "--parser", "json:loads.x"), "json defines no 'x' in loads", "name a function"),
        ((*RUN, "--n", "1", "-o", "pack", "--", "true"), "-o pack: a folder", "a file in it: -o pack/result.html"),
        (("experiment", "report", "@latest", "-o", "."), "-o .: a folder", "a file in it: -o result.html"),
        ((*SPEC, "--tests", "pack"), "File 'pack' is a directory", "name a file, not a folder"),
        ((*RUN, "--n", "1", "--name", "", "--", "true"), "--name is empty (an unset variable?)", "leave it out"),
        ((*RUN, "--n", "1", "--tag", "a", "--tag", " ", "--", "true"), "--tag is empty", "give it a text"),
        ((*SPEC, "--model", ""), "--model is empty", "leave it out"),
        (("experiment", "show", ""), "ID is empty", "leave it out"),
        (("experiment", "export", "", "x.json"), "ID is empty", "kg experiment export --help"),
        (("experiment", "history", "--search", " "), "--search is empty", "leave it out"),
        (("witness", "verify", ""), "ID is empty", "leave it out"),
        (("brain", "capture", ""), "TEXT is empty", "kg brain capture --help"),
        (("experiment", "import", "plain.sh"), "it holds no lines of JSON", "kg experiment export ID FILE"),
        (("witness", "verify", "--export", "plain.sh"), "is no DSSE envelope: it is no JSON", "kg witness export ID"),
        (("experiment", "import", "none.json"), "none.json: No such file", "name a file"),
        ((*RUN, "--workers-clocks", "a", "--", "true"), "--workers-clocks is about --workers", "tls://HOST:PORT"),
        (
            ("experiment", "plan", "--power", "1.5", "--at", "0.9"),
            "--power 1.5: between 0 and 1",
            "such as --power 0.9",
        ),
        ((*RUN, "--adaptive=yes", "--", "true"), "'--adaptive' does not take a value", "kg experiment run --help"),
        ((*RUN, "--n"), "Option '--n' requires an argument", "such as --n 10"),
        ((*RUN, "sh plain.sh", "--n", "2"), "--n 2 stands behind the command", "run --n 2 -- 'sh plain.sh'"),
        ((*RUN, "--budget-seconds", "nan", "--", "true"), "a budget is above 0 and finite", "--budget-seconds 600"),
        ((*RUN, "--target", "@latest+0.05", "--", "true"), "a margin is taken away, not added", "@latest-0.05"),
        ((*RUN, "--target", "@nosuch-0.05", "--", "true"), "there are no experiments yet", "kg experiment generate"),
        ((*RUN, "--epsilon", "2", "--", "true"), "No such option '--epsilon'.", "kg experiment run --help"),
        ((*RUN, "--adaptve", "--", "true"), "Did you mean '--adaptive'?", "kg experiment run --help"),
        (("experiment", "compare", "true", "false", "--n", "9"), "No such option '--n'", "its cap: --max-trials 100"),
        (("experiment", "compare", "true", "false", "--adaptive"), "'--adaptive'", "compare stops by itself"),
        (("experiment", "show", "nosuch"), "there are no experiments yet", "kg experiment generate --spec"),
        (("experiment", "resume", "@latest"), "there are no experiments yet", "kg experiment generate --spec"),
        (("experiment", "erase", "nosuch", "--yes"), "there are no experiments yet", "kg experiment generate --spec"),
        (("experiment", "export", "@latest", "x.json"), "there are no experiments yet", "kg experiment generate"),
        (("experiment", "tell", "x", "0", "pass"), "there are no experiments yet", "kg experiment generate"),
        (("witness", "verify", "nosuch"), "there are no experiments yet", "kg experiment generate --spec"),
        (("experiment", "export", "@latest"), "Missing argument 'FILE'", "kg experiment export @latest flaky.jsonl.gz"),
        (("experiment", "report", "@latest"), "Missing option '-o'", "kg experiment report @latest -o result.html"),
        (("experiment", "history", "--limit", "-1"), "--limit -1: 0 (all) or more", "such as --limit 50"),
        (("experiment", "laws", "--target", "ns:X"), "ns is a folder without __init__.py", "give PATH.py:NAME"),
        (("experiment", "laws", "--target", "wrong.py:X"), "wrong.py:X: a syntax error in line 1", "correct wrong.py"),
        (("experiment", "laws", "--target", "wrog.py:X"), "there is no file wrog.py", "did you mean wrong.py?"),
        (("experiment", "laws", "--traces", "empty.txt"), "there is no trace in it", 'lines such as {"trace"'),
        (
            ("experiment", "pytest", "nodir"),
            "(exit status 4): ERROR: file or directory not found: nodir",
            "pytest tests/",
        ),
        (("experiment", "pytest", "ns"), "the suite ran no test (exit status 5)", "name where the tests are"),
        (("experiment", "import", "empty.txt"), "empty.txt is no exported experiment", "kg experiment export ID FILE"),
        (("experiment", "generate", "--spec", "@pain.sh"), "--spec @pain.sh: No such file", "did you mean plain.sh?"),
        (("experiment", "generate", "--spec", "@elsewhere"), "--spec @elsewhere: No such file", "looked for in "),
        (
            ("experiment", "generate", "--spec", "@"),
            "--spec @: no file is named",
            "@ is followed by the name of a file",
        ),
        (("experiment", "generate", "--spec", "@zero.dat"), "--spec @zero.dat: binary data", "save it as UTF-8"),
        (
            (*SPEC, "--tests", "empty.txt"),
            "--tests empty.txt: the file is empty",
            "call the function that is wanted, and assert",
        ),
        ((*SPEC, "--module-path", "none"), "'none' does not exist", "name a folder that is there"),
        ((*SPEC, "--show-examples", "-1"), "-1 is not in the range", "such as --show-examples 3"),
        (
            (*SPEC, "--show-body", "--prompt-style", "completion", "--model", "simulated"),
            "--show-body and --prompt-style completion contradict each other",
            "leave one of them out",
        ),
    ],
)
def test_a_word_that_was_meant_otherwise(
    kg: Kg, tmp_path: Path, words: tuple[str, ...], message: str, hint: str
) -> None:
    """Exit 2, what is wrong, and what to do."""
    (tmp_path / "plain.sh").write_text("echo hi\n")
    (tmp_path / "crlf.sh").write_bytes(b"#!/bin/sh\r\necho hi\r\n")
    (tmp_path / "crlf.sh").chmod(0o755)
    (tmp_path / "wrong.py").write_text("def f(:\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "zero.dat").write_bytes(b"a\0b")
    (tmp_path / "ns").mkdir()
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("raise SystemExit('was imported')\n")
    (tmp_path / "pack" / "inner.py").write_text("class Path:\n    pass\n")
    done = kg(*words)
    assert done.returncode == 2, done
    first, second = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert first.lower().count("did you mean") <= 1
    assert second.startswith("hint: ")
    assert hint in second
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / ".cache").exists()


def test_options_behind_a_program_are_its_own(kg: Kg) -> None:
    """Which is said where all of them could have been meant for kg, and no -- stands before the program."""
    said = kg(*RUN, "-q", "true", "--n", "2").stderr
    assert said.startswith(
        "note: --n 2 goes to true: options of kg stand before the command (kg experiment run -q --n 2"
    )
    assert not kg(*RUN, "-q", "--n", "1", "--", "true", "--n", "2").stderr
    assert not kg(*RUN, "-q", "--n", "1", "echo", "--colour", "--n", "2").stderr


def test_a_server_that_does_not_run_is_said_in_words(kg: Kg) -> None:
    """No number of an error."""
    done = kg("db", "status", "--database", "postgresql://127.0.0.1:1/x")
    assert done.returncode == 1
    assert "127.0.0.1:1/x: connection refused; is the server running?" in done.stderr


def test_a_list_that_nothing_fits_says_that_there_are_others(kg: Kg) -> None:
    assert kg("experiment", "history", "--search", "one").stdout == "no experiments\n"
    assert kg(*RUN, "--n", "1", "--name", "one", "--", "true").returncode == 0
    assert kg("experiment", "history", "--search", "two").stdout == "none of 1 experiment fits\n"
    assert kg("experiment", "history", "--search", "one").stdout.count("\n") == 2


def test_a_list_in_a_pipe_is_as_wide_as_somebody_says(kg: Kg) -> None:
    """160 columns where nobody does: what is saved does not depend on a terminal."""
    assert kg(*RUN, "--n", "1", "--name", "a" * 200, "--", "true").returncode == 0
    for_children: dict[str, str] = {"COLUMNS": "80", "LINES": "24"}  # as readline leaves them
    for variables, width in (({}, 160), (for_children, 160), ({"COLUMNS": "100"}, 100), ({"COLUMNS": "60"}, 60)):
        widest = max(map(len, kg("experiment", "history", **variables).stdout.splitlines()))
        assert width - 2 < widest <= width


def test_a_file_that_cannot_be_written_hides_no_verdict(kg: Kg, tmp_path: Path) -> None:
    """The answer is printed, then what is wrong with the file; the record has it all."""
    (tmp_path / "full.json").symlink_to("/dev/full")
    done = kg(*RUN, "-q", "--n", "1", "-o", "full.json", "-o", "good.json", "--", "true")
    assert done.returncode == 2
    assert done.stdout.startswith("estimate: the rate of exit status 0 was 1 of 1")
    assert done.stderr.splitlines()[0] == "error: -o full.json: No space left on device"
    assert json.loads((tmp_path / "good.json").read_text())["status"] == "completed"


def test_a_variable_that_is_nearly_one_of_ours_is_told(kg: Kg) -> None:
    """Not one of another command, one of this command alone, or of the trial that it runs in."""
    words = (*RUN, "-q", "--n", "1", "--", "true")
    said = kg(*words, KGENTS_MAX_TRAILS="5", KGENTS_RUN_TAG="a", KGENTS_CHECK="lint", KGENTS_TRIAL="3").stderr
    assert said == "warning: KGENTS_MAX_TRAILS: there is no such variable; did you mean KGENTS_MAX_TRIALS?\n"


def test_what_a_look_does_not_show_is_left_to_the_examination(kg: Kg) -> None:
    """A name that only importing binds is no mistake."""
    done = kg("experiment", "laws", "--target", "collections.abc:Iterable", "--cases", "2", "--json")
    assert done.returncode != 2, json.loads(done.stdout)


def test_an_empty_variable_of_the_environment_is_one_that_is_not_set(kg: Kg) -> None:
    """And an empty word of a command is a word of it."""
    done = kg(*RUN, "--n", "1", "--", "sh", "-c", "", KGENTS_NAME="", KGENTS_TAG="")
    assert done.returncode == 0, done.stderr

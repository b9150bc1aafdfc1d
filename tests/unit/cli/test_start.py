"""What a command imports before its options are known to be right, and how memory is looked through meanwhile."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import clean_environment

HEAVY = ("sqlalchemy", "pydantic_ai", "kgents.engine", "kgents.report.live", "kgents.sandbox.sandbox", "httpx")
RUN = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv[0] = "kg"
from kgents.__main__ import main
main()
"""


def refused(home: Path, *words: str) -> tuple[int, set[str], str]:
    """(exit code, modules that a command had imported when it ended, what it said)."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    said, _, modules = done.stderr.rstrip("\n").rpartition("\n")
    return done.returncode, set(modules.split()), said


def imported(home: Path, *words: str) -> tuple[int, set[str]]:
    """(exit code, modules that a command had imported when it ended)."""
    code, modules, _ = refused(home, *words)
    return code, modules


REFUSED = (
    ("run", "--adaptive", "--target", "90", "--", "true"),
    ("run", "--n", "1", "-o", "x.xyz", "--", "true"),
    ("run", "--n", "1", "--name", "", "--", "true"),
    ("generate", "--spec", "def f(:", "--n", "1"),
    ("generate", "--spec", "x = 1"),
    ("generate", "--spec", "def f(x): return x", "--n", "1", "--adaptive"),
    ("generate", "--spec", "def f(x): return x", "--score", "tests", "--target", "2"),
    ("generate", "--spec", "def f(x): return x", "--score", "tests", "--check", "lint"),
    ("compare", "true"),
    ("compare", "--spec", "def f(x): return x", "--arm", "a=simulated:0.5 temprature=1", "--arm", "b=simulated"),
    ("compare", "--spec", "def f(:", "simulated:0.5", "simulated:0.6"),
    ("generate", "--spec", "def f(x): return x", "--tests", "nosuch.py", "--model", "simulated"),
    ("generate", "--spec", "def f(x): return x", "--inputs", "nosuch.jsonl", "--model", "simulated"),
    ("generate", "--suite", "nosuch.jsonl", "--model", "simulated"),
    ("generate", "--spec", "def f(x): return x", "--model", "nosuch:thing"),
    ("generate", "--spec", "def f(x): return x", "--model", "simulated:1.5"),
    ("generate", "--spec", "def f(x): return x", "--model", "openai:gpt-6"),
    ("generate", "--spec", "def f(x): return x", "--model", "openai:x", "--base-url", "nonsense"),
    ("generate", "--spec", "def f(x): return x", "--model", "openai:x", "--base-url", "http://models.example/v1"),
    ("generate", "--spec", "def f(x): return x", "--model", "simulated", "--temperature", "9"),
    ("generate", "--spec", "def f(x): return x", "--model", "simulated", "--check", "spelling"),
    ("generate", "--spec", "def f(x): return x", "--harness", "clod"),
    ("generate", "--spec", "def f(x): return x", "--harness", "command"),
    ("generate", "--suite", "humaneval", "--model", "nosuch:thing"),
    (
        "generate",
        "--spec",
        "def f(x): return x",
        "--model",
        "openai:x",
        "--base-url",
        "http://127.0.0.1:9/v1",
        "--budget-usd",
        "1",
    ),
    ("compare", "--spec", "def f(x): return x", "simulated:0.5", "nosuch"),
    ("verify", "--suite", "humaneval", "--samples", "nosuch.jsonl"),
    ("parse", "--input", "@nosuch.json", "--strategy", "strict"),
)
EACH = """
import json, os, sys
from kgents.__main__ import main

for words in json.load(sys.stdin):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.argv[:] = ["kg", "experiment", *words]
        code = 1
        try:
            main()
        except SystemExit as left:
            code = left.code
        os.write(writer, json.dumps([code, [*sys.modules]]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as told:
        print(told.read(), flush=True)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def what_is_refused(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], tuple[int, set[str]]]:
    """By words: (exit code, modules that the command had imported), each in a fork of a process with nothing else."""
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-c", EACH],
        input=json.dumps(REFUSED),
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {words: (code, set(modules)) for words, (code, modules) in zip(REFUSED, told, strict=True)}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused_for_its_words_imports_nothing_of_weight(
    what_is_refused: dict[tuple[str, ...], tuple[int, set[str]]], words: tuple[str, ...]
) -> None:
    """No database, no engine, no client: the answer is there at once."""
    code, modules = what_is_refused[words]
    assert code == 2
    assert [name for name in HEAVY if name in modules] == []


@pytest.mark.parametrize(
    ("parser", "reason"),
    [("nosuchmodule:read", "cannot be imported: ModuleNotFoundError"), ("os:getpid", "takes no text")],
)
def test_parsers_are_loaded_before_the_record_is_opened(tmp_path: Path, parser: str, reason: str) -> None:
    code, modules, said = refused(tmp_path, "experiment", "parse", "--parser", parser)
    assert (code, "sqlalchemy" in modules) == (2, False)
    assert reason in said


def test_these_modules_are_imported_where_they_are_needed(tmp_path: Path) -> None:
    """A run has the record and the engine: the names above are those of modules that there are."""
    code, modules = imported(tmp_path, "experiment", "run", "--n", "1", "-q", "--", "true")
    assert code == 0
    assert {"sqlalchemy", "kgents.engine", "kgents.report.live"} <= modules


WATCHED = """
import gc, sys
import kgents.cli.loop as loop
usual, kept = gc.get_threshold(), loop.collect_as_usual

def watched():
    print("before", gc.get_threshold(), file=sys.stderr)
    kept()
    print("after", gc.get_threshold() == usual, gc.get_freeze_count() > 10_000, file=sys.stderr)

loop.collect_as_usual = watched
"""


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--n", "1", "-q", "--", "true"),
        ("history",),
        ("pytest", "--runs", "1", "-q", "--", "-p", "no:cacheprovider", "test_it.py"),
    ],
    ids=lambda words: words[0],
)
def test_memory_is_looked_through_as_usual_by_what_goes_on_for_long(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Seldom while modules are imported, which all stay; by Python's own thresholds once trials, or a list, begin."""
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n")
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + RUN, "experiment", *words],
        env=clean_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "before (1000000, 20, 20)\nafter True True" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--n", "1", "--database", "mysql://x/y", "--", "true"), "mysql is not supported"),
        (("generate", "--spec", "def f(x): return x", "--model", "nosuch:thing"), "--model nosuch:thing"),
        (("generate", "--spec", "def f(x): return x", "--harness", "clod"), "--harness clod"),
        (
            ("generate", "--spec", "def f(x): return x", "--model", "simulated", "--check", "spelling"),
            "--check spelling",
        ),
        (("generate", "--suite", "suite.jsonl", "--model", "simulated", "--n", "1", "--k", "5"), "--k 5"),
        (("compare", "--spec", "def f(x): return x", "simulated:0.5", "nosuch"), "--arm nosuch"),
        (
            ("compare", "--spec", "def f(x): return x", "--arm", "b=simulated", "--arm", "a=simulated top_p=7"),
            "--arm a: top_p",
        ),
        (
            ("compare", "--spec", "def f(x): return x", "--arm", "b=simulated", "--arm", "a=openai:x base_url=zz"),
            "--arm a: ",
        ),
        (("compare", "nosuchprogram", "true"), "nosuchprogram"),
        (("laws", "--target", "nofile.py:X"), "nofile.py"),
        (("parse", "--strategy", "clever", "--n", "5"), "--strategy clever"),
        (("import", "nosuch.kgx"), "nosuch.kgx: No such file"),
        (("db", "status", "--database", "bin.dat"), "this is not a database URL"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_the_record_is_opened(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """The database is neither loaded nor made, and the arm or the option is named."""
    task = {
        "task_id": "T/0",
        "prompt": "def f(x):\n",
        "entry_point": "f",
        "test": "def check(f):\n    assert f(1) == 1\n",
    }
    (tmp_path / "suite.jsonl").write_text(json.dumps(task) + "\n")
    code, modules, words_said = refused(tmp_path, *(words if words[0] == "db" else ("experiment", *words)))
    assert code == 2
    assert said in words_said
    assert "sqlalchemy" not in modules
    assert not list(tmp_path.rglob("*.db"))

"""What a plain `pip install kgents` can do: everything but what an extra is named for, and that says which one."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import SRC, clean_environment

Plain = Callable[..., subprocess.CompletedProcess[str]]


def needed(name: str) -> set[str]:
    """What a distribution needs without an extra of its own, transitively."""
    found: set[str] = set()
    todo = [Requirement(name)]
    while todo:
        wanted = todo.pop()
        for line in distribution(wanted.name).requires or ():
            each = Requirement(line)
            contexts = [{"extra": extra} for extra in ("", *wanted.extras)]
            if each.marker is None or any(each.marker.evaluate(context) for context in contexts):
                if each.name not in found:
                    todo.append(each)
                found.add(each.name)
    return found


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds links to what the core of kgents needs, and to nothing else."""
    folder = tmp_path_factory.mktemp("core")
    for name in needed("kgents"):
        for file in distribution(name).files or ():
            top = file.parts[0]
            source = Path(str(distribution(name).locate_file(top)))
            if top != ".." and source.exists() and not (folder / top).exists():
                (folder / top).symlink_to(source)
    return folder


@pytest.fixture
def plain(core: Path, tmp_path: Path) -> Plain:
    """`kg` where only the core is installed."""
    environment = {**clean_environment(tmp_path), "PYTHONPATH": f"{SRC}:{core}"}

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-m", "kgents", *arguments],
            capture_output=True, text=True, timeout=120, cwd=tmp_path, env={**environment, **variables}, check=False,
        )  # fmt: skip

    return run


def test_the_main_job_needs_no_extra(plain: Plain) -> None:
    done = plain("experiment", "generate", "--spec", "def add(a, b): return a + b", "--n", "2", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["evidence"]["verdict"]) == (0, "estimate"), done.stderr
    assert all(trial["checks"][0]["name"] == "reference" for trial in document["trials"])
    assert plain("witness", "verify", "--recheck", "@latest").returncode == 0
    assert plain("experiment", "plan").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("generate", "--spec", "def f(a): return a", "--n", "1", "--model", "anthropic:claude-sonnet-5-5"), "models"),
        (("generate", "--spec", "def f(a): return a", "--n", "1", "--check", "types"), "checks"),
        (("history", "--database", "postgresql://127.0.0.1/none"), "postgres"),
    ],
)
def test_what_is_missing_names_the_extra(plain: Plain, arguments: tuple[str, ...], extra: str) -> None:
    done = plain("experiment", *arguments)
    assert done.returncode == 2
    assert f"pip install 'kgents[{extra}]'" in done.stderr


def test_a_key_without_its_client_is_said(plain: Plain) -> None:
    done = plain("experiment", "generate", "--spec", "def f(a): return a", "--n", "1", ANTHROPIC_API_KEY="sk-planted")
    assert "SIMULATED" in done.stderr
    assert "ANTHROPIC_API_KEY is set" in done.stderr
    assert "kgents[models]" in done.stderr
    assert "sk-planted" not in done.stderr + done.stdout

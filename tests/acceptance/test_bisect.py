"""`kg experiment bisect` over a real repository."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
FALL = 9
FAILS = {"good": 'test "$1" -ge 0', "bad": 'test $(("$1" % 3)) -eq 0'}


def git(repository: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Thirteen commits of a program that passes always before commit FALL, and one time in three from it on."""
    where = tmp_path
    git(where, "init", "-q", "-b", "main")
    for number in range(13):
        lines = ["#!/bin/sh", FAILS["good" if number < FALL else "bad"], ""]
        (where / "check.sh").write_text("\n".join(lines))
        (where / "number").write_text(str(number))
        git(where, "add", "check.sh", "number")
        git(where, "commit", "-q", "-m", f"change {number}")
    return where


def test_the_commit_at_which_a_rate_fell_is_named(kg: Kg, repository: Path) -> None:
    """Measured ends, located, every tried commit in the table; worktrees are gone, the repository is as it was; replayable."""
    before = git(repository, "status", "--porcelain")
    first = git(repository, "rev-list", "--max-parents=0", "HEAD")
    line = 'sh check.sh "$KGENTS_TRIAL"'
    done = kg("experiment", "bisect", "--good", first, "-q", "--concurrency", "2", "--seed", "1", line)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = git(repository, "rev-parse", f"HEAD~{12 - FALL}")[:12]
    assert done.stdout.startswith(f"the rate falls at {wanted}, ")
    assert "error at most 5 % where commits before it pass at least" in done.stdout
    assert f"change {FALL}" in done.stdout
    shown = json.loads(kg("experiment", "show", "@latest", "--json").stdout)["evidence"]["bisect"]
    assert shown["first_bad"] == [wanted]
    assert 3 <= sum(bool(row["trials"]) for row in shown["commits"]) <= 8
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0
    assert git(repository, "worktree", "list", "--porcelain").count("worktree ") == 1
    assert git(repository, "status", "--porcelain", "--untracked-files=no") == before


def test_a_commit_that_cannot_be_built_is_left_out(kg: Kg, repository: Path) -> None:
    """--build fails at the fall itself: the answer says between which commits it is."""
    first = git(repository, "rev-list", "--max-parents=0", "HEAD")
    build, line = f'test "$(cat number)" != {FALL}', 'sh check.sh "$KGENTS_TRIAL"'
    done = kg("experiment", "bisect", "--good", first, "--rates", "0.9,0.4", "--build", build, "-q", line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(those between cannot be tried)" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--good", "nowhere", "true"], "nowhere is no commit"),
        (["--good", "HEAD", "true"], "are one commit"),
        (["--good", "HEAD", "--bad", "HEAD~2", "true"], "no ancestor"),
        (["--good", "HEAD~2", "--rates", "0.5,0.9", "true"], "--rates 0.5,0.9"),
        (["--good", "HEAD~2"], "no command"),
    ],
)
def test_what_cannot_be_searched_is_refused(kg: Kg, repository: Path, words: list[str], told: str) -> None:
    """Exit code 2 before anything is recorded."""
    done = kg("experiment", "bisect", *words)
    assert done.returncode == 2
    assert told in done.stderr

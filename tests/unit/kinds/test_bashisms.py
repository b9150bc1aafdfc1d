"""Lines that bash reads otherwise than the shell that runs them."""

from pathlib import Path

import pytest

from kgents.kinds.command.bashisms import misread
from kgents.kinds.command.lines import argv_of

DASH, BASH = Path("/usr/bin/dash"), Path("/usr/bin/bash")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("test $((RANDOM % 10)) -lt 8", "RANDOM"),
        ('test "$RANDOM" -lt 8', "RANDOM"),
        ("make test &> log", "&>"),
        ("for i in {1..9}; do ./step $i; done", "{1..9}"),
        ("test ${SECONDS} -lt 8", "SECONDS"),
    ],
)
def test_what_dash_takes_for_something_else(line: str, word: str) -> None:
    """Named, with the way to bash; bash itself knows it."""
    told = misread(argv_of([line]), DASH)
    assert told is not None
    assert f"where {word} " in told
    assert "run by /bin/sh (dash)" in told
    assert "bash -c LINE" in told
    assert misread(argv_of([line]), BASH) is None


@pytest.mark.parametrize(
    "words",
    [
        ["bash", "-c", "test $RANDOM -lt 8"],
        ["bash -c 'test $RANDOM -lt 8'"],
        ["grep -E 'a{1..3}' file"],
        ["RANDOM=$(od -An -N1 -tu1 /dev/urandom); test $RANDOM -lt 8"],
        ["./a > log 2>&1 && ./b"],
    ],
)
def test_what_every_shell_reads_alike(words: list[str]) -> None:
    assert misread(argv_of(words), DASH) is None

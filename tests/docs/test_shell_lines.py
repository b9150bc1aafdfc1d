"""The shell lines that --help shows mean the same in every shell that may run them."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

COMMANDS = Path(__file__).parents[2] / "docs" / "commands.md"
LINES = sorted(
    {
        word
        for line in re.findall(r"^ *(kg experiment (?:run|compare) .*)$", COMMANDS.read_text(), re.MULTILINE)
        if "'" in line
        for word in shlex.split(line)
        if "$(" in word
    }
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(("byte", "passes"), [(0, True), (204, True), (205, False), (255, False)])
def test_chance_decides_in_every_shell(line: str, shell: str, byte: int, passes: bool, tmp_path: Path) -> None:
    """With a low random byte the line succeeds, with a high one it fails: no shell makes it succeed always."""
    program = shutil.which(shell)
    assert program is not None
    source = tmp_path / "od"
    source.write_text(f"#!/bin/sh\necho ' {byte}'\n")
    source.chmod(0o755)
    done = subprocess.run([program, "-c", line], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False)
    assert (done.returncode == 0) is passes


def test_there_is_such_a_line() -> None:
    """The table above is not empty."""
    assert LINES

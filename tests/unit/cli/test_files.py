"""Files that options name are there and may be read, or the option is refused; what comes through a pipe is left in it."""

import os
from pathlib import Path

import click
import pytest

from kgents.cli.files import InputFile, check_there
from kgents.errors import UsageError

OPTION = click.Option(["-t", "--tests"], type=InputFile("look again"))


def test_a_file_that_is_not_there_is_named_with_its_option_and_the_remedy(tmp_path: Path) -> None:
    missing = tmp_path / "missing.py"
    with pytest.raises(UsageError) as refused:
        OPTION.type.convert(str(missing), OPTION, None)
    assert (refused.value.message, refused.value.hint) == (
        f"--tests {missing}: No such file or directory",
        "look again",
    )


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """Opening it would wait for whoever writes, and take what is written."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert OPTION.type.convert(str(pipe), OPTION, None) == pipe


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(click.BadParameter, match="is a directory"):
        OPTION.type.convert(str(tmp_path), OPTION, None)


def test_what_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may read everything: the system's answer is what is looked at."""
    file = tmp_path / "secret"
    file.write_text("")
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == file and mode == os.R_OK))
    with pytest.raises(UsageError, match="--input @secret: Permission denied"):
        check_there("--input", file, "@secret")

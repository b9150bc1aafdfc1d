"""Files that options name: what cannot be read is refused while options are read, before anything of weight is imported."""

import os
from pathlib import Path
from typing import Any

import click

from kgents.errors import UsageError, nearest

HINT = "name a file that can be read"


class InputFile(click.Path):
    """A file that is read: a Path. It is not opened, because what comes through a pipe comes once.

    hint  what to do where it cannot be read
    """

    def __init__(self, hint: str = HINT) -> None:
        super().__init__(path_type=Path, dir_okay=False)
        self._hint = hint

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """UsageError names the option where there is no such file, or it may not be read."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        option = max(param.opts, key=len) if isinstance(param, click.Option) else ""
        check_there(option, path, str(path), self._hint)
        return path


def check_there(option: str, path: Path, told: str, hint: str = HINT) -> None:
    """UsageError where a file or folder that an option names, as it was `told`, is not there or may not be read.

    option  empty for an argument
    """
    named = f"{option} {told}".lstrip()
    try:
        path.stat()
    except OSError as wrong:
        raise UsageError(f"{named}: {wrong.strerror or wrong}", other_name(str(path), hint)) from wrong
    if not os.access(path, os.R_OK):
        raise UsageError(f"{named}: Permission denied", hint)


def other_name(path: str, hint: str) -> str:
    """What to do where a file is not there: the name in its folder that is nearest; where none is, the hint, and of a
    relative path from where it is looked for."""
    folder = Path(path).parent
    try:
        near = nearest(Path(path).name, os.listdir(folder))  # noqa: PTH208 - names are compared
    except OSError:
        near = None
    if near is not None and near != Path(path).name:
        return f"did you mean {folder / near}?"
    return hint if Path(path).is_absolute() else f"{hint}; looked for in {Path.cwd() / folder}"

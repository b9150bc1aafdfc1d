"""A program that is to be started: whether it is there, and can be, as a look shows."""

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from kgents.errors import UsageError

_OF_SHELLS = frozenset(
    {"alias", "cd", "eval", "exec", "exit", "export", "for", "if", "set", "source", "trap", "ulimit", "umask", "while"}
)


def find_program(program: str, environment: Mapping[str, str]) -> str:
    """The path of a program, as seen from the working directory. UsageError where there is none, or it cannot be started."""
    path = _find(program, environment)
    _check_script(path)
    return path


def _find(program: str, environment: Mapping[str, str]) -> str:
    path = shutil.which(program, path=environment.get("PATH", os.defpath))
    if path is not None:
        return path
    if "/" not in program:
        hint = f"install it, or give its path: ./{program}"
        if program in _OF_SHELLS or "=" in program:
            hint = "only a shell knows it: give the command as one word, in quotes"
        raise UsageError(f"there is no program {program!r} on the PATH", hint)
    if Path(program).is_dir():
        raise UsageError(f"{program!r} is a folder, not a program", "give the path of a program")
    if Path(program).exists():
        raise UsageError(f"{program!r} is not executable", f"chmod +x {shlex.quote(program)}")
    raise UsageError(f"there is no program {program!r}", "paths are relative to the working directory")


def _check_script(path: str) -> None:
    """UsageError where the first line of a script names an interpreter that is not there."""
    try:
        with open(path, "rb") as file:
            first = file.readline(256)
    except OSError:
        return
    if not first.startswith(b"#!"):
        return
    if first.rstrip(b"\n").endswith(b"\r"):
        raise UsageError(
            f"the #! line of {path} ends with CRLF (line ends of Windows): its interpreter is not found",
            f"sed -i 's/\\r$//' {shlex.quote(path)}",
        )
    interpreter = (first[2:].split() or [b""])[0].decode(errors="replace")
    if not Path(interpreter).is_file():
        raise UsageError(f"the #! line of {path} names {interpreter!r}, which is not there", "install it, or mend it")

"""What the file of a project may say, and what only its user may.

Rule: a cloned repository is not its user. It names no key, no program and no sandbox; an address that it names is said
and confirmed once, and receives no key that the user did not name for it.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kgents.errors import UsageError
from kgents.harness import user_config
from kgents.harness.origin import origin_of
from kgents.runner.settings import project_file, project_table

FORBIDDEN: Mapping[str, str] = {
    "api_key_env": "a key",
    "key_env": "a key",
    "hosts": "where a key goes",
    "command": "a program",
    "sandbox": "a sandbox",
    "allow_weak_sandbox": "a sandbox",
    "insecure": "an insecure connection",
}


def refuse_forbidden(table: Mapping[str, Any], file: Path | None) -> None:
    """UsageError where the table of a project says what only its user may."""
    for key in table:
        thing = FORBIDDEN.get(key.replace("-", "_"))
        if thing is not None:
            name = key.replace("_", "-")
            remedy = f"remove it there, and give --{name} or KGENTS_{name.upper().replace('-', '_')}"
            raise UsageError(
                f"{file}: [tool.kgents] {name}: a project cannot name {thing}",
                f"remove it there, and write it to {user_config.config_file()}"
                if thing.startswith("where")
                else remedy,
            )


def confirm_address(url: str, ask: Callable[[str], bool]) -> None:
    """Asks once whether the address that a project's file names is to be used. UsageError where it is not.

    ask  puts the question to a person
    """
    file, table = project_file(), project_table()
    assert file is not None
    try:
        origin = origin_of(url)
    except ValueError as wrong:
        raise UsageError(f"{file}: [tool.kgents] base-url: {wrong}", "as in http://localhost:8000/v1") from wrong
    if user_config.confirmed(file, table, origin):
        return
    consequence = f"{file} sends prompts to {origin}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{consequence}; nobody is here to confirm it", f"say it yourself: --base-url {url}")
    if not ask(f"{consequence}. Ask there, now and in future?"):
        raise UsageError(f"{consequence}; it was not confirmed", "another one: --base-url URL")
    user_config.confirm(file, table, origin)


def confirm_workers(address: str, ask: Callable[[str], bool]) -> None:
    """Asks once whether the workers that a project's file names may run trials: they get the whole experiment, and what
    they answer is believed. UsageError where it is not confirmed.
    """
    file, table = project_file(), project_table()
    assert file is not None
    try:
        origin = origin_of(address.replace("tls://", "https://", 1).replace("tcp://", "http://", 1))
    except ValueError as wrong:
        raise UsageError(f"{file}: [tool.kgents] workers: {wrong}", "as in tls://127.0.0.1:8786") from wrong
    if user_config.confirmed(file, table, origin):
        return
    consequence = f"{file} has trials run at {address}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{consequence}; nobody is here to confirm it", f"say it yourself: --workers {address}")
    if not ask(f"{consequence}. Run them there, now and in future?"):
        raise UsageError(f"{consequence}; it was not confirmed", "another one: --workers ADDRESS")
    user_config.confirm(file, table, origin)

"""What the file of a project may say, and what only its user may.

Rule: a cloned repository is not its user. It names no key, no program and no sandbox; an address that it names is said
and confirmed once, and receives no key that the user did not name for it.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


def refuse_forbidden(table: Mapping[str, object], file: Path | None) -> None:
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
    """Asks once whether the address that a project's file names is to be sent prompts. UsageError where it is not.

    ask  puts the question to a person
    """
    _confirm("base-url", url, _BASE_URL, ask)


def confirm_workers(address: str, ask: Callable[[str], bool]) -> None:
    """Asks once whether the workers that a project's file names may run trials: they get the whole experiment, and what
    they answer is believed. UsageError where it is not confirmed.
    """
    _confirm("workers", address, _WORKERS, ask)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is asked about one kind of address.

    schemes  the forms of an address → the scheme that its origin is read by
    does     what the project has done there, after the name of its file
    """

    schemes: Mapping[str, str]
    does: str
    question: str
    form: str
    example: str


_BASE_URL = _Kind(
    {"http": "http", "https": "https"}, "sends prompts to", "Ask there", "URL", "http://localhost:8000/v1"
)
_WORKERS = _Kind(
    {"tcp": "http", "tls": "https"}, "has trials run at", "Run them there", "ADDRESS", "tls://127.0.0.1:8786"
)


def _confirm(key: str, address: str, kind: _Kind, ask: Callable[[str], bool]) -> None:
    """A consent is for one server and one kind of address: whoever may be asked may not therefore run trials."""
    file, table = project_file(), project_table()
    assert file is not None
    scheme, _, rest = address.partition("://")
    try:
        origin = origin_of(f"{kind.schemes[scheme.lower()]}://{rest}")
    except (ValueError, KeyError) as wrong:
        raise UsageError(
            f"{file}: [tool.kgents] {key}: {address!r} names no server", f"as in {kind.example}"
        ) from wrong
    server = f"{scheme.lower()}://{origin.authority}"
    if user_config.confirmed(file, table, server):
        return
    consequence = f"{file} {kind.does} {server}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"{consequence}; nobody is here to confirm it", f"say it yourself: --{key} {address}")
    if not ask(f"{consequence}. {kind.question}, now and in future?"):
        raise UsageError(f"{consequence}; it was not confirmed", f"another one: --{key} {kind.form}")
    user_config.confirm(file, table, server)

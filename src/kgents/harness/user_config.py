"""The user's own configuration folder: which key goes to which server, and what was agreed to.

`config.toml` (`kg config path`), readable by its owner alone (0600):

    [hosts."https://api.example.org"]
    key-env = "EXAMPLE_API_KEY"

`agreed.json`, written by kgents: addresses of projects that were confirmed, and keys that were named on a command line.
Rule: neither a project nor a variable KGENTS_… can say where this folder is or what is in it.
"""

import contextlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgents.domain.json import digest_of
from kgents.errors import UsageError
from kgents.harness.credentials import NO_KEY, Named
from kgents.harness.origin import Origin, origin_of

_LARGEST = 1_000_000  # bytes of a file
_NAMED_NOW: list[list[str]] = []  # by this process, should its folder not be writable


def folder() -> Path:
    """Where the user's configuration is."""
    from platformdirs import user_config_path

    return user_config_path("kgents", appauthor=False)


def config_file() -> Path:
    """The file `config.toml`; it need not be there."""
    return folder() / "config.toml"


def named(variable: str | None) -> Named:
    """What the user says about keys: `--api-key-env`, and the tables of hosts. UsageError where the file is wrong."""
    return Named(variable, hosts(), str(config_file()))


def named_in_record(coder: Mapping[str, object]) -> Named:
    """What counts of the key that a recorded coder names: the record may have come from elsewhere, so the key is taken
    only if it was named for this very server on a command line here.
    """
    variable = coder.get("api_key_env")
    known = variable in (None, NO_KEY) or _key_entry(coder) in [*_NAMED_NOW, *_agreed().get("keys", [])]
    return named(str(variable) if known and variable is not None else None)


def hosts() -> Mapping[Origin, str]:
    """Origin → variable that holds its key, out of `config.toml`."""
    path = config_file()
    text = _read(path)
    if text is None:
        return {}
    import tomllib

    try:
        table = tomllib.loads(text).get("hosts", {})
    except tomllib.TOMLDecodeError as wrong:
        raise UsageError(f"{path} is not valid TOML: {wrong}", "correct the file") from wrong
    if not isinstance(table, dict):
        raise UsageError(f"{path}: hosts is no table", 'write [hosts."https://api.example.org"]')
    return dict(_host(path, name, entry) for name, entry in table.items())


def _host(path: Path, name: str, entry: Any) -> tuple[Origin, str]:
    variable = entry.get("key-env") if isinstance(entry, dict) else None
    if not isinstance(variable, str) or not variable.isidentifier():
        raise UsageError(f'{path}: [hosts."{name}"] names no variable', 'write key-env = "NAME"')
    try:
        return origin_of(name if "://" in name else f"https://{name}"), variable
    except ValueError as wrong:
        raise UsageError(f"{path}: {wrong}", 'write [hosts."https://api.example.org"]') from wrong


# --- what was agreed to ---------------------------------------------------------------------------------------------


def confirmed(project: Path, table: Mapping[str, object], server: str) -> bool:
    """Whether the user has agreed that this table of this file leads to this server."""
    return _consent(project, table, server) in _agreed().get("projects", [])


def confirm(project: Path, table: Mapping[str, object], server: str) -> None:
    """Remembers that the user has agreed. Raises OSError."""
    _remember("projects", _consent(project, table, server))


def remember_key(coder: Mapping[str, object]) -> None:
    """Remembers that the user has named a key for the server of a coder, so that the run can be resumed."""
    if coder.get("api_key_env") in (None, NO_KEY):
        return
    entry = _key_entry(coder)
    if entry in _agreed().get("keys", []):
        return
    _NAMED_NOW.append(entry)
    with contextlib.suppress(OSError):  # then the run goes on, and resuming it asks for the key again
        _remember("keys", entry)


def _key_entry(coder: Mapping[str, object]) -> list[str]:
    """Where a key goes, and the variable that holds it; without an address, where is whose models are asked."""
    url, model = coder.get("base_url"), str(coder.get("model") or coder.get("harness"))
    return [str(origin_of(str(url))) if url else model.partition(":")[0], str(coder["api_key_env"])]


def _consent(project: Path, table: Mapping[str, object], server: str) -> list[str]:
    data = json.loads(json.dumps(table, sort_keys=True, default=str))
    return [os.path.realpath(project), digest_of(json.dumps(data, sort_keys=True)), server]


def _agreed() -> dict[str, list[list[str]]]:
    path = folder() / "agreed.json"
    text = _read(path)
    if text is None:
        return {}
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return {name: kept for name, kept in data.items() if isinstance(kept, list)} if isinstance(data, dict) else {}


def _remember(name: str, entry: list[str]) -> None:
    path = folder() / "agreed.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    agreed = _agreed()
    agreed[name] = [*agreed.get(name, []), entry]
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(agreed, file, indent=1)
    new.replace(path)


def _read(path: Path) -> str | None:
    """The text of a file of the user's; None where there is none. UsageError where others may write or read it."""
    try:
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077 or status.st_uid != os.geteuid():
            raise UsageError(f"{path} is open to others", f"chmod 600 {path}, and let it be your own")
        return path.read_bytes()[:_LARGEST].decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path} cannot be read: {wrong}", "correct the file, or remove it") from wrong

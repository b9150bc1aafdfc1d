"""What a database URL means: which driver, which options, and what is refused."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from kgents.errors import UsageError
from kgents.lazy_pattern import pattern

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

VARIABLE = "--database / KGENTS_DATABASE_URL"
_SCHEME = pattern(r"(?P<backend>\w+)(\+\w+)?:")
_BACKENDS = ("sqlite", "postgresql", "postgres")
_FORMS = "sqlite:///FILE or postgresql://USER@HOST/NAME"
_CONNECT_SECONDS = 20.0
_ANSWER_SECONDS = 30.0
_RETRY_SECONDS = 30.0
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def check_scheme(text: str) -> None:
    """UsageError for what is no URL of a database that is known; SQLAlchemy is not loaded for it."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise UsageError(f"{VARIABLE}: this is not a database URL", _FORMS)
    if scheme["backend"] not in _BACKENDS:
        raise UsageError(f"{VARIABLE}: {scheme['backend']} is not supported", _FORMS)


def is_missing(text: str) -> bool:
    """Whether a URL names a file that is not there. UsageError for what is no URL of a database that is known."""
    check_scheme(text)
    scheme, sign, path = text.partition(":///")
    return scheme.startswith("sqlite") and bool(sign and path) and not Path(path.partition("?")[0]).exists()


def get_url(text: str) -> "URL":
    """The URL with our driver in it. UsageError for one that means nothing."""
    from sqlalchemy import exc
    from sqlalchemy.engine import make_url

    check_scheme(text)
    try:
        url = make_url(text)
    except (exc.ArgumentError, ValueError):  # the latter for a port that is no number
        raise UsageError(f"{VARIABLE}: this is not a database URL", _FORMS) from None
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if importlib.util.find_spec("asyncpg") is None:
        raise UsageError("the driver of Postgres is missing", "pip install 'kgents[postgres]'")
    return url.set(drivername="postgresql+asyncpg")


def _sqlite(url: "URL") -> "URL":
    if not url.database or url.host:
        raise UsageError(f"{VARIABLE}: this names no file", "sqlite:///FILE, or sqlite:////FOLDER/FILE from the root")
    if url.query:
        raise UsageError(f"{VARIABLE}: SQLite takes no option {', '.join(url.query)}", "sqlite:///FILE")
    if Path(url.database).is_dir():
        raise UsageError(f"{VARIABLE}: {url.database} is a folder", "name a file in it")
    return url.set(drivername="sqlite+pysqlite")


def connection_options(url: "URL") -> tuple["URL", dict[str, object], float]:
    """The URL without the options that libpq spells otherwise than our driver, those for the driver, and for how many
    seconds a transaction is tried again.
    """
    settings = {"application_name": "kgents"}
    options: dict[str, object] = {
        "timeout": _CONNECT_SECONDS,
        "command_timeout": _ANSWER_SECONDS,
        "server_settings": settings,
    }
    retry_seconds = _RETRY_SECONDS
    kept: dict[str, str | tuple[str, ...]] = {}
    for name, value in url.query.items():
        text = value if isinstance(value, str) else value[-1]
        match name:
            case "host" | "port" | "user" | "password" | "database":
                kept[name] = value
            case "sslmode" | "ssl":
                if text not in _MODES:
                    raise UsageError(f"{VARIABLE}: sslmode={text}", f"one of {', '.join(_MODES)}")
                options["ssl"] = text
            case "connect_timeout":
                options["timeout"] = _number(name, text)
            case "command_timeout":
                options["command_timeout"] = _number(name, text)
            case "retry_seconds":
                retry_seconds = _number(name, text)
            case "application_name" | "search_path":
                settings[name] = text
            case _:
                known = "host, port, sslmode, connect_timeout, command_timeout, retry_seconds, application_name, search_path"
                raise UsageError(f"{VARIABLE}: the option {name} is not known", f"one of {known}")
    return url.set(query=kept), options, retry_seconds


def _number(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise UsageError(f"{VARIABLE}: {name}={text} is no number of seconds", f"such as {name}=30")
    return seconds

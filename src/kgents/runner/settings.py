"""Settings: what the environment and `[tool.kgents]` in pyproject.toml say, read once.

Precedence: an option on the command line, then KGENTS_…, then `[tool.kgents]` in the nearest pyproject.toml, then the
default. Every option of `kg experiment` is a variable (`--max-trials` is KGENTS_MAX_TRIALS) and a key (`max-trials`).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kgents.errors import UsageError
from kgents.harness.limiter import Limiters
from kgents.kinds.kind import RunContext


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """Where the record is, and the environment as it was."""

    database: str
    data_dir: Path
    environment: Mapping[str, str]

    def context(self) -> RunContext:
        """What kinds of experiments may use of this process."""
        return RunContext(self.environment, project_table, limiters=Limiters(proven=False))

    @staticmethod
    def readable(database: str | None = None) -> "ProcessSettings":
        """The settings of this process, as if the project said nothing where its file cannot be read."""
        return _settings(database, lambda: readable_table()[0])

    @staticmethod
    def read(database: str | None = None) -> "ProcessSettings":
        """The settings of this process; `database` is what --database says. UsageError for a broken file of the project."""
        return _settings(database, project_table)


def _settings(database: str | None, table: Callable[[], Mapping[str, object]]) -> ProcessSettings:
    environment = dict(os.environ)
    data_dir = Path(environment["KGENTS_DATA_DIR"]) if environment.get("KGENTS_DATA_DIR") else _data_dir()
    url = database or environment.get("KGENTS_DATABASE_URL") or table().get("database")
    return ProcessSettings(str(url or f"sqlite:///{data_dir / 'kgents.db'}"), data_dir, environment)


def wanted(variable: str) -> bool:
    """Whether a variable of a flag says yes."""
    return os.environ.get(variable, "").lower() in ("1", "true", "t", "yes", "y", "on")


def _data_dir() -> Path:
    from platformdirs import user_data_path

    return user_data_path("kgents", appauthor=False)


def project_file(start: Path | None = None) -> Path | None:
    """The nearest pyproject.toml above `start` (default: here); None where "here" has been removed."""
    try:
        here = (start or Path.cwd()).resolve()
    except FileNotFoundError:
        return None
    return next((path for folder in (here, *here.parents) if (path := folder / "pyproject.toml").is_file()), None)


def project_table(start: Path | None = None) -> Mapping[str, object]:
    """`[tool.kgents]` of the nearest pyproject.toml above `start`, keys with underscores; empty where there is none."""
    path = project_file(start)
    return {} if path is None else _table(path)


def readable_table() -> tuple[Mapping[str, object], str | None]:
    """(`[tool.kgents]` as far as it can be read, what is wrong with the file), for commands that look for what is wrong."""
    try:
        return project_table(), None
    except UsageError as wrong:
        return {}, wrong.message


def _table(path: Path) -> Mapping[str, object]:
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    if b"kgents" not in content.replace(b"\0", b""):  # also in UTF-16
        return {}
    import tomllib

    try:
        tool = tomllib.loads(content.decode()).get("tool")
    except UnicodeDecodeError as wrong:
        raise UsageError(f"{path} is not UTF-8 text", "save it as UTF-8") from wrong
    except tomllib.TOMLDecodeError as wrong:
        if b"tool.kgents" not in content:
            return {}
        raise UsageError(f"{path} is not valid TOML: {wrong}", "correct the file, or run elsewhere") from wrong
    table = tool.get("kgents", {}) if isinstance(tool, Mapping) else {}
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}: tool.kgents = {table!r} is no table", "write [tool.kgents] above its keys")
    return {str(key).replace("-", "_"): value for key, value in table.items()}

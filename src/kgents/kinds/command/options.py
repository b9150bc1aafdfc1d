"""What `run` and `compare` are asked of commands, and what the record keeps of it."""

from typing import NotRequired, TypedDict


class CommandOptions(TypedDict):
    """Codes and names as they are typed, None: not said; `timeout` is seconds."""

    timeout: float
    success_codes: str | None
    error_codes: str | None
    runner: str | None
    env_pass: NotRequired[str | None]


class ProgramConfig(TypedDict):
    """One arm of commands."""

    name: str
    argv: list[str]
    runner: NotRequired[str]


class ScoreConfig(TypedDict):
    """Where the score stands, and what it can be: decimal numbers as text."""

    source: str
    low: str
    high: str


class CommandConfig(TypedDict):
    """The configuration of the kind `command`.

    success_codes, error_codes  absent in records from before exit statuses had meanings
    env_pass                    which variables the command sees; absent: all
    under                       seconds above which a trial fails; absent: none
    """

    type: str
    programs: list[ProgramConfig]
    timeout: float
    cwd: str
    success_codes: NotRequired[list[int]]
    error_codes: NotRequired[list[int]]
    env_pass: NotRequired[list[str]]
    under: NotRequired[float]
    score: NotRequired[ScoreConfig]

"""The variables that a command sees: all of this process's, or only those that every program needs and those named."""

from collections.abc import Mapping, Sequence

from kgents.errors import UsageError
from kgents.lazy_pattern import pattern

ALWAYS = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "LANG", "LANGUAGE", "TMPDIR")
_LANGUAGE = "LC_"  # and whatever begins so
_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*\*?")


def names_of(text: str | None) -> list[str] | None:
    """--env-pass as names: `NAME`, or `NAME*` for all that begin so; [] for none, None for all.

    UsageError for what is no name.
    """
    if text is None or text == "all":
        return None
    names = [] if text == "none" else text.split(",")
    wrong = next((name for name in names if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        raise UsageError(f"--env-pass {wrong!r}: no name of a variable", "names with commas between them, all, or none")
    return names


def passed(environment: Mapping[str, str], names: Sequence[str] | None) -> dict[str, str]:
    """The variables of an environment that a command sees; None for `names` means all."""
    if names is None:
        return dict(environment)
    whole = {*ALWAYS, *(name for name in names if not name.endswith("*"))}
    beginnings = (_LANGUAGE, *(name[:-1] for name in names if name.endswith("*")))
    return {name: value for name, value in environment.items() if name in whole or name.startswith(beginnings)}

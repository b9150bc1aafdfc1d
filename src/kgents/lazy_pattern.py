"""Regular expressions that are compiled when they are first used: a command needs few of those that its modules hold."""

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, but compiled later; what is wrong with the text is said then."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


class _Pattern:
    """Has the attributes of the compiled pattern; after the first of them is asked for, its methods are at hand."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._given)
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)

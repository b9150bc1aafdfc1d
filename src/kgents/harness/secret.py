"""Keys, and how they are kept out of everything that is written.

Rule: whatever leaves a harness as text went through `Secrets.redact` first. Names may be shown, values never.
"""

import re
from collections.abc import Mapping

_NAME = re.compile(r"(?i)(?:(?:^|_|API|ACCESS)KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)")
_SHAPE = re.compile(
    r"\b(?:sk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abp]-[A-Za-z0-9-]{10,})"
)
_URL = re.compile(r"://([^/\s:@]*:([^@\s/]+)@)")  # user and password of a database, say
_SHORTEST = 8  # a shorter value is no key, and replacing it would garble texts
REDACTED = "[redacted]"


class Secrets:
    """The values that must not be written: of variables that are named like keys, passwords in URLs, what looks like one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        values = {value for name, value in environment.items() if _NAME.search(name) and len(value) >= _SHORTEST}
        for found in (_URL.search(value) for value in environment.values()):
            if found is not None:
                values.add(found[2] if len(found[2]) >= _SHORTEST else found[1])
        self._values = sorted(values, key=len, reverse=True)

    def redact(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            text = text.replace(value, REDACTED)
        return _SHAPE.sub(REDACTED, text)

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)})"

"""Who begins an experiment, and where."""

import getpass
import platform
import secrets
from collections.abc import Sequence
from contextlib import suppress

from kgents.domain.names import Names
from kgents.runner.settings import wanted


def names_for(name: str | None, tags: Sequence[str], with_user: bool = True) -> Names:
    """The names of a new experiment, with a new salt; without user and host where that is asked for (KGENTS_NO_USER)."""
    user = host = None
    if with_user and not wanted("KGENTS_NO_USER"):
        with suppress(Exception):  # a user without an entry in the table of users
            user = _printable(getpass.getuser())
        host = _printable(platform.node())
    return Names(secrets.token_hex(16), name, tuple(tags), user, host)


def _printable(text: str) -> str | None:
    return "".join(character for character in text if character.isprintable())[:200] or None

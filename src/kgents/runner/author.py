"""Who begins an experiment, and where."""

import getpass
import platform
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kgents.domain.ids import LABEL_CHARACTERS, check_label
from kgents.domain.names import Names
from kgents.errors import UsageError
from kgents.runner.settings import wanted


def label_of(label: str, text: Any) -> str:
    """The text, where it can be a name, tag or arm. UsageError for one that is no text, blank, too long, or has control
    characters.
    """
    if isinstance(text, str) and not text.strip():
        raise UsageError(f"the {label} is empty (an unset variable?)", "give it a text, or leave it out")
    try:
        if any("\ud800" <= character <= "\udfff" for character in check_label(text)):
            raise ValueError("it is not UTF-8")
    except ValueError as wrong:
        hint = f"give it as text of at most {LABEL_CHARACTERS} characters, none of them a control character"
        raise UsageError(f"the {label} {text!a:.80} cannot be recorded", hint) from wrong
    return str(text)


def names_for(name: str | None, tags: Sequence[str], with_user: bool = True) -> Names:
    """The names of a new experiment, with a new salt; without user and host where that is asked for (KGENTS_NO_USER).

    UsageError for a name or tag that cannot be one.
    """
    for label, text in (("name", name), *(("tag", tag) for tag in tags)):
        if text is not None or label == "tag":
            label_of(label, text)
    user = host = None
    if with_user and not wanted("KGENTS_NO_USER"):
        with suppress(Exception):  # a user without an entry in the table of users
            user = _printable(getpass.getuser())
        host = _printable(platform.node())
    return Names(secrets.token_hex(16), name, tuple(tags), user, host)


def _printable(text: str) -> str | None:
    return "".join(character for character in text if character.isprintable())[:200] or None

"""Why there was no answer, or no usable one: one table of cause, words and remedy for every report.

| cause                | words in the error                | wrong address | remedy                        |
|----------------------|-----------------------------------|---------------|-------------------------------|
| network, unreachable | connection refused, no such host… | yes           | --base-url                    |
| network, unreachable | the answer broke off              | no            | go on later                   |
| unreachable, unknown | HTTP 5…                           | no            | the server's own log          |
| auth, quota, …       | any                               | no            | the key, --model, the option  |

Rule: the words are written here and found again here, so that a record of errors is enough to name the remedy.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from kgents.domain.outcome import Cause

REFUSED = "connection refused"
NO_HOST = "no such host"
NO_ROUTE = "no connection"
UNTRUSTED = "its certificate is not trusted"
HTML = "a page of HTML"
EMPTY = "an empty answer"
FOREIGN = "not an answer of this API"
BROKEN = "the answer broke off"
UNSENT = "the key (none was sent: --api-key-env NAME)"  # of a server of one's own for which nobody named one
LONGEST = 300  # characters of an error that a record keeps
_HERE = "Is this the address of the API? Most end in /v1. (--base-url)"
_NO_SERVER = (Cause.NETWORK, Cause.UNREACHABLE)
_LATER = "Go on later: kg experiment resume @latest."


@dataclass(frozen=True, slots=True)
class Sign:
    """One row: causes and words that an error has, and what to do; `{key}` is the variable of the key.

    misplaced  whether a server that has never answered would say so for ever
    """

    causes: tuple[Cause, ...]
    words: str
    remedy: str
    misplaced: bool = False


SIGNS = (
    Sign(_NO_SERVER, REFUSED, "Is the server running? (--base-url)", True),
    Sign(_NO_SERVER, NO_HOST, "Is its name right, and this machine on the network? (--base-url)", True),
    Sign(_NO_SERVER, NO_ROUTE, "Is the server up, and can it be reached from here? (--base-url)", True),
    Sign(_NO_SERVER, UNTRUSTED, "Is https right there? (--base-url)", True),
    Sign(_NO_SERVER, HTML, _HERE, True),
    Sign(_NO_SERVER, EMPTY, _HERE, True),
    Sign(_NO_SERVER, FOREIGN, _HERE, True),
    Sign(_NO_SERVER, BROKEN, f"Does the server, or a proxy before it, restart? {_LATER}"),
    Sign(
        (Cause.UNREACHABLE, Cause.MODEL_TIMEOUT),
        "no answer within",
        "Is the model still loading, or too slow? (--timeout)",
    ),
    Sign((Cause.UNREACHABLE, Cause.UNKNOWN), "HTTP 5", "The server's own log says why."),
    Sign((Cause.RATE_LIMIT,), "", "Ask less at once: --concurrency, --requests-per-minute."),
    Sign((Cause.OVERLOADED,), "", _LATER),
    Sign((Cause.AUTH,), "", "Check {key}."),
    Sign((Cause.QUOTA,), "", "Add credit to the account of {key}, or use another key."),
    Sign((Cause.HARNESS_MISSING,), HTML, _HERE),
    Sign((Cause.HARNESS_MISSING,), "cannot start", "Is the program there, and executable (chmod +x)?"),
    Sign((Cause.HARNESS_MISSING,), "exit status", "Is the program there, and executable (chmod +x)?"),
    Sign((Cause.HARNESS_MISSING,), "", "Check --model and --base-url."),
    Sign((Cause.OPTION_REFUSED,), "", "Leave the option out or change it, or ask another --model."),
    Sign((Cause.CONTEXT_LENGTH,), "", "Shorten the spec, or ask another --model."),
    Sign((Cause.TRUNCATED,), "", "Raise the cap, or leave it out. (--max-output-tokens)"),
    Sign((Cause.CHAT_MARKERS,), "", "Is the chat template the model's? (a base model: --prompt-style completion)"),
)


def sign_of(cause: Cause, text: str) -> Sign | None:
    """The row of an error; None where none is right for it."""
    return next((sign for sign in SIGNS if cause in sign.causes and sign.words in text), None)


def remedy(cause: Cause, text: str, key: str = "the key") -> str:
    """What to do about an error, as a sentence; empty where there is nothing to do. One that the text ends with is kept."""
    sign = sign_of(cause, text)
    if sign is None:
        return ""
    named = re.search(re.escape(sign.remedy).replace(r"\{key\}", "(.+?)"), text)
    return named[0] if named else sign.remedy.format(key=key)


def with_remedy(cause: Cause, text: str, key: str = "the key") -> str:
    """An error and what to do about it, as two sentences of at most LONGEST characters together."""
    more = remedy(cause, text, key)
    if not more or more in text:
        return text
    return f"{text.rstrip('.')[: LONGEST - 2 - len(more)]}. {more}"


def no_answer(url: str, words: str) -> str:
    """The sentence of an error before any answer was read."""
    return f"no answer from {url.rstrip('/')}: {words}"


def unsent(error: BaseException) -> str:
    """The words for a connection that could not be made."""
    chain = list(_chain(error))
    if any(isinstance(each, ssl.SSLError) for each in chain):
        return UNTRUSTED
    if any(isinstance(each, socket.gaierror) for each in chain):
        return NO_HOST
    numbers = {each.errno for each in chain if isinstance(each, OSError)}
    if errno.ECONNREFUSED in numbers:
        return REFUSED
    return f"{NO_ROUTE} ({_line(chain[-1])})"


def broken(error: BaseException) -> str:
    """The words for an answer that ended too early."""
    return f"{BROKEN} ({_line(list(_chain(error))[-1])})"


def unread(body: bytes) -> str | None:
    """The words for a body that is no JSON at first sight; None where it may be."""
    start = body[:200].strip()
    if not start:
        return EMPTY
    return HTML if start.startswith(b"<") else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            yield from error.exceptions
        error = error.__cause__ or error.__context__


def _line(error: BaseException) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:120]

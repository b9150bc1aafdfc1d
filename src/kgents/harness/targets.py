"""Which requests of an agent CLI are questions to a model: an exact list of targets for each protocol.

Rule: a target is origin-form and plain, or it is refused; it is matched after it was decoded, and what is sent on is
written anew from the match. A request decides neither host nor path.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from kgents.harness import wire

_PLAIN = re.compile(r"/[A-Za-z0-9._~:%/-]*")
_QUERY = re.compile(r"[A-Za-z0-9._~:%+=&-]*")
_MODEL = r"models/[A-Za-z0-9][A-Za-z0-9._-]*"
_TARGETS: Mapping[str, Sequence[tuple[re.Pattern[str], wire.Protocol]]] = {
    "anthropic": ((re.compile(r"/v1/messages"), wire.ANTHROPIC),),
    "openai": (
        (re.compile(r"(?:/v1)?/responses"), wire.RESPONSES),
        (re.compile(r"(?:/v1)?/chat/completions"), wire.CHAT),
    ),
    "openai-chat": ((re.compile(r"(?:/v1)?/chat/completions"), wire.CHAT),),
    "google": ((re.compile(rf"/v1(?:beta|alpha)?/{_MODEL}:(?:stream)?[gG]enerateContent"), wire.GEMINI),),
}


class Refused(ValueError):
    """A request that does not get out; `status` is what its sender is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Target:
    """A question to a model: the protocol, the path, and the parameters of its query."""

    protocol: wire.Protocol
    path: str
    query: Sequence[tuple[str, str]] = ()

    def text(self, change: Callable[[str], str]) -> str:
        """As it is sent: every value of the query goes through `change`."""
        query = urlencode([(name, change(value)) for name, value in self.query])
        return f"{self.path}?{query}" if query else self.path


def target_of(vendor: str, method: str, text: str) -> Target:
    """The question that a request line asks. Refused: 400 where it is not plain, 404 where it is no question."""
    path, _, query = text.partition("?")
    path = _decoded(path)
    parameters = _parameters(query)
    spoken = next((protocol for match, protocol in _TARGETS[vendor] if match.fullmatch(path)), None)
    if method != "POST" or spoken is None:
        raise Refused(404, "only questions to a model get out of the void")
    return Target(spoken, path, parameters)


def _decoded(path: str) -> str:
    """A path without percent signs. Refused: what another reader could read as another path or another host."""
    if not _PLAIN.fullmatch(path) or re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise Refused(400, "the target of a request is a plain path")
    decoded = unquote_to_bytes(path).decode("latin-1")
    if decoded.count("/") != path.count("/") or not _PLAIN.fullmatch(decoded) or "%" in decoded:
        raise Refused(400, "a path may not hide what it says")
    segments = decoded[1:].split("/")
    if any(segment in ("", ".", "..") for segment in segments[:-1]) or segments[-1] in (".", ".."):
        raise Refused(400, "a path has no empty and no dot segments")
    return decoded


def _parameters(query: str) -> list[tuple[str, str]]:
    if not _QUERY.fullmatch(query):
        raise Refused(400, "the query of a request is plain")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise Refused(400, f"the query of a request is plain: {error}") from error
    if any(not character.isprintable() for pair in pairs for text in pair for character in text):
        raise Refused(400, "a query has no control characters")
    return pairs

"""Who may ask the page for anything: a browser on this machine that has the token, for pages of this very address.

Rule: everything is refused that is not GET or HEAD, names another host (DNS rebinding), or comes from another site.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlencode

from kgents.report.html.page import style_source

Scope = Mapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

POLICY = (
    "default-src 'none'; style-src {style}; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def headers() -> dict[str, str]:
    """What every answer carries."""
    return {
        "content-security-policy": POLICY.format(style=style_source()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }


@dataclass(frozen=True, slots=True)
class Door:
    """The token that is once in the URL, and the secret that the cookie holds afterwards.

    host  that was bound; `cookie` has the port in its name, since cookies do not tell ports apart
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"kg_ui_{self.port}"

    @property
    def url(self) -> str:
        """What a browser opens."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/?token={self.token}"

    def knows(self, name: str) -> bool:
        """Whether this is a name of this machine that no foreign name server can answer for."""
        bare = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
        bare = bare.strip("[]")
        try:
            address = ip_address(bare)
        except ValueError:
            return bare in ("localhost", self.host)
        return address.is_loopback or not ip_address(_literal(self.host)).is_loopback


def _literal(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host if _is_address(host) else "0.0.0.0"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class Guard:
    """Stands before the application."""

    def __init__(self, application: Application, door: Door) -> None:
        self._application = application
        self._door = door

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answers itself what is refused, and exchanges the token for a cookie."""
        if scope["type"] != "http":
            return
        asked = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        status, words = self._refusal(scope, asked)
        if status:
            await _answer(send, status, words)
        elif (token := dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token")) is not None:
            await self._exchange(scope, send, token)
        elif not hmac.compare_digest(_cookie(asked.get("cookie", ""), self._door.cookie), self._door.secret.encode()):
            await _answer(send, 403, "Open the address that kg ui printed: it has the token.\n")
        else:
            await self._application(scope, receive, send)

    def _refusal(self, scope: Scope, asked: Mapping[str, str]) -> tuple[int, str]:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "This page only shows: GET and HEAD.\n"
        host = asked.get("host", "")
        if not self._door.knows(host):
            return 421, "This is not the host that this page is served at.\n"
        if asked.get("origin", f"http://{host}") != f"http://{host}":
            return 403, "This page answers its own pages only.\n"
        return 0, ""

    async def _exchange(self, scope: Scope, send: Any, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._door.token.encode()):
            await _answer(send, 403, "This token is not the one that kg ui printed.\n")
            return
        kept = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] != "token"]
        path = "/" + scope["path"].lstrip("/\\")
        where = path + ("?" + urlencode(kept) if kept else "")
        cookie = f"{self._door.cookie}={self._door.secret}; HttpOnly; SameSite=Strict; Path=/"
        await _answer(send, 303, "", {"location": where, "set-cookie": cookie})


def _cookie(line: str, name: str) -> bytes:
    jar = SimpleCookie()
    try:
        jar.load(line)
    except CookieError:
        return b""
    return jar[name].value.encode() if name in jar else b""


async def _answer(send: Any, status: int, words: str, more: Mapping[str, str] | None = None) -> None:
    fields = {
        **headers(),
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(words.encode())),
        **(more or {}),
    }
    lines = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": words.encode()})

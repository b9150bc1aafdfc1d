"""Origins: scheme, name and port of a server, the only thing that a key is ever bound to.

Rule: addresses are compared after parsing, never as texts; what cannot be parsed into an origin is no address.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from kgents.lazy_pattern import pattern

_PORTS = {"http": 80, "https": 443}
_NAME = pattern(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?")


@dataclass(frozen=True, slots=True)
class Origin:
    """One server: `scheme` is http or https, `host` is in lower case and without brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What stands in a Host header: the port is left out where the scheme implies it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def private(self) -> bool:
        """Whether this is the machine itself or its own network, told by the name alone (nothing is looked up)."""
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return "." not in self.host or self.host.endswith((".localhost", ".local", ".internal", ".lan"))
        return address.is_loopback or address.is_private or address.is_link_local


def origin_of(url: str) -> Origin:
    """The origin of an address of http or https; ValueError where there is none, or where it is not plain."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"{url!r} is not an address of http or https")
    host = (parts.hostname or "").lower()
    try:
        port = parts.port or _PORTS[parts.scheme]
        plain = ":" in host and bool(ipaddress.ip_address(host))
    except ValueError as error:
        raise ValueError(f"{url!r} names no server: {error}") from error
    if not plain:
        host = _ascii(host)
    if not plain and not _NAME.fullmatch(host):
        raise ValueError(f"{url!r} names no server")
    return Origin(parts.scheme, host.removesuffix("."), port)


def _ascii(host: str) -> str:
    """A name with letters beyond ASCII as the resolver sees it; empty where it cannot be one."""
    try:
        return host.encode("idna").decode("ascii").lower() if not host.isascii() else host
    except UnicodeError:
        return ""

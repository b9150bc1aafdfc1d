"""Where the workers are, how they are reached, and the clocks of a run on them. Nothing here imports an engine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from kgents.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FILES = ("ca.pem", "cert.pem", "key.pem")  # of a folder of certificates


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long, in seconds, each side waits for the other.

    grace    for a worker to say that it is at a trial that was given to it; then another attempt is made
    lease    a worker that hears nothing of the coordinator so long ends its trials
    ttl      a worker that says nothing so long is taken for frozen: its trials are run elsewhere
    silence  a scheduler that says nothing so long is lost: the run stops, resumably
    """

    grace: float = 30.0
    lease: float = 30.0
    ttl: float = 30.0
    silence: float = 15.0

    @property
    def beat(self) -> float:
        """Seconds between two signs of life of the coordinator."""
        return min(self.lease, self.ttl, self.silence, self.grace) / 3

    @staticmethod
    def read(text: str | None) -> "Clocks":
        """`lease=10,ttl=5`; what is not named keeps its default. UsageError for another form."""
        if not text:
            return Clocks()
        names = [each.name for each in fields(Clocks)]
        values: dict[str, float] = {}
        for part in text.split(","):
            name, _, seconds = part.strip().partition("=")
            try:
                values[name] = float(seconds)
            except ValueError:
                values[name] = -1.0
            if name not in names or not 0.5 <= values[name] <= 86_400:
                raise UsageError(
                    f"--workers-clocks {part.strip()!r}: NAME=SECONDS of {', '.join(names)}; 0.5 to 86400",
                    "such as --workers-clocks lease=30,silence=15",
                )
        return Clocks(**values)


@dataclass(frozen=True, slots=True)
class Workers:
    """Where a run's workers are.

    address  tls://HOST:PORT or tcp://HOST:PORT of the scheduler
    folder   of the certificates (ca.pem, cert.pem, key.pem) for tls
    """

    address: str
    folder: Path | None = None
    clocks: Clocks = field(default_factory=Clocks)

    @property
    def secure(self) -> bool:
        """Whether both sides show certificates."""
        return self.address.startswith("tls://")


def workers_at(
    address: str, folder: Path | str | None, insecure: bool, clocks: Clocks | None = None, name: str = "--workers"
) -> Workers:
    """The workers at an address. UsageError for one that is none, for tcp beyond this machine, for lacking certificates."""
    parts = urlsplit(address)
    try:
        port, host = parts.port, parts.hostname
    except ValueError:
        port, host = None, None
    if parts.scheme not in ("tcp", "tls") or not host or not port:
        raise UsageError(f"{name} {address}: no address of a scheduler", "such as tls://127.0.0.1:8786")
    if parts.scheme == "tcp":
        if host not in LOOPBACK and not insecure:
            raise UsageError(
                f"{name} {address}: anybody who reaches this port can run programs there and here",
                "use tls:// and the certificates that kg cluster up --dir DIR makes"
                + ("" if name.startswith("workers") else ", or add --insecure"),
            )
        return Workers(address, None, clocks or Clocks())
    return Workers(address, _certificates(address, folder, name), clocks or Clocks())


def _certificates(address: str, folder: Path | str | None, name: str) -> Path:
    option = "--workers-tls" if name == "--workers" else "workers_tls =" if name.startswith("workers") else "--tls"
    if folder is None:
        raise UsageError(f"{name} {address}: which certificates?", f"{option} DIR, made by kg cluster up --dir DIR")
    path = Path(folder)
    for file in FILES:
        if not os.access(path / file, os.R_OK):
            raise UsageError(
                f"{option} {path}: {file} is not there or cannot be read", "kg cluster up --dir DIR makes it"
            )
    return path.resolve()


def workers_of(options: Mapping[str, object]) -> Workers | None:
    """The workers that the options of a command line name; None where the run is on this machine. UsageError."""
    address = options.get("workers")
    if not address:
        for name in ("workers_clocks", "workers_tls", "insecure"):
            if options.get(name):
                flag = f"--{name.replace('_', '-')}"
                raise UsageError(f"{flag} is about --workers", "add --workers tls://HOST:PORT, or leave it out")
        return None
    clocks = options.get("workers_clocks")
    folder = options.get("workers_tls")
    return workers_at(
        str(address), None if folder is None else str(folder), bool(options.get("insecure")),
        Clocks.read(None if clocks is None else str(clocks)),
    )  # fmt: skip

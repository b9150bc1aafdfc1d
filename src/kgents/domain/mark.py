"""A mark: one witnessed fact as exact bytes in a hash chain.

The bytes are canonical JSON of {v, log, seq, prev, kind, at, data}; the id is SHA-256(0x00 ‖ bytes), which is both the
chain link and the leaf hash of RFC 9162. The first mark of a log has SHA-256("") as `prev`. `log` is the id of an
experiment or "ledger". `seq` counts from 0. `at` is ISO 8601 in UTC with microseconds.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from kgents.domain.fact import Fact, Finished, Started, read_fact
from kgents.domain.json import JsonObject, canonical, member, nested, read_canonical, storable

LEDGER = "ledger"
ORIGIN = sha256(b"").hexdigest()
VERSION = 1
_KEYS = {"v", "log", "seq", "prev", "kind", "at", "data"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact and when it was witnessed (aware): what is handed to a store.

    elapsed_us  microseconds, by a clock that is never set, since the process that witnessed it took the experiment up;
                None where it was not measured. In a mark it is `elapsed_us` of `data`.
    """

    at: datetime
    fact: Fact
    elapsed_us: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One link of a chain; `id` and `prev` are hex."""

    log: str
    seq: int
    prev: str
    kind: str
    at: str
    data: JsonObject
    body: bytes
    id: str
    sealed: Entry | None = field(default=None, compare=False, repr=False)

    @property
    def entry(self) -> Entry:
        """The fact, read back where it is not known."""
        if self.sealed is not None:
            return self.sealed
        elapsed = self.data.get("elapsed_us")
        known = elapsed if type(elapsed) is int else None
        return Entry(datetime.fromisoformat(self.at), read_fact(self.kind, self.data), known)


def seal(log: str, seq: int, prev: str, entry: Entry) -> Mark:
    """The mark of this entry at this place of the chain; what no database holds in a text is replaced."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    kind, data = entry.fact.kind, entry.fact.to_data()
    if entry.elapsed_us is not None:
        data = {**data, "elapsed_us": entry.elapsed_us}
    outer: JsonObject = {"v": VERSION, "log": log, "seq": seq, "prev": prev, "kind": kind, "at": at}
    known = entry if isinstance(entry.fact, Started | Finished) and entry.at.tzinfo is UTC else None
    try:
        body = canonical({**outer, "data": data})
    except UnicodeEncodeError:
        body = b"\\u0000"
    if b"\\u0000" in body:
        data = {str(storable(name)): storable(value) for name, value in data.items()}
        body, known = canonical({**outer, "data": data}), None
    return Mark(log, seq, prev, kind, at, data, body, mark_id(body), known)


def mark_id(body: bytes) -> str:
    """SHA-256(0x00 ‖ body) in hex."""
    return sha256(b"\x00" + body).hexdigest()


def read_mark(body: bytes) -> Mark:
    """The mark with exactly these bytes; bytes that are not canonical are a ValueError."""
    try:
        outer = read_canonical(body)
    except ValueError as wrong:
        raise ValueError(f"these bytes are not a mark: {wrong}") from wrong
    if not isinstance(outer, dict) or set(outer) != _KEYS:
        raise ValueError("these bytes are not a mark")
    if outer["v"] != VERSION:
        raise ValueError(f"a mark of version {outer['v']}; this kgents reads version {VERSION}")
    log, prev, kind, at = (member(outer, name, str) for name in ("log", "prev", "kind", "at"))
    return Mark(log, member(outer, "seq", int), prev, kind, at, nested(outer, "data"), body, mark_id(body))


def digest(content: bytes) -> str:
    """The address of a blob: SHA-256 in hex."""
    return sha256(content).hexdigest()

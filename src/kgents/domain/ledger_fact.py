"""What the ledger of a project witnesses: which experiments were begun, sealed, erased, and what is remembered of them.

Rule: as of the other facts, `to_data` gives canonical JSON data (no floats); `from_data` is its inverse.
"""

from dataclasses import dataclass
from typing import ClassVar

from kgents.domain.json import Json, JsonObject, member, nested, optional
from kgents.domain.series import SeriesShare


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment was begun, or read from a file; `head` is the id of its first mark (hex).

    share  what it took of the error of a series, once and for all
    """

    kind: ClassVar[str] = "ledger.opened"
    experiment: str
    head: str
    imported: bool = False
    share: SeriesShare | None = None

    def to_data(self) -> dict[str, Json]:
        data: dict[str, Json] = {"experiment": self.experiment, "head": self.head}
        more = {} if self.share is None else {"series": self.share.to_data()}
        return {**data, **({"imported": True} if self.imported else {}), **more}

    @staticmethod
    def from_data(data: JsonObject) -> "Opened":
        share = SeriesShare.from_data(nested(data, "series")) if "series" in data else None
        experiment, head = member(data, "experiment", str), member(data, "head", str)
        return Opened(experiment, head, bool(data.get("imported", False)), share)


@dataclass(frozen=True, slots=True)
class Closed:
    """An experiment was sealed with `size` marks and this head (hex)."""

    kind: ClassVar[str] = "ledger.sealed"
    experiment: str
    size: int
    head: str

    def to_data(self) -> dict[str, Json]:
        return {"experiment": self.experiment, "size": self.size, "head": self.head}

    @staticmethod
    def from_data(data: JsonObject) -> "Closed":
        return Closed(member(data, "experiment", str), member(data, "size", int), member(data, "head", str))


@dataclass(frozen=True, slots=True)
class Erased:
    """Texts of an experiment are not here (any more); its chain stands.

    blobs  how many were removed, or were not in the file that was imported
    marks  how many marks the chain had then: the texts of later ones are here; None in marks of older versions
    names  whether it was name, tags, user and host, and no other text
    """

    kind: ClassVar[str] = "ledger.erased"
    experiment: str
    blobs: int
    marks: int | None = None
    names: bool = False

    def to_data(self) -> dict[str, Json]:
        data: dict[str, Json] = {"experiment": self.experiment, "blobs": self.blobs}
        return {
            **data,
            **({} if self.marks is None else {"marks": self.marks}),
            **({"names": True} if self.names else {}),
        }

    @staticmethod
    def from_data(data: JsonObject) -> "Erased":
        experiment, blobs = member(data, "experiment", str), member(data, "blobs", int)
        return Erased(experiment, blobs, optional(data, "marks", int), optional(data, "names", bool) or False)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A crystal was kept, in place of the earlier one of its experiment; `crystal` is its digest (hex)."""

    kind: ClassVar[str] = "ledger.remembered"
    crystal: str
    experiment: str | None = None

    def to_data(self) -> dict[str, Json]:
        return {"crystal": self.crystal, "experiment": self.experiment}

    @staticmethod
    def from_data(data: JsonObject) -> "Remembered":
        return Remembered(member(data, "crystal", str), optional(data, "experiment", str))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A crystal was removed; `crystal` is its digest (hex)."""

    kind: ClassVar[str] = "ledger.forgotten"
    crystal: str

    def to_data(self) -> dict[str, Json]:
        return {"crystal": self.crystal}

    @staticmethod
    def from_data(data: JsonObject) -> "Forgotten":
        return Forgotten(member(data, "crystal", str))

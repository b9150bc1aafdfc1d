"""What says who began an experiment and what it is called: a text of its own, which can be erased.

The plan holds the text's digest. A salt of 128 bits is part of the text, so that no name can be guessed from the digest.
"""

import json
from dataclasses import dataclass

from kgents.domain.ids import check_label
from kgents.domain.json import Json, JsonObject, member, members, object_of, optional


@dataclass(frozen=True, slots=True)
class Names:
    """Name and tags that people gave, user and host; None where they are not recorded. `salt` is hex, 32 digits."""

    salt: str
    name: str | None = None
    tags: tuple[str, ...] = ()
    user: str | None = None
    host: str | None = None

    def __post_init__(self) -> None:
        """ValueError for what is no name: texts are read from anywhere."""
        texts = [text for text in (self.salt, self.name, self.user, self.host, *self.tags) if text is not None]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("a name, tag, user or host that is no text")
        for text in texts:
            check_label(text)

    def to_data(self) -> dict[str, Json]:
        """As JSON data."""
        return {"salt": self.salt, "name": self.name, "tags": list(self.tags), "user": self.user, "host": self.host}

    def to_text(self) -> bytes:
        """The text whose digest is in the plan; ASCII."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":")).encode()

    @staticmethod
    def from_data(data: JsonObject) -> "Names":
        """The inverse of `to_data`. ValueError, KeyError or TypeError for data that are none."""
        salt, tags = member(data, "salt", str), members(data, "tags", str)
        return Names(salt, optional(data, "name", str), tags, optional(data, "user", str), optional(data, "host", str))

    @staticmethod
    def from_text(content: bytes) -> "Names":
        """The inverse of `to_text`. ValueError, KeyError or TypeError for a text that is none."""
        return Names.from_data(object_of(content))

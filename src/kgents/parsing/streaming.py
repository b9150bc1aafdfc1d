"""`Partial`: an answer that comes in chunks, and what of it is there so far."""

import codecs
import copy
import json
from typing import Any

from kgents.parsing.loading import loads
from kgents.parsing.parsed import Parsed, Rejected
from kgents.parsing.reading.machine import Machine


class Partial:
    """Takes an answer chunk by chunk; at any time `parsed` is what `loads` says of the text so far.

    JSON, also in an open fence, is read as it comes, each character once. Other text is read again whenever it is asked for.
    """

    __slots__ = ("_chunks", "_decoder", "_machine", "_schema")

    def __init__(self, schema: Any = None) -> None:
        if schema is not None:
            from kgents.parsing.fitting.shape import shape_of

            schema = shape_of(schema)
        self._schema = schema
        self._chunks: list[str] = []
        self._machine = Machine()
        self._decoder: Any = None

    def feed(self, chunk: str | bytes) -> "Partial":
        """Takes the next chunk; bytes are UTF-8 and may end within a character."""
        if isinstance(chunk, bytes):
            if self._decoder is None:
                self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
            return self.feed(str(self._decoder.decode(chunk)))
        self._chunks.append(chunk)
        self._machine.feed(chunk)
        return self

    @property
    def text(self) -> str:
        """What came in so far."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    @property
    def value(self) -> Any:
        """The value so far, None where there is none yet. It grows with the text: copy it to keep it."""
        machine = self._read()
        if machine is not None and self._schema is None:
            return machine.root
        try:
            return self.parsed.value
        except Rejected:
            return None

    @property
    def complete(self) -> bool:
        """Whether the answer is complete and nothing in it is doubtful."""
        machine = self._read()
        if machine is not None and not machine.complete:
            return False
        try:
            return self.parsed.complete
        except Rejected:
            return False

    @property
    def parsed(self) -> Parsed:
        """What `loads` says of the text so far; Rejected where it rejects it."""
        machine = self._read()
        if machine is None or machine.complete or self._schema is not None:
            return loads(self.text, self._schema)
        return Parsed(copy.deepcopy(machine.root), False, (), open=machine.path)

    def is_complete(self, path: str) -> bool:
        """Whether the field at a path such as "a.b" or "people[0]" is there and will not change any more."""
        try:
            self.parsed.field(path)
        except Rejected:
            return False
        return True

    def _read(self) -> Machine | None:
        """The machine, where the text is the beginning of an object or a list of valid JSON; None for any other text."""
        try:
            self._machine.read()
        except (Rejected, json.JSONDecodeError):
            self._machine.broken = 0
        usable = self._machine.broken is None and isinstance(self._machine.root, dict | list)
        return self._machine if usable else None

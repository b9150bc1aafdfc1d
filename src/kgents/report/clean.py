"""Texts of others as they may be shown: nothing in them moves a cursor, hides a word, or is run by a spreadsheet."""

import io
from typing import TextIO

from kgents.lazy_pattern import pattern

# C0 and C1 controls but for line feed, tab and the carriage return of a line's end, and what turns the direction of writing
_CONTROL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
_ASCII = bytes([*range(9), *range(0x0B, 0x20), 0x7F])  # those of them, and every carriage return, that ASCII has
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str) -> str:
    r"""The text with control characters as JSON writes them, such as ``\u001b``; in a JSON document that changes nothing."""
    if text.isascii() and len(text.encode().translate(None, _ASCII)) == len(text):  # several times as fast as to search
        return text
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cell(text: str | None) -> str | None:
    """A cell of a table: what a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    if text is None or not text.startswith(_FORMULA):
        return text if text is None else clean(text)
    try:
        float(text)
    except ValueError:
        return "'" + clean(text)
    return text


class CleanOutput(io.TextIOWrapper):
    """A text stream that writes nothing but clean text.

    under  the stream in whose place it is; kept, because it would close the bytes below
    wrong  why something could not be written, the last time; None: all of it could
    """

    under: TextIO | None = None
    wrong: OSError | None = None

    @classmethod
    def over(cls, stream: TextIO) -> "TextIO":
        """One that takes the place of this stream, with its encoding; the stream itself where it has no bytes below it."""
        if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, cls):
            return stream
        over = cls(
            stream.buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        over.under = stream
        return over

    def write(self, text: str, /) -> int:
        """Writes the clean text; how many characters that were."""
        return self.write_unsearched(clean(text))

    def write_unsearched(self, text: str) -> int:
        """Writes a text that is clean."""
        try:
            return super().write(text)
        except OSError as wrong:
            self.wrong = wrong
            raise


def write_json(stream: TextIO, text: str) -> None:
    """Writes JSON as encoders leave it: of the control characters that ASCII has none is in it but DEL."""
    if isinstance(stream, CleanOutput) and text.isascii() and "\x7f" not in text:
        stream.write_unsearched(text)
    else:
        stream.write(text)

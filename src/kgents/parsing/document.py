"""A document: a value whose text is known, piece by piece, so that a mutator knows what it breaks.

Pieces of a JSON text: { } [ ] , : s (string) n (number) l (literal) and space; the roles are k (key), v (value), c
(closing), p (punctuation). A Python document is one piece per line.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
STYLES: tuple[Mapping[str, Any], ...] = ({}, {"indent": 2}, {"separators": (",", ":")})
_TOKEN = re.compile(
    r'(?P<space>[ \t\n\r]+)|(?P<s>"(?:[^"\\]|\\.)*")|(?P<l>true|false|null)'
    r"|(?P<n>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<mark>[{}\[\],:])",
    re.DOTALL,
)


@dataclass(slots=True)
class Piece:
    """A piece of a text; `text` may be changed, `kind`, `role` and `path` say what it was."""

    kind: str
    text: str
    role: str = ""
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A value and how it is written.

    name   where it is from: the name of a template, a file, a line
    style  index into STYLES
    """

    name: str
    value: Any
    style: int = 0
    language: str = "json"

    @property
    def text(self) -> str:
        """The valid text."""
        return str(self.value) if self.language == "python" else dump(self.value, self.style)


@dataclass(slots=True)
class Draft:
    """A document while it is being broken.

    truth  what a parser should return; at first the document's value
    also   other answers that are as right
    hole   the path of the value that is missing
    """

    document: Document
    pieces: list[Piece]
    truth: Any
    also: list[Any] = field(default_factory=list)
    hole: Path | None = None

    @staticmethod
    def of(document: Document) -> "Draft":
        """A draft of it."""
        if document.language == "python":
            lines = [Piece("line", line) for line in document.text.splitlines(keepends=True)]
            return Draft(document, lines, document.value)
        return Draft(document, tokens(document.text), document.value)

    @property
    def text(self) -> str:
        """What it has come to."""
        return "".join([piece.text for piece in self.pieces])

    @text.setter
    def text(self, text: str) -> None:
        self.pieces = [Piece("raw", text)]

    def places(self, kinds: str, role: str | None = None) -> list[int]:
        """Where pieces of these kinds (and this role) are."""
        return [
            place
            for place, piece in enumerate(self.pieces)
            if piece.kind in kinds and (role is None or piece.role == role)
        ]

    def solid(self) -> list[int]:
        """Where pieces are that are not space."""
        return [place for place, piece in enumerate(self.pieces) if piece.kind != " "]


def dump(value: Any, style: int = 0) -> str:
    """JSON in one of the styles."""
    return json.dumps(value, ensure_ascii=False, **STYLES[style])


def tokens(text: str) -> list[Piece]:
    """The pieces of a valid JSON text; ValueError for any other."""
    found: list[Piece] = []
    stack: list[list[Any]] = []  # [closing mark, key or index]
    expects_key = False
    place = 0
    for match in _TOKEN.finditer(text):
        if match.start() != place:
            break
        place = match.end()
        word, kind = match.group(), match.lastgroup
        if kind == "space":
            found.append(Piece(" ", word))
            continue
        if kind == "mark":
            expects_key = _mark(word, stack, found)
            continue
        if kind == "s" and expects_key:
            stack[-1][1] = json.loads(word)
            found.append(Piece("s", word, "k", tuple([step for _, step in stack])))
            expects_key = False
            continue
        found.append(Piece(str(kind), word, "v", tuple([step for _, step in stack])))
    if place != len(text) or stack:
        raise ValueError(f"not valid JSON at character {place}")
    return found


def _mark(word: str, stack: list[list[Any]], found: list[Piece]) -> bool:
    """Takes a punctuation mark; True where a key comes next."""
    path = tuple([step for _, step in stack])
    if word in "{[":
        found.append(Piece(word, word, "v", path))
        stack.append(["}", None] if word == "{" else ["]", 0])
        return word == "{"
    if word in "}]":
        if not stack or stack.pop()[0] != word:
            raise ValueError("not valid JSON: brackets do not match")
        found.append(Piece(word, word, "c", path[:-1]))
        return False
    found.append(Piece(word, word, "p", path))
    if word == "," and stack and stack[-1][0] == "]":
        stack[-1][1] += 1
        return False
    return word == ","

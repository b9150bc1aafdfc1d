"""A document: a value whose text is known, piece by piece, so that a mutator knows what it breaks.

Pieces of a JSON text: { } [ ] , : s (string) n (number) l (literal) and space; the roles are k (key), v (value), c
(closing), p (punctuation). A Python document is one piece per line.
"""

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypedDict

Path = tuple[str | int, ...]


class Style(TypedDict, total=False):
    """How a document is written; see json.dumps."""

    indent: int
    separators: tuple[str, str]


STYLES: tuple[Style, ...] = ({}, {"indent": 2}, {"separators": (",", ":")})
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
    text   the valid text
    """

    name: str
    value: Any
    style: int = 0
    language: str = "json"

    text: str = field(init=False, compare=False, default="")

    def __post_init__(self) -> None:
        text = str(self.value) if self.language == "python" else dump(self.value, self.style)
        object.__setattr__(self, "text", text)


class Draft:
    """A document while it is being broken; it is taken to pieces when somebody asks for them.

    truth  what a parser should return; at first the document's value
    also   other answers that are as right
    hole   the path of the value that is missing
    whole  the paths of the leaves that were complete before the text was cut; None where it was not cut
    cut    the path of the number at which the text was cut: whether that is all of it cannot be told
    marked whether an answer is right only if it is marked as incomplete
    """

    __slots__ = ("_pieces", "also", "cut", "document", "hole", "marked", "truth", "whole")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.truth: Any = document.value
        self.also: list[Any] = []
        self.hole: Path | None = None
        self.whole: list[Path] | None = None
        self.cut: Path | None = None
        self.marked = False
        self._pieces: list[Piece] | None = None

    @property
    def pieces(self) -> list[Piece]:
        """The text in pieces, which may be changed, inserted and removed."""
        if self._pieces is None:
            text = self.document.text
            if self.document.language == "python":
                self._pieces = [Piece("line", line) for line in text.splitlines(keepends=True)]
            else:
                self._pieces = tokens(text)
        return self._pieces

    @pieces.setter
    def pieces(self, pieces: list[Piece]) -> None:
        self._pieces = pieces

    @property
    def text(self) -> str:
        """What it has come to."""
        if self._pieces is None:
            return self.document.text
        return "".join([piece.text for piece in self._pieces])

    @text.setter
    def text(self, text: str) -> None:
        self._pieces = [Piece("raw", text)]

    def rewrite(self, path: Path, new: Any) -> None:
        """Puts another value into the document before it is broken; its text is written anew."""
        self.truth = replaced(self.document.value, path, new)
        self.document = Document(self.document.name, self.truth, self.document.style, self.document.language)
        self._pieces = None

    def places(self, kinds: str, role: str | None = None) -> list[int]:
        """Where pieces of these kinds (and this role) are."""
        return [
            index
            for index, piece in enumerate(self.pieces)
            if piece.kind in kinds and (role is None or piece.role == role)
        ]

    def leaves(self, end: int | None = None) -> list[Path]:
        """The paths of the leaves (an empty list or object is one) that end before this piece."""
        paths: list[Path] = []
        last = ""
        for piece in self.pieces[:end]:
            if (piece.role == "v" and piece.kind in "snl") or (piece.kind in "}]" and last in ("{", "[")):
                paths.append(piece.path)
            last = piece.kind if piece.kind != " " else last
        return paths

    def solid(self) -> list[int]:
        """Where pieces are that are not space."""
        return [index for index, piece in enumerate(self.pieces) if piece.kind != " "]


def dump(value: Any, style: int = 0) -> str:
    """JSON in one of the styles."""
    return json.dumps(value, ensure_ascii=False, **STYLES[style])


def at(value: Any, path: Path) -> Any:
    """What is at the path."""
    for step in path:
        value = value[step]
    return value


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy in which what is at the path is another value."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: replaced(item, rest, new) if key == first else item for key, item in value.items()}
    return [replaced(item, rest, new) if index == first else item for index, item in enumerate(value)]


def tokens(text: str) -> list[Piece]:
    """The pieces of a valid JSON text; ValueError for any other."""
    return [Piece(*parts) for parts in _parts(text)]


@lru_cache(maxsize=8)
def _parts(text: str) -> tuple[tuple[str, str, str, Path], ...]:
    """The parts of each piece; several mutants are made of one text, one after the other."""
    return tuple((piece.kind, piece.text, piece.role, piece.path) for piece in _read(text))


def _read(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    stack: list[_Open] = []
    expects_key = False
    index = 0
    for match in _TOKEN.finditer(text):
        if match.start() != index:
            break
        index = match.end()
        word, kind = match.group(), str(match.lastgroup)
        if kind == "mark":
            expects_key = _mark(word, stack, pieces)
        elif kind == "space":
            pieces.append(Piece(" ", word))
        elif kind == "s" and expects_key:
            stack[-1].step = json.loads(word) if "\\" in word else word[1:-1]
            pieces.append(Piece("s", word, "k", stack[-1].path()))
            expects_key = False
        else:
            pieces.append(Piece(kind, word, "v", stack[-1].path() if stack else ()))
    if index != len(text) or stack:
        raise ValueError(f"not valid JSON at character {index}")
    return pieces


@dataclass(slots=True)
class _Open:
    """A bracket that is open: what closes it, where it is, and the key or index that is being read."""

    closing: str
    base: Path
    step: str | int

    def path(self) -> Path:
        return (*self.base, self.step)


def _mark(word: str, stack: list[_Open], pieces: list[Piece]) -> bool:
    """Takes a punctuation mark; True where a key comes next."""
    if word in "{[":
        path = stack[-1].path() if stack else ()
        pieces.append(Piece(word, word, "v", path))
        stack.append(_Open("}", path, "") if word == "{" else _Open("]", path, 0))
        return word == "{"
    if word in "}]":
        if not stack or stack[-1].closing != word:
            raise ValueError("not valid JSON: brackets do not match")
        pieces.append(Piece(word, word, "c", stack.pop().base))
        return False
    pieces.append(Piece(word, word, "p"))
    if word == ":" or not stack:
        return False
    here = stack[-1]
    if isinstance(here.step, int):
        here.step += 1
        return False
    return True

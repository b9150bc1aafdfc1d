"""A reader of almost-JSON that loses no text: it names what it had to overlook, and rejects where it would have to guess.

It overlooks comments, other quotes, bare keys, commas too many or (before a key) too few, other words for true, false
and null, other ways to write a number, control characters in strings. Where the text ends too soon it returns what was
complete and says so; a number or a word at the very end may be cut, and is left out.
"""

import re
from typing import Any

from kgents.parsing.strategy import Parsed, Rejected

DEEPEST = 200
_SPACE = re.compile(r"[\s\xa0\u200b\ufeff]+|//[^\n]*|/\*.*?\*/|#[^\n]*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False, "null": None, "None": None,
    "NULL": None, "nil": None, "undefined": None,
}  # fmt: skip
_CLOSING = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»"}
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "/": "/",
    "\\": "\\",
    '"': '"',
    "'": "'",
    "`": "`",
    "\n": "",
}


class _End(Exception):
    """The text ended too soon; what was complete is kept."""


def read(text: str) -> Parsed:
    """The value of a text. Rejected names the place and the reason."""
    reader = _Reader(text)
    reader.space()
    if not text[reader.place : reader.place + 1] or text[reader.place] not in "{[":
        raise Rejected("neither an object nor a list")
    value = reader.container(0)
    if reader.complete:
        reader.space()
        rest = text[reader.place :]
        if rest.strip(" \n\t}];"):
            raise Rejected(f"more text after the value, at character {reader.place}")
        if rest.strip():
            reader.repairs.append("bracket too many")
    return Parsed(value, reader.complete, tuple(dict.fromkeys(reader.repairs)))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.repairs: list[str] = []
        self.complete = True

    def space(self) -> None:
        """Passes over spaces and comments."""
        while (match := _SPACE.match(self.text, self.place)) is not None:
            if not match.group().isspace():
                self.repairs.append("comment or hidden character")
            self.place = match.end()

    def peek(self) -> str:
        """The next character that counts; _End where there is none."""
        self.space()
        if self.place >= len(self.text):
            raise _End
        return self.text[self.place]

    def wrong(self, what: str) -> Rejected:
        """The rejection, with its place."""
        return Rejected(f"{what} at character {self.place}")

    def container(self, depth: int) -> Any:
        """An object or a list; on a text that ends too soon what there is of it."""
        if depth > DEEPEST:
            raise self.wrong("nested too deeply")
        opening = self.text[self.place]
        self.place += 1
        found: Any = {} if opening == "{" else []
        try:
            if opening == "{":
                self._members(found, depth)
            else:
                self._elements(found, depth)
        except _End:
            self.complete = False
        return found

    def _members(self, found: dict[str, Any], depth: int) -> None:
        while self._next("}", bool(found)):
            key = self._key()
            self._colon()
            if key in found:
                raise self.wrong(f"the key {key!r} for the second time")
            value = self._value(depth)
            found[key] = value
            if not self.complete:
                return

    def _elements(self, found: list[Any], depth: int) -> None:
        while self._next("]", bool(found)):
            found.append(self._value(depth))
            if not self.complete:
                return

    def _next(self, closing: str, begun: bool) -> bool:
        """Passes over the comma; False at the closing bracket."""
        mark = self.peek()
        comma = mark in ",，;"
        if comma:
            self.place += 1
            if not begun or mark != ",":
                self.repairs.append("comma")
            if not begun:
                raise self.wrong("a comma before the first member")
            mark = self.peek()
        if mark == closing:
            self.place += 1
            if comma:
                self.repairs.append("comma too many")
            return False
        if mark in "]},":
            raise self.wrong(f"{mark!r}")
        if begun and not comma:
            if closing == "]" and mark not in "{[":
                raise self.wrong("no comma between two elements")
            self.repairs.append("comma too few")
        return True

    def _key(self) -> str:
        if self.peek() in _CLOSING:
            return self._string(is_key=True)
        match = _NAME.match(self.text, self.place)
        if match is None:
            raise self.wrong("no key")
        self.place = match.end()
        self.repairs.append("bare key")
        return match.group()

    def _colon(self) -> None:
        mark = self.peek()
        if mark not in ":：=":
            raise self.wrong("no colon after the key")
        self.place += 1
        if mark == "=" and self.text[self.place : self.place + 1] == ">":
            self.place += 1
        if mark != ":":
            self.repairs.append("colon")

    def _value(self, depth: int) -> Any:
        mark = self.peek()
        if mark in "{[":
            return self.container(depth + 1)
        if mark in _CLOSING:
            return self._string(is_key=False)
        for read_leaf in (self._word, self._number):
            match = read_leaf()
            if match is not None:
                return match[0]
        raise self.wrong("no value")

    def _word(self) -> tuple[Any] | None:
        match = _NAME.match(self.text, self.place)
        if match is None:
            return None
        if match.end() == len(self.text):
            raise _End
        if match.group() not in _WORDS:
            raise self.wrong(f"the word {match.group()!r}")
        self.place = match.end()
        if match.group() not in ("true", "false", "null"):
            self.repairs.append("literal")
        return (_WORDS[match.group()],)

    def _number(self) -> tuple[int | float] | None:
        match = _NUMBER.match(self.text, self.place)
        if match is None:
            return None
        word = match.group()
        if match.end() == len(self.text):
            raise _End
        if self.text[match.end()] not in " \t\r\n,;，]}/#\xa0":
            raise self.wrong("no number")
        if re.match(r"[+-]?0\d", word):
            raise self.wrong("a number with a leading zero")
        self.place = match.end()
        if not _PLAIN_NUMBER.fullmatch(word):
            self.repairs.append("number")
        return (_number_of(word.replace("_", "")),)

    def _string(self, is_key: bool) -> str:
        opening = self.text[self.place]
        closing = _CLOSING[opening]
        if opening != '"':
            self.repairs.append("quotes")
        self.place += 1
        parts: list[str] = []
        while True:
            if self.place >= len(self.text):
                if is_key:
                    raise _End
                return self._cut("".join(parts))
            letter = self.text[self.place]
            if letter == closing:
                self.place += 1
                self._after_string(is_key)
                return "".join(parts)
            if letter == "\\":
                parts.append(self._escape(is_key))
                continue
            if letter < " ":
                self.repairs.append("control character in a string")
            parts.append(letter)
            self.place += 1

    def _cut(self, text: str) -> str:
        """A string without an end: it is cut, or it lost its quote; brackets at its end tell that nobody can tell."""
        if text.rstrip()[-1:] in ("}", "]"):
            raise self.wrong("a string without an end")
        self.complete = False
        return text

    def _after_string(self, is_key: bool) -> None:
        """A quote ends a string only where a string can end: anything else would be a guess."""
        self.space()
        mark = self.text[self.place : self.place + 1]
        if mark and mark not in (":：=" if is_key else ",，;}]") and not (not is_key and mark in _CLOSING):
            raise self.wrong("a quote inside a string")

    def _escape(self, is_key: bool) -> str:
        letter = self.text[self.place + 1 : self.place + 2]
        if not letter:
            self.place += 1
            return ""
        if letter in _ESCAPES:
            self.place += 2
            if letter in "'`\n":
                self.repairs.append("escape")
            return _ESCAPES[letter]
        digits = {"u": 4, "x": 2}.get(letter, 0)
        code = self.text[self.place + 2 : self.place + 2 + digits]
        if digits and len(code) < digits:
            self.place = len(self.text)
            return ""
        if digits:
            self.repairs += ["escape"] * (letter == "x")
            return self._code(code)
        self.place += 2
        self.repairs.append("escape")
        return "\\" + letter

    def _code(self, code: str) -> str:
        if not re.fullmatch(r"[0-9a-fA-F]+", code):
            raise self.wrong("a broken escape")
        self.place += 2 + len(code)
        unit = int(code, 16)
        low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(self.text, self.place)
        if 0xD800 <= unit < 0xDC00 and low is not None:
            self.place = low.end()
            return chr(0x10000 + ((unit - 0xD800) << 10) + int(low.group(1), 16) - 0xDC00)
        return chr(unit)


def _number_of(word: str) -> int | float:
    if "x" in word.lower():
        return int(word, 16)
    return int(word) if re.fullmatch(r"[+-]?\d+", word) else float(word)

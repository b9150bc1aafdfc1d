"""A value as Python writes it (`repr`): dicts, lists, tuples, texts, numbers, and objects with what they were called with."""

import re
from typing import Any

from kgents.lazy_pattern import pattern

_DEEPEST = 40
_SPACE = pattern(r"\s*")
_QUOTE = pattern(r"(?P<kind>[rRuUbB]{0,2})(?P<mark>\"\"\"|'''|\"|')")
_INNER = {
    mark: pattern(
        rf"(?P<text>[^\\{mark[0]}{'' if mark[1:] else chr(10)}]*+(?:(?:\\.{f'|{mark[0]}(?!{mark[1:]})' if mark[1:] else ''})"
        rf"[^\\{mark[0]}{'' if mark[1:] else chr(10)}]*+)*+){mark}",
        re.DOTALL,
    )
    for mark in ('"""', "'''", '"', "'")
}  # up to the end of a text; one in single marks stays on its line
_WORD = pattern(r"[A-Za-z_][\w.]*|[-+]?[\d.][\w.+-]*")
_KEYWORD = pattern(r"([A-Za-z_]\w*)\s*=(?!=)")
_ESCAPE = pattern(
    r"\\(?:(?P<hex>x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|U0010[0-9A-Fa-f]{4})|(?P<sign>\n|.))", re.DOTALL
)
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\n": "", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CLOSING = {"{": "}", "[": "]", "(": ")"}
_NAMED: dict[str, Any] = {"None": None, "True": True, "False": False, "null": None, "true": True, "false": False}


def literal(text: str, start: int) -> Any:
    """The value that begins at `start`. ValueError where there is none; numbers are read as text, what follows is not read."""
    return _Scan(text).value(start, 0)[0]


class _Scan:
    """Reads one text, each sign once. Methods give what was read and where it ends."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _blank(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value behind white space."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        at = self._blank(at)
        if _QUOTE.match(self._text, at):
            return self._strings(at)
        if self._text[at : at + 1] in _CLOSING:
            return self._group(at, depth)
        word = _WORD.match(self._text, at)
        if word is None:
            raise ValueError("no value")
        if self._text[word.end() : word.end() + 1] == "(" and word[0] not in _NAMED:
            return self._group(word.end(), depth)
        return _NAMED.get(word[0], word[0]), word.end()

    def _strings(self, at: int) -> tuple[str, int]:
        parts: list[str] = []
        while (match := _QUOTE.match(self._text, at)) is not None:
            part, end = self._string(match)
            parts.append(part)
            at = self._blank(end)
        return "".join(parts), end

    def _string(self, match: re.Match[str]) -> tuple[str, int]:
        inner = _INNER[match["mark"]].match(self._text, match.end())
        if inner is None:
            raise ValueError("a text without an end")
        text = inner["text"] if "r" in match["kind"].lower() else _ESCAPE.sub(_resolved, inner["text"])
        return text, inner.end()

    def _group(self, at: int, depth: int) -> tuple[Any, int]:
        """A dict, list, tuple or call; what a call is given by name is a dict, what it is given otherwise a list in it."""
        closing = _CLOSING[self._text[at]]
        items: list[Any] = []
        named: dict[Any, Any] = {}
        at = self._blank(at + 1)
        while self._text[at : at + 1] != closing:
            keyword = _KEYWORD.match(self._text, at) if closing == ")" else None
            item, at = self.value(keyword.end() if keyword else at, depth + 1)
            at = self._blank(at)
            if keyword is not None:
                named[keyword[1]] = item
            elif closing == "}" and self._text[at : at + 1] == ":":
                named[str(item)], at = self.value(at + 1, depth + 1)
            else:
                items.append(item)
            at = self._blank(at)
            if self._text[at : at + 1] == ",":
                at = self._blank(at + 1)
            elif self._text[at : at + 1] != closing:
                raise ValueError("no end of a group")
        if not named:
            return items, at + 1
        return ({**named, "": items} if items else named), at + 1


def _resolved(match: re.Match[str]) -> str:
    if match["hex"]:
        return chr(int(match["hex"][1:], 16))
    return _SIGNS.get(match["sign"], match["sign"] if match["sign"] in "\\'\"" else match[0])

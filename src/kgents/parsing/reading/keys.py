"""Keys of objects, with other quotes or none, and the colon after each."""

import re

from kgents.parsing.reading.cursor import Cursor, End
from kgents.parsing.reading.lexis import CLOSING, NAME, NUMBER
from kgents.parsing.reading.quoted import Unclear, quoted

_FAST_KEY = re.compile(r'"([^"\\\x00-\x1f“”„:,]*)"\s*:')
_HALF_KEY = re.compile(r"([A-Za-z_]\w{0,60})[\"'”]\s*:")
_UNENDED_KEY = re.compile(r"[\"'“]([A-Za-z_]\w{0,60})\s*:\s*(?=[\"'“{\[\d-]|true|false|null)")
_WIDE_KEY = re.compile(r"[^\s:,{}\[\]\"'][^:,{}\[\]\"'\n]{0,60}?(?=\s*:)")
_MEMBER_IN_KEY = re.compile(r"[\"'”]\s*[,:\]}]")
_NUMBER_ALONE = re.compile(r"[+-]?[0-9][0-9.]*\s*[,}]")


class Keys(Cursor):
    """What reads a key."""

    __slots__ = ()

    def key(self) -> str | None:
        """A key and its colon; None where a value without a key stands (a set)."""
        match = _FAST_KEY.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
            return match.group(1)
        mark = self.peek()
        if mark in CLOSING:
            return self._quoted_key(mark)
        if len(self.boxes) > 1 and _NUMBER_ALONE.match(self.text, self.at):
            return None
        key = self._bare_key()
        self._colon(True)
        return key

    def _quoted_key(self, mark: str) -> str | None:
        unended = _UNENDED_KEY.match(self.text, self.at)
        if unended is not None:
            self.at = unended.end()
            self.repairs.append("quotes")
            return unended.group(1)
        if self.text.startswith('""', self.at) and self.text[self.at + 2 : self.at + 3] not in ('"', ":", " ", ""):
            self.at += 1
            self.repairs.append("quotes")
        try:
            read = quoted(self.text, self.at, "key", self.bare)
        except Unclear:
            read = self._more("element")
        if read.cut:
            raise End
        key = self._text(read)
        if mark != '"' or read.repairs:
            self._doubtful_key(key)
        while self.text[self.at : self.at + 1] == '"':
            self.at += 1
        return key if self._colon(False) else None

    def _doubtful_key(self, key: str) -> None:
        """Rejects a key that would hold the end of one member and the beginning of another."""
        if "\n" in key or key.lstrip()[:1] in (",", "]", "}") or _MEMBER_IN_KEY.search(key):
            raise self.wrong("no key")

    def _bare_key(self) -> str:
        match = _HALF_KEY.match(self.text, self.at)
        if match is not None:
            self.at = match.end() - 1
            self.repairs.append("quotes")
            return match.group(1)
        match = NAME.match(self.text, self.at) or NUMBER.match(self.text, self.at)
        wide = _WIDE_KEY.match(self.text, self.at)
        if wide is not None and (match is None or wide.end() > match.end()):
            match = wide
        if match is None:
            raise self.wrong("no key")
        self.at = match.end()
        if self.at == len(self.text):
            raise End
        self.bare = True
        self.repairs.append("bare key")
        return {"True": "true", "False": "false", "None": "null"}.get(match.group(), match.group())

    def _colon(self, needed: bool) -> bool:
        mark = self.peek()
        if mark in ":：=":
            self.at += 1
            self.at += mark == "=" and self.text[self.at : self.at + 1] == ">"
            if mark != ":":
                self.repairs.append("colon")
            return True
        if mark in ",}" or needed:
            if needed:
                raise self.wrong("no colon after the key")
            return False
        if mark not in "\"'{[-0123456789tfnTFN":
            raise self.wrong("no colon after the key")
        self.repairs.append("colon")
        return True

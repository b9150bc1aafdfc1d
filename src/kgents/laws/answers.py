"""Typed answers out of what a model said: a canonical key per equivalence class, or none.

Kinds: number, choice, yesno, expression, text, json:PATH, regex:PATTERN.
Rule: the last occurrence of the strongest anchor wins; a fallback without an anchor is flagged weak; numbers are exact.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from kgents.errors import UsageError

KINDS = ("number", "choice", "yesno", "expression", "text", "json:PATH", "regex:PATTERN")
_NUMBER = re.compile(r"[-−+]?\$?\s?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:\s*/\s*\d+)?\s*%?")
_ANCHORS = (
    ("hash", re.compile(r"####\s*(.+)")),
    ("final", re.compile(r"final answer\b\s*+(?:is)?\s*+[:=]?\s*+(.+)", re.IGNORECASE)),
    ("answer-is", re.compile(r"\banswer\s++is\b\s*+:?\s*+(.+)", re.IGNORECASE)),
    ("answer", re.compile(r"(?m)^[^\w\n]*+(?:answer|A)\s*+:\s*+(.+)", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The canonical key (None: nothing could be extracted), where it was found, and whether only a fallback found it."""

    key: str | None
    method: str = "none"
    weak: bool = False

    def under(self, options: Mapping[str, str]) -> "Answer":
        """A letter as what it stands for among these options; any other answer as it is."""
        if self.key is None or self.key not in options:
            return self
        return replace(self, key=f"option: {options[self.key]}")

    @property
    def digest(self) -> int:
        """An integer of 48 bits that is equal for equal answers; 0 where there is none."""
        if self.key is None:
            return 0
        return int.from_bytes(sha256(self.key.encode()).digest()[:6], "big") | 1


def check_kind(kind: str) -> None:
    """UsageError for a kind of answer that there is not."""
    head, _, rest = kind.partition(":")
    known = {name.partition(":")[0] for name in KINDS}
    if head not in known or (head in ("json", "regex")) != bool(rest):
        raise UsageError(f"--answer {kind}: there is no such kind of answer", f"one of {', '.join(KINDS)}")
    if head == "regex":
        try:
            re.compile(rest)
        except re.error as wrong:
            raise UsageError(f"--answer {kind}: {wrong}", "a regular expression of Python") from wrong


def extract(text: str, kind: str) -> Answer:
    """The answer of a kind in a text."""
    head, _, rest = kind.partition(":")
    if head == "json":
        return _json(text, rest)
    if head == "regex":
        matches = re.findall(rest, text)
        last = matches[-1] if matches else None
        return Answer(None if last is None else "".join(last).strip(), "regex")
    read = {"number": _number, "choice": _choice, "yesno": _yesno, "expression": _expression, "text": _text}[head]
    for method, passage in _places(text):
        key = read(passage)
        if key is not None:
            return Answer(key, method)
    key = read(text) if head not in ("text", "expression") else None
    return Answer(key, "last" if key is not None else "none", key is not None)


def _places(text: str) -> list[tuple[str, str]]:
    boxed = _boxed(text)
    candidates = [] if boxed is None else [("boxed", boxed)]
    for method, anchor in _ANCHORS:
        matches = anchor.findall(text)
        if matches:
            candidates.append((method, matches[-1]))
    return candidates


def _boxed(text: str) -> str | None:
    """The content of the last \\boxed{…}, braces balanced."""
    opened: list[tuple[int, bool]] = []
    last = (-1, -1)
    for brace in re.finditer(r"(\\boxed\s*+)?\{|\}", text):
        if brace[0] != "}":
            opened.append((brace.end(), brace[1] is not None))
        elif opened:
            start, is_boxed = opened.pop()
            last = max(last, (start, brace.start())) if is_boxed else last
    return None if last[0] < 0 else text[last[0] : last[1]]


def number(text: str) -> Fraction | None:
    """The number that a text writes: thousands, currency, percent and fractions are understood."""
    cleaned = text.replace(",", "").replace("$", "").replace("−", "-").replace(" ", "").rstrip(".")
    percent = cleaned.endswith("%")
    try:
        value = Fraction(cleaned.rstrip("%"))
    except (ValueError, ZeroDivisionError):
        return None
    return value / 100 if percent else value


def _number(text: str) -> str | None:
    latex = re.sub(r"\\d?frac\{(\d+)\}\{(\d+)\}", r"\1/\2", text)
    tail = latex.rsplit("=", 1)[-1]
    for part in (tail, latex):
        values = [number(match) for match in _NUMBER.findall(part) if match.strip()]
        known = [value for value in values if value is not None]
        if known:
            return str(known[0] if part is tail and "=" not in text and len(text) < 80 else known[-1])
    return None


def _choice(text: str) -> str | None:
    letters = re.findall(r"(?<![A-Za-z])\(?([A-J])\)?(?![A-Za-z'])", text)
    return letters[-1] if letters else None


def _yesno(text: str) -> str | None:
    words = re.findall(r"\b(yes|no|true|false)\b", text, re.IGNORECASE)
    return {"yes": "yes", "true": "yes", "no": "no", "false": "no"}[words[-1].lower()] if words else None


def _expression(text: str) -> str | None:
    """The side after the last equals sign of the first line, up to where prose begins."""
    from kgents.laws.expressions import key_of

    line = text.strip().splitlines()[0] if text.strip() else ""
    line = re.split(r"(?:[,;]\s|\.\s|\s(?:and|because|since|for|where|so)\s)", line.strip(" `*$"))[0]
    return key_of(line.rsplit("=", 1)[-1].strip(" `*$"))


def _text(text: str) -> str | None:
    cleaned = re.sub(r"\s+", " ", text).strip(" .\"'*`").casefold()
    return cleaned or None


def _json(text: str, path: str) -> Answer:
    decoder = json.JSONDecoder()
    for start in [match.start() for match in re.finditer(r"[\[{]", text)]:
        try:
            value: Any = decoder.raw_decode(text, start)[0]
            for part in path.strip(".").split("."):
                value = value[int(part)] if isinstance(value, list) else value[part]
        except (ValueError, KeyError, IndexError, TypeError):
            continue
        return Answer(json.dumps(value, sort_keys=True), "json")
    return Answer(None)

"""The words, quotes, spaces and numbers that readers of almost-JSON know."""

import re

DEEPEST = 200
GAP = r"(?:[\s\u200b\ufeff]|//[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/|(?<![\"'”])#[^\n]*(?:\n|$))*"
COLOUR = r"#(?:[0-9A-Fa-f]{3}){1,2}(?=\s*[,}\]\n])"
SPACE = re.compile(rf"[\s\u200b\ufeff]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|(?<![\"'”])(?!{COLOUR})#[^\n]*")
OMITTED = re.compile(r"\.\.\.|…|\b(?:omitted|truncated|remaining|and so on|etc)\b", re.IGNORECASE)
ELLIPSIS = re.compile(r"\.{3,}|…")
NAME = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
WORDS = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False, "null": None, "None": None,
    "NULL": None, "nil": None, "undefined": None, "NaN": float("nan"), "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}  # fmt: skip
PLAIN_WORDS = frozenset({"true", "false", "null", "NaN", "Infinity", "-Infinity"})
CLOSING = {'"': '"”', "'": "'’", "`": "`´", "“": '”“"', "„": '“”"', "‘": "’'", "«": "»", "「": "」"}
PLACEHOLDER = re.compile(r"\?+|N/A|n/a|<[^<>\n]{1,40}>|\{\{[^{}\n]{1,40}\}\}|\[[A-Z][A-Z_ ]+\]|-+|TBD|TODO")


def number_of(word: str) -> int | float:
    """The number that a word of NUMBER is."""
    word = word.replace("_", "")
    if "x" in word or "X" in word:
        return int(word, 16)
    return int(word) if word.lstrip("+-").isdecimal() else float(word)

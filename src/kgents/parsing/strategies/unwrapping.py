"""Takes off what is around an answer: fences, thinking blocks, tags, prose; and never a piece of the answer.

Rule: where it is not certain what belongs to the answer, nothing is guessed: Rejected.
"""

import json
import re
from typing import Any

from kgents.parsing.strategy import Rejected

THOUGHT = re.compile(r"<(think|thinking|reasoning|scratchpad)>.*?</\1>", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n`]*\n(.*?)^ {0,3}\1[ \t]*$", re.DOTALL | re.MULTILINE)
OPEN_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*[\w+-]*[ \t]*(?:\n|(?=[{\[]))", re.MULTILINE)
CLOSE_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*$")
TAG = re.compile(r"</?(tool_call|json|answer|output|result|response|code|pre)(?:\s[^<>]*)?>", re.IGNORECASE)
HARMLESS = re.compile(r"[{\[][^{}\[\]\":=]*[}\]]")
BEFORE = re.compile(r"""(?:[\w"'`]|,\s*|["'`]\s*:\s*|,\s*\w+\s*=\s*)$""")
AFTER = re.compile(r"""\s*[,:"]|\w""")
INVISIBLE = re.compile(r"^[\ufeff\u200b\s]+|[\u200b\x00\s]+$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DECODER = json.JSONDecoder()


def peel(text: str) -> tuple[list[str], list[str]]:
    """(the texts in which the answer may be, what was taken off). More than one text where there are several fences."""
    taken: list[str] = []
    for name, pattern in (("terminal colours", COLOUR), ("thinking block", THOUGHT)):
        text = _without(pattern, text, name, taken)
    blocks = [match.group(2) for match in FENCE.finditer(text)]
    if not blocks and (opened := OPEN_FENCE.search(text)):
        blocks = [text[opened.end() :]]
    if blocks:
        taken.append("fence")
    found = [_trim(block, taken) for block in blocks or [text]]
    return [block for block in found if block] or [""], taken


def _trim(text: str, taken: list[str]) -> str:
    text = CLOSE_FENCE.sub("", text)
    text = _without(TAG, text, "tag", taken) if text.lstrip().startswith("<") else text
    return INVISIBLE.sub("", text)


def _without(pattern: re.Pattern[str], text: str, name: str, taken: list[str]) -> str:
    shorter = pattern.sub("", text)
    if shorter != text:
        taken.append(name)
    return shorter


def value_in(text: str) -> tuple[Any, list[str]]:
    """(the one JSON value in a text that may have prose around it, what was taken off). Rejected where there is none."""
    try:
        return json.loads(text), []
    except RecursionError:
        raise Rejected("nested too deeply") from None
    except ValueError:
        pass
    found = list(_values(text))
    if not found:
        raise Rejected("no JSON value in it")
    rest = text
    for start, end, _ in reversed(found):
        if BEFORE.search(text[:start]) or AFTER.match(text[end:]):
            raise Rejected("what is around the value is no prose: it may be a part of something larger")
        rest = rest[:start] + '"' + rest[end:]  # brackets on both sides of a value are no bracketed word
    if re.search(r"[{}\[\]]", HARMLESS.sub("", rest)):
        raise Rejected("there are more brackets around the value: it may be a part of something larger")
    first = found[0][2]
    if any(value != first for _, _, value in found[1:]):
        raise Rejected("more than one value")
    return first, ["prose"]


def _values(text: str) -> Any:
    """(start, end, value) of the lists and objects, from the left; brackets that begin none are passed over."""
    place = 0
    while (match := re.compile(r"[{\[]").search(text, place)) is not None:
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            place = match.start() + 1
            continue
        yield match.start(), end, value
        place = end

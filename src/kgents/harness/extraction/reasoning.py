"""What of a text is the answer: without byte order marks, reasoning, channels, the special tokens of chat templates.

Rule: markers count where a template writes them, never inside a fenced block or behind a quotation mark: a program may
well be about them.
"""

import json
import re
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

from kgents.lazy_pattern import pattern

_BOM = "\ufeff"
_QUOTES = pattern(r"\"{3}|'{3}")
_MOST_TURNS = 20  # that are looked at
_TASK = pattern(
    r"\s*(?:now|next|write|implement|create|define|make|add|given|how (?:do|would|can|to))\b", re.IGNORECASE
)
_OTHERWISE = pattern(
    r"\b(?:correct(?:ed|ion)|fix(?:ed|es)?|mistakes?|bugs?|wrong|incorrect|oops|should have"
    r"|final (?:answer|version|code)|corrig\w+|korrigiert\w*|corregid\w+)\b|修正|更正|改正",
    re.IGNORECASE,
)
_CODE = pattern(r"^[ \t]*(?:(?:async )?def \w|class \w|import \w|from \w+ import|return\b|```|~~~)", re.MULTILINE)


def answer_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The answer, and what was taken off: bom, reasoning, tokens, turns that were invented."""
    repairs = []
    bare = text.replace("\r\n", "\n").replace("\r", "\n").lstrip(_BOM + "\u200b\u2060")
    if text.lstrip()[:1] in (_BOM, "\u200b", "\u2060"):
        repairs.append("bom_removed")
        bare = bare.lstrip(" ").lstrip(_BOM + "\u200b\u2060")
    for name, cut in (
        ("reasoning_removed", _final),
        ("reasoning_removed", _thought),
        ("tokens_removed", _tokens),
        ("turns_removed", _turns),
    ):
        shorter = cut(bare)
        if shorter != bare and name not in repairs:
            repairs.append(name)
        bare = shorter
    return bare, tuple(repairs)


@lru_cache(maxsize=1)
def markers() -> dict[str, Any]:
    """The data file: `reasoning`, `channels`, `tokens`, `turns`, `openings`, each entry with model family and sample."""
    text = files("kgents.harness.extraction").joinpath("markers.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _final(text: str) -> str:
    """The text of the final channel, where a text has channels."""
    for row in markers()["channels"]:
        if row["name"] not in text or row["text"] not in text:
            continue
        head = re.compile(
            rf"(?:<\|start\|>\w*)?{re.escape(row['name'])}([^<]*)(?:<\|\w+\|>\w*)?{re.escape(row['text'])}"
        )
        matches = list(head.finditer(text))
        if not matches or text[: matches[0].start()].strip().removeprefix("<|start|>assistant"):
            continue
        final = [match for match in matches if match[1].split(" ")[0].strip() in row["final"]]
        if not final:
            return ""
        last = final[-1]
        following = [match.start() for match in matches if match.start() > last.start()]
        answer = text[last.end() : min(following, default=len(text))]
        ends = [answer.find(end) for end in row["end"] if end in answer]
        return answer[: min(ends, default=len(answer))]
    return text


def _thought(text: str) -> str:
    """Without reasoning: what stands before it is no answer either where the template opened it."""
    for row in markers()["reasoning"]:
        other = row.get("else", row["close"])  # another end, of a template that opened it
        ends_so = row["close"] not in text and row["open"] in text
        text = _without(text, row["open"], other if ends_so else row["close"])
    return text


def _without(text: str, opening: str, closing: str) -> str:
    for _ in range(20):
        lower = text.lower()
        start, end = _at_margin(lower, opening.lower()), _closing(text, closing)
        if start is None and end is None:
            return text
        if start is None or (end is not None and end[0] < start):
            assert end is not None
            text = text[end[1] :]
            continue
        end = _closing(text, closing, start + len(opening))
        if end is None:
            return text[:start]
        text = text[:start] + text[end[1] :]
    return text


def _at_margin(text: str, opening: str) -> int | None:
    """Where an opening tag begins a line outside of fenced blocks."""
    position = -1
    while (position := text.find(opening, position + 1)) >= 0:
        before = text[:position]
        if not before.rpartition("\n")[2].strip() and not _inside_fence(before):
            return position
    return None


def _closing(text: str, closing: str, since: int = 0) -> tuple[int, int] | None:
    """(start, end) of the closing tag that ends reasoning: the first that ends its line or begins it, in a closed text."""
    lower, wanted, position = text.lower(), closing.lower(), since - 1
    loose = None
    while (position := lower.find(wanted, position + 1)) >= 0:
        end = position + len(wanted)
        line_before = text[:position].rpartition("\n")[2]
        line_after = text[end:].partition("\n")[0]
        alone = not line_before.strip() or not line_after.strip() or line_after.lstrip().startswith("```")
        quoted = _quotes(line_before)
        if not quoted and alone and (since or not _inside_closed_fence(text, position)):
            return position, end
        if loose is None and since and not quoted:
            loose = (position, end)
    return loose


def _quotes(before: str) -> bool:
    """Whether a line up to a marker ends with a quotation mark, which a fence is not."""
    return before.endswith(("'", '"', "`")) and not before.endswith("```")


def _inside_fence(before: str) -> bool:
    """Whether a text ends within a fenced block, opened at the margin or behind prose."""
    is_open = False
    for line in before.split("\n"):
        bare = line.strip(" \t>")
        if is_open:
            is_open = not re.search(r"(?:```+|~~~+)$", bare)
        else:
            is_open = bool(re.match(r"(?:```|~~~)", bare) or re.search(r"[^`]```+[ \t]*\w*$", bare))
    return is_open


def _inside_closed_fence(text: str, position: int) -> bool:
    return _inside_fence(text[:position]) and bool(re.search(r"^[ \t>]*(?:```|~~~)\s*$", text[position:], re.MULTILINE))


def _tokens(text: str) -> str:
    """Up to the first special token that ends an answer; without those that open one."""
    for row in markers()["openings"]:
        if text.lstrip().startswith(row["text"]):
            text = text.lstrip()[len(row["text"]) :].removeprefix(" ")
    ends = [position for row in markers()["tokens"] if (position := _token(text, row["text"])) is not None]
    return text[: min(ends, default=len(text))]


def _turns(text: str) -> str:
    """Up to the first turn of a dialogue that is gone on with by itself: a question behind code, and the reply to it."""
    ends = [end for row in markers()["turns"] if (end := _turn(text, row["text"], row["reply"])) is not None]
    return text[: min(ends, default=len(text))]


def _turn(text: str, asks: str, replies: str) -> int | None:
    """Where a line begins with a question, code before it and a reply somewhere behind it."""
    code = _CODE.search(text)
    asked = re.compile(rf"^{re.escape(asks)}", re.MULTILINE).finditer(text, code.end()) if code else ()
    for found in islice(asked, _MOST_TURNS):
        if not _inside_fence(text[: found.start()]) and not _inside_string(text[: found.start()]):
            replied = re.compile(rf"^{re.escape(replies)}", re.MULTILINE).search(text, found.end())
            if replied is None:
                return None
            if not _corrects(text[found.end() : replied.start()], text[replied.end() :]):
                return found.start()
    return None


def _corrects(question: str, reply: str) -> bool:
    """Whether a question is about the code above it, and the reply says before code of its own that it is to be otherwise."""
    code = _CODE.search(reply)
    return code is not None and not _TASK.match(question) and bool(_OTHERWISE.search(reply[: code.start()]))


def _inside_string(text: str) -> bool:
    """Whether three quotation marks are open at the end, as in a program that holds a dialogue."""
    opened = ""
    for match in _QUOTES.finditer(text):
        opened = match[0] if not opened else "" if match[0] == opened else opened
    return bool(opened)


def marker_in(text: str) -> str | None:
    """The first marker of a chat template that stands in an answer, unquoted; None where there is none."""
    spelled = [row["text"] for name in ("tokens", "openings") for row in markers()[name]]
    places = [(position, -len(each), each) for each in spelled if (position := _token(text, each)) is not None]
    return min(places)[2] if places else None


def _token(text: str, token: str) -> int | None:
    """Where a token stands that is not quoted: at the end of a line, or at its beginning."""
    position = -1
    while (position := text.find(token, position + 1)) >= 0:
        line_before = text[:position].rpartition("\n")[2]
        after = text[position + len(token) :]
        ends = (
            not line_before.strip()
            or not after.partition("\n")[0].strip()
            or after.lstrip().startswith(("<", "[", "```"))
        )
        if ends and not _quotes(line_before) and (after[:3] == "```" or after[:1] not in ("'", '"', "`")):
            return position
    return None

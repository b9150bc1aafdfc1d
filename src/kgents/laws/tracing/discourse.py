"""What takes a statement back, denies it, quotes it or supposes it: such statements are not held against a trace."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_SENTENCE = re.compile(r"(?:[.?]|!(?!\s*[=<>≈+*/^])(?!(?<=[\d)]!)\s*-\s))+[\"')\]*]*(?=\s|$)|;\s")
_SECOND = re.compile(
    r"\b(?:wait|actually|hmm+|oops|scratch that|on second thought|correction|recheck|re-check|recalculat\w+|"
    r"let(?:'s| me| us) (?:\w+ )?(?:check|re-?do|re-?compute|re-?calculate|re-?consider|re-?think|try)|"
    r"(?:made|make|is) a mistake|my mistake|(?:that|this)(?:'s| is| was) (?:wrong|incorrect|not right|not correct|too)|sorry|"
    r"i forgot|i misread|i miscounted|should (?:have been|be) \d)|(?:^|[.!?;]\s+)no[,:.]",
    re.IGNORECASE | re.MULTILINE,
)
_DENIAL = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|false|untrue|mistak\w+|errors?|erroneous\w*|instead|invalid|would be|impossible|contradict\w*|"
    r"no solutions?|absurd)\b|≠",
    re.IGNORECASE,
)
_CLAUSE_DENIAL = re.compile(r"\b(?:not|never|cannot|neither|nor)\b|n't\b", re.IGNORECASE)
_REPORT = re.compile(
    r"\b(?:wrote|writes?|written by|claim(?:s|ed)?|says?|said|thinks?|thought|believe[sd]?|argue[sd]?|guess(?:es|ed)|answered|"
    r"according to|assert(?:s|ed)?|states? that|calculated|told|the (?:student|pupil|child|friend)'s)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:i|we) (?:say|think|believe|claim|guess|write|said|wrote)\b", re.IGNORECASE)
_SUPPOSED = re.compile(
    r"\b(?:if|suppose|supposing|assume|assuming|imagine|unless|would|were|pretend|say)\b", re.IGNORECASE
)
_RATIO = re.compile(r"\bratio|proportion|\bodds\b|scale of|\bscore\b|to scale", re.IGNORECASE)
_PARTS = re.compile(
    r"(?:^|\s)\(?[a-h1-9][).]\s|\b(?:part|case|question|option|first|second|third|problem|scenario|method|row|round)\b|'s answer",
    re.IGNORECASE,
)

_NEAR = 300


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a trace: its line, from 1, its place in the line, and its text in the one spelling."""

    line: int
    at: int
    text: str


def sentences(line: str, number: int) -> Iterator[Sentence]:
    """The sentences of a line."""
    start = 0
    for end in _SENTENCE.finditer(line):
        yield Sentence(number, start, line[start : end.end()])
        start = end.end()
    if line[start:].strip():
        yield Sentence(number, start, line[start:])


def last_second_thought(trace: str) -> int:
    """The place in a trace up to which what it says has been taken back; 0 where nothing was."""
    return max((match.start() for match in _SECOND.finditer(trace)), default=0)


def is_asserted(sentence: str, at: int) -> bool:
    """Whether an equation at a place of a sentence is stated: not denied, not quoted, not a remark on ratios."""
    if _is_denied(sentence) or bisect_left(_quotes(sentence), at) % 2:
        return False
    return not _CLAUSE_DENIAL.search(_clause(sentence, at))


@lru_cache(64)
def _is_denied(sentence: str) -> bool:
    """Whether a sentence denies or reports what it holds, or speaks of ratios."""
    reported = _REPORT.search(sentence) and not _OWN.search(sentence)
    return bool(_DENIAL.search(sentence) or _RATIO.search(sentence) or reported)


@lru_cache(64)
def _quotes(sentence: str) -> list[int]:
    return [match.start() for match in re.finditer('"', sentence)]


def is_supposed(sentence: str, at: int) -> bool:
    """Whether an equation at a place of a sentence is only supposed."""
    return bool(_SUPPOSED.search(_clause(sentence, at)))


def names_a_part(sentence: str) -> bool:
    """Whether a sentence speaks of one of several parts, cases or people."""
    return bool(_PARTS.search(sentence))


def _clause(sentence: str, at: int) -> str:
    """The part of a sentence around a place, between commas and colons; of a long one what is near."""
    shift = max(0, at - _NEAR)
    sentence, at = sentence[shift : at + _NEAR], at - shift
    start = max((sentence.rfind(mark, 0, at) for mark in (", ", "; ", ": ")), default=-1) + 1
    ends = [end for end in (sentence.find(mark, at) for mark in (", ", "; ", ": ")) if end >= 0]
    return sentence[start : min(ends, default=len(sentence))]

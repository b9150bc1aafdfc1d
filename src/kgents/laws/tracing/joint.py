"""Claims about variables, taken together: what Z3 shows to be impossible, as a minimal core."""

import re
from collections.abc import Iterator
from functools import lru_cache

from kgents.laws.claims import Claim
from kgents.laws.tracing.discourse import is_supposed
from kgents.laws.tracing.equations import definition
from kgents.laws.tracing.formula import evaluate, names, python
from kgents.laws.tracing.readings import written
from kgents.laws.tracing.text import Stated, Text

_LETTER = re.compile(r"[A-Za-z](?:_?\d+)?")
_SCOPES = re.compile(
    r"\b(?:case \w|suppose|assume|if|otherwise|contradiction|no (?:real )?solutions?|impossible|options?|part \(|"
    r"try|trial|either|instead|mistake|matrix|row)\b|±",
    re.IGNORECASE,
)
_INTEGER = re.compile(
    r"\b([a-zA-Z])\b (?:is|are|be|must be|has to be)\b[^.\n]{0,80}?\b(?:whole number|integer|natural number)s?\b"
)
_NEUTRAL = frozenset(
    [
        "so",
        "and",
        "then",
        "thus",
        "hence",
        "therefore",
        "we",
        "get",
        "later",
        "since",
        "but",
        "with",
        "the",
        "a",
        "is",
        "are",
        "value",
        "of",
        "let",
        "be",
        "which",
        "gives",
        "implies",
        "means",
        "or",
        "also",
        "that",
        "have",
        "has",
        "know",
        "solving",
        "find",
        "obtain",
        "it",
        "follows",
        "finally",
        "answer",
        "this",
        "yields",
        "must",
        "therefore",
        "equals",
        "x",
        "y",
        "z",
    ]
)
_MOST_ITEMS = 60


def joint_core(text: Text) -> tuple[list[Claim], list[Claim]]:
    """A minimal core of claims about variables, or none, and the claims that were looked at."""
    if any(_SCOPES.search(line) for line in text.plain):
        return [], []
    unstable = _unstable(text.statements)
    claims = [claim for stated in text.statements for claim in _claims(stated, unstable)]
    if not any(claim.names for claim in claims):
        return [], []
    from kgents.laws.cores import MOST, core

    claims = [*claims, *_integers(text)][-MOST:]
    return core(claims) or [], claims if len(claims) > 1 else []


def _claims(stated: Stated, unstable: set[str]) -> Iterator[Claim]:
    equation = stated.equation
    used = equation.names
    if not used or used & unstable or not stated.holds or stated.supposed or equation.prose or equation.loose:
        return
    if equation.relation not in ("=", "<", ">", "<=", ">=") or not all(map(_LETTER.fullmatch, used)):
        return
    if len(equation.left) + len(equation.right) > _MOST_ITEMS:
        return
    left, right = python(equation.left), python(equation.right)
    if not re.search(r"[?%]|mod|\*\*\(|\*\*[a-zA-Z]", left + right):
        yield Claim(equation.line, equation.text, left, equation.relation, right, used)


def _integers(text: Text) -> Iterator[Claim]:
    for sentence in text.sentences:
        for match in _INTEGER.finditer(sentence.text):
            if not is_supposed(sentence.text, match.start()):
                yield Claim(sentence.line, match.group(), match.group(1), "integer", "", frozenset(match.group(1)))


def _unstable(statements: list[Stated]) -> set[str]:
    """Names that stand for several things: given other values under other headings, in steps, or as alternatives."""
    assumed: dict[str, list[tuple[object, bool]]] = {}
    unstable = set()
    for stated in statements:
        name = definition(stated.equation)
        if name is None:
            continue
        if name in names(stated.equation.right) or _has_alternatives(stated.sentence.text):
            unstable.add(name)
        value = evaluate(stated.equation.right, written)
        if value is not None:
            assumed.setdefault(name, []).append((value, _has_context(stated.sentence.text)))
    for name, values in assumed.items():
        if len({value for value, _ in values}) > 1 and any(context for _, context in values):
            unstable.add(name)
    return unstable


@lru_cache(64)
def _has_alternatives(sentence: str) -> bool:
    return bool(re.search(r"\bor\b|±", sentence))


@lru_cache(64)
def _has_context(sentence: str) -> bool:
    """Whether a sentence says more than the equation: a heading, a time, a person."""
    words = {word.lower() for word in re.findall(r"[A-Za-z]{2,}", sentence)}
    return bool(words - _NEUTRAL)

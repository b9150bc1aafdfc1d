"""What the prose of an answer says of its blocks: which is wrong, which is better, which of them it recommends."""

import re
from collections.abc import Sequence

from kgents.harness.extraction.blocks import Block
from kgents.lazy_pattern import pattern

_WORSE = pattern(
    r"\b(wrong|incorrect\w*|bug|buggy|broken|original|naive|slow|slower|draft|first (try|attempt|version|pass)|inefficient"
    r"|alternativ\w*|another (way|option|approach|version)|instead of|don'?t|do not|before|old|previous|attempt"
    r"|for (reference|comparison)|you (could|can) also|one-liner|simpler|shorter"
    r"|falsch\w*|fehlerhaft\w*|mauvais\w*|à éviter|evitar|errad\w*|неправильн\w*|неверн\w*)\b|错误|不正确|間違",
    re.IGNORECASE,
)
_BETTER = pattern(
    r"\b(final|correct|corrected|fixed|complete|full|working|improved|here('?s| is) the (solution|code|function|answer)"
    r"|richtig\w*|korrekt\w*|corrigée?s?|corrig\w+|correct[oa]s?|правильн\w*)\b|正确|正しい",
    re.IGNORECASE,
)
_TAKEN_BACK = pattern(
    r"^\W*((no|wait|hmm|oops|actually|hold on)\b|(that|this|it)('?s| is| was| has| does|'ll)?\b.{0,30}\b"
    r"(wrong|incorrect|buggy|broken|fails?|mistake|not (right|correct|what))\b)",
    re.IGNORECASE,
)
_KIND = r"(?:option|approach|solution|version|variante?|method|alternative|implementation|way|code|answer)"
_ORDINALS = {"first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "latter": -1, "last": -1}
_WHICH = (
    rf"(?:the[\s*_]+)?(?:(?P<ordinal>{'|'.join(_ORDINALS)})(?:\s+(?:one|{_KIND}))?(?!\s+(?!is\b|was\b|since\b|because\b|here\b)\w)"
    rf"|(?P<named>{_KIND}\s*#?(?:\d|[A-Z])\b(?!\.\d)))"
)
_RECOMMENDED = (
    pattern(
        r"\b(?P<not>(?:not|never|n[o'’]t|avoid)\s+(?:\w+\s+)?)?"
        r"(?:recommend|suggest|prefer|choose|pick|select|use|using|go(?:ing)? with|submit|best"
        r"|(?:final|my) (?:choice|answer|pick))"
        rf"(?:[\s:*_]+(?:is|with|using|would|be|my|to|you))*[\s:*_]+{_WHICH}",
        re.IGNORECASE,
    ),
    pattern(
        rf"\b(?P<not>(?:not|neither)\s+)?{_WHICH}[\s*_]+(?:is|was)\s+(?:the\s+|my\s+|what I\s+)*"
        r"(?:correct|right|recommend(?:ed)?|best|better|prefer(?:red|able)?|final|cleanest|one (?:to|you|I))\b",
        re.IGNORECASE,
    ),
)


def rank(blocks: Sequence[Block], number: int) -> int:
    """What the prose around a block says of it: below 0 to pass it over, above 0 to take it."""
    block = blocks[number]
    sentence = block.label or re.split(r"[.!?]\s|\n\n", block.before.rstrip())[-1]
    found = 1 if _BETTER.search(sentence) else -1 if _WORSE.search(sentence) else 0
    if _TAKEN_BACK.match(block.after):
        found -= 2
    return found - (1 if "unclosed_fence" in block.flaws else 0)


def recommended(blocks: Sequence[Block], among: Sequence[int]) -> int | None:
    """Which of several blocks the prose before all of them, or behind them, says to take; its last word counts."""
    if len(among) < 2:
        return None
    for prose in (blocks[-1].after, blocks[0].before):
        found = [match for form in _RECOMMENDED for match in form.finditer(prose) if not match["not"]]
        for match in sorted(found, key=lambda match: match.start(), reverse=True):
            which = _named(blocks, among, match["named"]) if match["named"] else _nth(among, match["ordinal"])
            if which is not None:
                return which
    return None


def _nth(among: Sequence[int], ordinal: str) -> int | None:
    place = _ORDINALS[ordinal.lower()]
    return among[place] if place < len(among) else None


def _named(blocks: Sequence[Block], among: Sequence[int], name: str) -> int | None:
    """The block below the words that name it."""
    words = r"\s*#?\s*".join(re.findall(r"[a-z]+|\d+", name, re.IGNORECASE))
    said = re.compile(rf"\b{words}\b", re.IGNORECASE)
    return next((n for n in reversed(among) if said.search(f"{blocks[n].label}\n{blocks[n].before}")), None)

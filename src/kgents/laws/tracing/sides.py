"""What stands left and right of a relation, as expressions; nouns go to their numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kgents.laws.tracing.formula import Formula, Item, Literal, Name, postfix
from kgents.laws.tracing.scan import OPERANDS, Backward, Forward, is_mixed, words_to
from kgents.laws.tracing.tokens import Kind, Token, is_approximate, noun

_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "for",
        "from",
        "to",
        "per",
        "each",
        "every",
        "at",
        "by",
        "more",
        "only",
        "just",
        "his",
        "her",
        "its",
        "their",
    ]
)


def left_of(row: Sequence[Token], relation: int) -> tuple[Formula, int] | None:
    """The expression that ends at a relation and the token it begins with, or None."""
    start = Backward(row, relation).start()
    if start is None or start >= relation:
        return None
    return _read(row[start:relation], start)


def right_of(row: Sequence[Token], relation: int) -> tuple[Formula, int] | None:
    """The expression that begins behind a relation and the token it ends with, or None."""
    start = relation + 1
    while start < len(row) and row[start].kind is Kind.WORD and (is_approximate(row[start]) or _filler(row[start])):
        start += 1
    end = Forward(row, start).end()
    if end is None or end <= start:
        return None
    return _read(row[start:end], end)


def _filler(token: Token) -> bool:
    return token.text.lower() in ("only", "just", "exactly", "a", "an", "the")


def _read(row: Sequence[Token], edge: int) -> tuple[Formula, int] | None:
    """Tokens as an expression: nouns go to their numbers, signs that are left out are put in."""
    items: list[Item] = []
    at = 0
    while at < len(row):
        token = row[at]
        if token.kind is Kind.WORD and token.text != "sqrt":
            last = words_to(row, at)
            _words(items, row[at : last + 1])
            at = last + 1
            continue
        if token.kind is Kind.NUMBER and is_mixed(row, at, len(row)):
            fraction = row[at + 1].value / row[at + 3].value
            items.append(Literal(f"{token.text} {row[at + 1].text}/{row[at + 3].text}", token.value + fraction))
            at += 4
            continue
        share = _share(row, at)
        if share is not None:
            items.append(share)
            at += 3
            continue
        if (
            token.text == "/"
            and at
            and row[at - 1].kind is Kind.WORD
            and token.glued
            and row[at + 1].kind is Kind.NUMBER
        ):
            return None
        if items and _factor(items[-1], token):
            items.append("*")
        items.append(_item(token))
        at += 1
    formula = postfix(items)
    return None if formula is None else (formula, edge)


def _share(row: Sequence[Token], at: int) -> Literal | None:
    """A proper fraction with a noun behind it, as one number: `1/2 hour`."""
    part = row[at : at + 4]
    if len(part) < 4 or part[1].text != "/" or part[3].kind is not Kind.WORD or part[3].text in ("of", "sqrt"):
        return None
    if not (
        part[0].kind is part[2].kind is Kind.NUMBER
        and part[1].glued
        and part[2].glued
        and part[0].value < part[2].value
    ):
        return None
    return Literal(f"{part[0].text}/{part[2].text}", part[0].value / part[2].value)


def _factor(before: Item, token: Token) -> bool:
    """Whether a sign of multiplication was left out between an operand and this token."""
    ends = isinstance(before, Literal | Name) or before in (")", "!")
    return ends and (token.kind in (*OPERANDS, Kind.OPEN) or token.text == "sqrt")


def _item(token: Token) -> Item:
    match token.kind:
        case Kind.NUMBER:
            text = token.text.replace(",", ".")
            return Literal(
                text, token.value / 100 if token.percent else token.value, token.places, token.percent, token.money
            )
        case Kind.TIME:
            return Literal(token.text, token.value, time=True)
        case Kind.NAME:
            return Name(token.text)
        case Kind.OPEN:
            return "("
        case Kind.CLOSE:
            return ")"
        case _:
            return token.text


def _words(items: list[Item], words: Sequence[Token]) -> None:
    """Words behind a number are its nouns; `/hour` says per what; elsewhere words are a name of their own."""
    nouns = tuple(noun(word) for word in words)
    if items and isinstance(items[-1], Literal):
        items[-1] = replace(items[-1], nouns=(*items[-1].nouns, *nouns))
    elif items and items[-1] == "/" and len(items) > 1 and isinstance(items[-2], Literal):
        items.pop()
        number = items.pop()
        assert isinstance(number, Literal)
        items.append(replace(number, nouns=(*number.nouns, "per", *nouns), per=True))
    elif not (items and items[-1] == ")"):
        items.append(Name(phrase(word.text for word in words)))


def phrase(words: Iterable[str]) -> str:
    """Words as one name: in lower case, without articles."""
    return " ".join(word.lower() for word in words if word.lower() not in _STOP)

"""Forms of texts that a docstring shows: squares from `a1 to h8`, `10.0.0.0/8`, `1.2.3`, `'*/5'`.

A form is the kinds of signs in their order: numbers, letters of a case, each other sign for itself.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\d+|[a-z]+|[A-Z]+|\s+|.", re.DOTALL)
_RANGE = re.compile(r"\b(\w{1,4}) ?(?:to|through|until|…|\.\.\.?|–) ?(\w{1,4})\b")
_CARD = re.compile("(10|[2-9AKQJT])[SHDC♠♥♦♣]", re.IGNORECASE)  # of those that are played with
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+|.", re.DOTALL)
_WHOLE = {"a": ("a", "z"), "A": ("A", "Z")}
_LISTING = ", ;|"  # signs between things of which there may be any number
_SMALL = 12  # one digit stands for numbers up to it, where texts are cut at signs and not taken apart by place
_KNOWN = 0.6  # how often a word is one that is shown
_QUAD = ("9", ".") * 3 + ("9",)  # an address
Form = tuple[str, ...]


def tokens(text: str) -> list[str]:
    """A text as numbers, runs of letters of one case, blanks, and other signs."""
    return _TOKEN.findall(text)


def form_of(text: str) -> Form:
    """The kinds of its tokens: 9, a, A, aa and AA (of more than one letter), a blank, or the sign itself."""
    return tuple(map(kind_of, tokens(text)))


def kind_of(token: str) -> str:
    """The kind of one token."""
    if token.isdecimal():
        return "9"
    if token.isspace():
        return " "
    return ("a" if token.islower() else "A") * min(len(token), 2) if token.isascii() and token.isalpha() else token


@dataclass(frozen=True, slots=True)
class Signs:
    """What the code tells of its texts: its letters, what it cuts them at, and whether it reads hexadecimal numbers."""

    letters: Sequence[str] = ()
    cutters: Sequence[str] = ()
    hexadecimal: bool = False


class Shown:
    """The forms of one parameter, with what examples have at each place of them.

    limits  (first, last) of what stands at a place of a form, told by a range in the prose
    """

    def __init__(self, examples: Sequence[str], ranges: Sequence[tuple[str, str]], signs: Signs) -> None:
        self._letters = sorted({sign for sign in signs.letters if len(sign) == 1})
        self._hexadecimal = signs.hexadecimal
        self._most = _SMALL if signs.cutters else 9
        joined = [sign for sign in _LISTING if any(sign in example for example in examples)]
        self._joint = joined[0] if joined else ""
        parts = dict.fromkeys(part for example in examples for part in self._parts(example) if part)
        self.examples = [*parts]
        self._forms: dict[Form, list[list[str]]] = {}
        for part in self.examples:
            self._forms.setdefault(self._form(part), []).append(self._tokens(part))
        self._cards = len(self.examples) > 1 and all(map(_CARD.fullmatch, self.examples))
        self._ranges = [(form_of(first), tokens(first), tokens(last)) for first, last in ranges]

    def _parts(self, text: str) -> list[str]:
        return text.split(self._joint) if self._joint else [text]

    def holds(self, text: str) -> bool:
        """Whether a text is of one of the forms, its numbers and letters in range."""
        return all(self._fits(part) for part in self._parts(text)) and (not self._cards or bool(_CARD.fullmatch(text)))

    def _fits(self, part: str) -> bool:
        form = self._form(part)
        return form in self._forms and all(
            self._within(form, index, token) for index, token in enumerate(self._tokens(part))
        )

    def _tokens(self, text: str) -> list[str]:
        return _HEXADECIMAL.findall(text) if self._hexadecimal else tokens(text)

    def _form(self, text: str) -> Form:
        """Of hexadecimal numbers, how many digits they have."""
        if not self._hexadecimal:
            return form_of(text)
        return tuple(f"x{len(token)}" if token.isalnum() else token for token in self._tokens(text))

    def _within(self, form: Form, index: int, token: str) -> bool:
        low, high = self._limits(form, index)
        if form[index] == "9":
            width = self._width(form, index)
            return int(low) <= int(token) <= int(high) and token == str(int(token)).zfill(width)
        return token in self._singles(form, index) if form[index] in ("a", "A") else True

    def _width(self, form: Form, index: int) -> int:
        """How many digits a number has at least: those of one that is shown with zeros before it."""
        return max(len(known[index]) if known[index][0] == "0" else 1 for known in self._forms[form])

    def _singles(self, form: Form, index: int) -> list[str]:
        """What a single letter may be: one of its range, else of the code or the examples; where the code has none, any."""
        kind = form[index]
        low, high = self._limits(form, index)
        every = [chr(sign) for sign in range(ord(low), ord(high) + 1)]
        named = {sign for sign in self._letters if kind_of(sign) == kind}
        if not named or (low, high) != _WHOLE[kind]:
            return every
        shown = {sign for part in self.examples for sign in part if kind_of(sign) == kind}
        return [sign for sign in every if sign in named | shown]

    def _limits(self, form: Form, index: int) -> tuple[str, str]:
        """The first and the last of what stands at a place of a form."""
        kind = form[index]
        for told, first, last in self._ranges:
            if told == form:
                return first[index], last[index]
            if told == (kind,) and form.count(kind) == 1 and self._all_within(form, index, first[0], last[0]):
                return first[0], last[0]
        for at in range(len(form)) if kind == "9" else ():
            if form[at : at + 7] == _QUAD and 0 <= index - at <= 8 and (index < at + 8 or form[at + 7] == "/"):
                return "0", "255" if index < at + 7 else "32"
        if kind == "9":
            shown = [int(known[index]) for known in self._forms[form]]
            least = 0 if self._width(form, index) > 1 else min(1, *shown)
            return str(least), str(max(*shown, self._most))
        return _WHOLE.get(kind, ("", ""))

    def _all_within(self, form: Form, index: int, low: str, high: str) -> bool:
        """Whether a range may be that of a place: what is shown there is in it."""
        shown = [known[index] for known in self._forms[form]]
        return all(int(low) <= int(each) <= int(high) if each.isdecimal() else low <= each <= high for each in shown)

    def drawn(self, draw: random.Random) -> str:
        """A text of one of the forms; of a listing a few of them."""
        count = draw.choice((1, 1, 2, 3)) if self._joint else 1
        return self._joint.join(self._part(draw) for _ in range(count))

    def changed(self, text: str, draw: random.Random) -> str:
        """A text of a form with another token at one place, or one part of a listing otherwise."""
        parts = self._parts(text)
        at = draw.randrange(len(parts))
        form, there = self._form(parts[at]), self._tokens(parts[at])
        if form not in self._forms or not there or (self._joint and draw.random() < 0.3):
            return self.drawn(draw)
        index = draw.randrange(len(there))
        there[index] = self._token(form, index, draw, there[index])
        parts[at] = "".join(there)
        return self._joint.join(parts)

    def _part(self, draw: random.Random) -> str:
        form = draw.choice([*self._forms])
        known = draw.choice(self._forms[form])
        return "".join(
            self._token(form, index, draw, token) if draw.random() < 0.8 else token for index, token in enumerate(known)
        )

    def _token(self, form: Form, index: int, draw: random.Random, token: str) -> str:
        """Another token at a place of a form."""
        kind = form[index]
        if kind == "9":
            low, high = map(int, self._limits(form, index))
            near = [int(token) + step for step in (-2, -1, 1, 2) if low <= int(token) + step <= high]
            value = draw.choice([draw.randint(low, high), *near, draw.randint(low, max(low, min(high, 9)))])
            return str(value).zfill(self._width(form, index))
        if kind in _WHOLE:
            return draw.choice(self._singles(form, index) or [token])
        if self._hexadecimal and kind[0] == "x":
            return "".join(draw.choice("0123456789abcdef") for _ in token)
        return self._word(kind, draw) if kind.isalpha() else token

    def _word(self, kind: str, draw: random.Random) -> str:
        """A run of letters: mostly one that is shown, else one with another letter."""
        every = [known for forms in self._forms.values() for known in forms]
        known = draw.choice([token for each in every for token in each if kind_of(token) == kind])
        same = [sign for sign in self._letters if kind_of(sign) == kind[0]]
        if draw.random() < _KNOWN or not same:
            return known
        at = draw.randrange(len(known))
        return known[:at] + draw.choice(same) + known[at + 1 :]


def ranges(prose: str) -> list[tuple[str, str]]:
    """(first, last) of what a docstring says to go from one to another: `a1 to h8`, `1 … 30`."""
    pairs = _RANGE.findall(prose)
    return [(first, last) for first, last in pairs if form_of(first) == form_of(last) and _rising(first, last)]


def _rising(first: str, last: str) -> bool:
    sides = zip(tokens(first), tokens(last), strict=True)
    return all(int(one) <= int(other) if one.isdecimal() else len(one) == 1 and one <= other for one, other in sides)

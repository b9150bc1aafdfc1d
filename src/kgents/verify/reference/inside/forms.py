"""Forms of texts that a docstring shows: squares from `a1 to h8`, `10.0.0.0/8`, `1.2.3`, `'*/5'`.

A form is the kinds of signs in their order: numbers, letters of a case, each other sign for itself. Rule: forms count where the
spec takes the examples and breaks on other texts by accident (an exception that no `raise` of its own raised). Of such a spec
only what is of a form is asked, and what it refuses by a `raise`: the answer to anything else is as accidental.
"""

import itertools
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kgents.verify.reference.inside.domains import STR, Domain
from kgents.verify.reference.inside.observing import Arguments, Seen

_TOKEN = re.compile(r"\d+|[a-z]+|[A-Z]+|\s+|.", re.DOTALL)
_RANGE = re.compile(r"\b(\w{1,4}) ?(?:to|through|until|…|\.\.\.?|–) ?(\w{1,4})\b")
_CARD = re.compile("(10|[2-9AKQJT])[SHDC♠♥♦♣]", re.IGNORECASE)  # of those that are played with
_ODD = ("", "x", "0", "!", "a b", "-")  # texts on which a spec that is made for a form breaks
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+|.", re.DOTALL)
_WHOLE = {"a": ("a", "z"), "A": ("A", "Z")}
_LISTING = ", ;|"  # signs between things of which there may be any number
_SMALL = 12  # one digit stands for numbers up to it, where texts are cut at signs and not taken apart by place
_KNOWN = 0.6  # how often a word is one that is shown
_QUAD = ("9", ".") * 3 + ("9",)  # an address
_ALIGNED = 0.15  # how often all texts of a list begin or end alike
_FOLLOWING = 0.1  # how often the numbers of a list follow on each other
_RELATED = 0.4  # how often a text begins as the one before
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = re.compile(rf"\b({'|'.join(_COUNTS)}) [a-z]+s\b", re.IGNORECASE)
_MOST, _DRAWS = 16, 3
Form = tuple[str, ...]


def tokens(text: str) -> list[str]:
    """A text as numbers, runs of letters of one case, blanks, and other signs."""
    return _TOKEN.findall(text)


def form_of(text: str) -> Form:
    """The kinds of its tokens: 9, a, A, aa and AA (of more than one letter), a blank, or the sign itself."""
    return tuple(map(_kind, tokens(text)))


def _kind(token: str) -> str:
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
        named = {sign for sign in self._letters if _kind(sign) == kind}
        if not named or (low, high) != _WHOLE[kind]:
            return every
        shown = {sign for part in self.examples for sign in part if _kind(sign) == kind}
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
        known = draw.choice([token for each in every for token in each if _kind(token) == kind])
        same = [sign for sign in self._letters if _kind(sign) == kind[0]]
        if draw.random() < _KNOWN or not same:
            return known
        at = draw.randrange(len(known))
        return known[:at] + draw.choice(same) + known[at + 1 :]


class Forms:
    """The forms of the parameters of one function; none where the examples of its docstring are not told to be of any.

    size  of lists of texts, told by a number in the prose (`five cards`); 0: any
    """

    def __init__(self, forms: dict[int, Shown] | None = None, size: int = 0) -> None:
        self._found = forms or {}
        self._size = size

    def __bool__(self) -> bool:
        return bool(self._found)

    def meant(self, arguments: Arguments, seen: Seen) -> bool:
        """Whether what a spec does on arguments is more than an accident."""
        if not self._found or (seen.raised and seen.explicit):
            return True
        return seen.returned and all(
            self._holds(shown, arguments[index]) for index, shown in self._found.items() if index < len(arguments)
        )

    def _holds(self, shown: Shown, value: Any) -> bool:
        texts = [value] if type(value) is str else value if type(value) is list else []
        if type(value) is list and self._size and len(value) != self._size:
            return False
        return all(type(text) is str and shown.holds(text) for text in texts)

    def drawn(self, arguments: Arguments, draw: random.Random) -> Arguments:
        """Arguments with texts of the forms in the places of most others."""
        made = list(arguments)
        for index, shown in self._found.items():
            if index < len(made) and draw.random() < 0.85:
                many = type(made[index]) is list
                if many:
                    made[index] = self._listed(shown, self._size or len(made[index]), draw)
                else:
                    made[index] = self._related(shown, shown.drawn(draw), made[:index], draw)
        return tuple(made)

    def _listed(self, shown: Shown, count: int, draw: random.Random) -> list[str]:
        """Texts, many of them near one before; now and then each with the number that follows on that of the one before."""
        made: list[str] = []
        follows = draw.random() < _FOLLOWING
        for _ in range(count):
            if follows and made:
                made.append(self._following(shown, made[-1], draw))
                continue
            near = made and draw.random() < _RELATED
            made.append(shown.changed(draw.choice(made), draw) if near else shown.drawn(draw))
        return made

    def _following(self, shown: Shown, text: str, draw: random.Random) -> str:
        """A text with the next number; any where that is of no form."""
        new = re.sub(r"[0-9]+", lambda match: str(int(match[0]) + 1).zfill(len(match[0])), text, count=1)
        return new if new != text and shown.holds(new) else shown.drawn(draw)

    def _related(self, shown: Shown, text: str, before: Sequence[Any], draw: random.Random) -> str:
        """A text; now and then one that begins as the one before it does."""
        if not before or type(before[-1]) is not str or draw.random() > _RELATED:
            return text
        own, others = tokens(text), tokens(before[-1])
        first = next((at for at, token in enumerate(own) if others and _kind(token) == _kind(others[0])), 0)
        pairs = zip(own[first:], others, strict=False)
        alike = len(list(itertools.takewhile(lambda pair: _kind(pair[0]) == _kind(pair[1]), pairs)))
        count = draw.choice((alike, draw.randint(0, alike)))
        made = "".join([*own[:first], *others[:count], *own[first + count :]])
        return made if shown.holds(made) else text

    def changed(self, arguments: Arguments, draw: random.Random) -> Arguments:
        """Arguments with one of the texts changed within its form."""
        index = draw.choice([*self._found])
        if index >= len(arguments):
            return arguments
        shown, value = self._found[index], arguments[index]
        if type(value) is list and len(value) > 1 and draw.random() < _ALIGNED:
            new: Any = self._aligned(shown, value, draw)
        elif type(value) is list and value:
            at = draw.randrange(len(value))
            new = [*value[:at], shown.changed(value[at], draw), *value[at + 1 :]]
        else:
            new = shown.changed(value, draw) if type(value) is str else value
        return (*arguments[:index], new, *arguments[index + 1 :])

    def _aligned(self, shown: Shown, value: list[str], draw: random.Random) -> list[str]:
        """Texts that begin, or that end, with one sign, as far as they are of a form so: cards of one suit."""
        last = draw.random() < 0.5
        sign = draw.choice(value)[-1 if last else 0 :][:1]
        made = [text[:-1] + sign if last else sign + text[1:] for text in value]
        return [new if shown.holds(new) else text for new, text in zip(made, value, strict=True)]


def ranges(prose: str) -> list[tuple[str, str]]:
    """(first, last) of what a docstring says to go from one to another: `a1 to h8`, `1 … 30`."""
    pairs = _RANGE.findall(prose)
    return [(first, last) for first, last in pairs if form_of(first) == form_of(last) and _rising(first, last)]


def _rising(first: str, last: str) -> bool:
    sides = zip(tokens(first), tokens(last), strict=True)
    return all(int(one) <= int(other) if one.isdecimal() else len(one) == 1 and one <= other for one, other in sides)


def learned(
    ask: Callable[[Arguments], Seen],
    fresh: Callable[[], Arguments],
    domains: Sequence[Domain],
    examples: Sequence[str],
    prose: str,
    signs: Signs,
) -> Forms:
    """The forms that a spec is made for, learned by asking it for the examples, and for odd texts in their places.

    ask    what the spec does on arguments
    fresh  draws arguments, for the parameters that are no texts
    """
    told = ranges(prose)
    places = [index for index, domain in enumerate(domains) if domain in (STR, ("list", STR))]
    squares = [end for pair in told for end in pair if len(form_of(end)) > 1]
    whole = list(dict.fromkeys([*squares, *examples]))[:_MOST]
    if not 0 < len(places) < 3 or not whole:
        return Forms()
    asking = _Asking(ask, fresh, domains, places)
    taken = asking.taken(whole)
    if not taken:
        cut = [(text, sign) for text in whole for sign in signs.cutters if sign and sign in text]
        pieces = [piece for text, sign in cut for piece in text.split(sign)]
        taken = asking.taken(list(dict.fromkeys([*whole, *filter(None, pieces)]))[:_MOST])
    broken = [bool(taken) and asking.breaks(taken[0], at) for at in range(len(places))]
    forms = {}
    for at, index in enumerate(places):
        own = list(dict.fromkeys(each[at] for each in taken))
        if broken[at] or (
            any(broken) and set(own) <= set(squares)
        ):  # a square stands for every text beside one of a form
            forms[index] = Shown(own, told, signs)
    counts = [_COUNTS.index(word.lower()) + 2 for word in _COUNTED.findall(prose)]
    return Forms(forms, counts[0] if len(counts) == 1 else 0)


class _Asking:
    """Puts texts in the places of texts and asks the spec."""

    def __init__(
        self,
        ask: Callable[[Arguments], Seen],
        fresh: Callable[[], Arguments],
        domains: Sequence[Domain],
        places: Sequence[int],
    ) -> None:
        self._ask_spec, self._places = ask, places
        self._lists = [domains[index] != STR for index in places]
        self._bases = [base for base in (fresh() for _ in range(4 * _DRAWS)) if len(base) > max(places)][:_DRAWS]

    def _ask(self, texts: Sequence[str]) -> Iterable[Seen]:
        for base in self._bases:
            made = list(base)
            for index, many, text in zip(self._places, self._lists, texts, strict=True):
                made[index] = [text] if many else text
            yield self._ask_spec(tuple(made))

    def taken(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """The texts, one for each place, to which the spec returns something."""
        ways = itertools.product(texts, repeat=len(self._places))
        return [way for way in ways if any(seen.returned for seen in self._ask(way))]

    def breaks(self, way: Sequence[str], at: int) -> bool:
        """Whether most odd texts at one place end in an exception that merely happened."""
        odd = [[*way[:at], text, *way[at + 1 :]] for text in _ODD]
        broken = [all(seen.raised and not seen.explicit for seen in self._ask(texts)) for texts in odd]
        return sum(broken) * 2 >= len(broken)

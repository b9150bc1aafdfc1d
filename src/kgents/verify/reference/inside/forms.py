"""Which parameters of a function are texts of a form that its docstring shows, and arguments that are of it.

Rule: forms count where the spec takes the examples and breaks on other texts by accident (an exception that no `raise` of its
own raised). Of such a spec only what is of a form is asked, and what it refuses by a `raise`: the answer to anything else is as
accidental.
"""

import itertools
import random
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kgents.verify.reference.inside.domains import STR, Domain
from kgents.verify.reference.inside.observing import Arguments, Seen
from kgents.verify.reference.inside.shown import Shown, Signs, form_of, kind_of, ranges, tokens

_ODD = ("", "x", "0", "!", "a b", "-")  # texts on which a spec that is made for a form breaks
_ALIGNED = 0.15  # how often all texts of a list begin or end alike
_FOLLOWING = 0.1  # how often the numbers of a list follow on each other
_RELATED = 0.4  # how often a text begins as the one before
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = re.compile(rf"\b({'|'.join(_COUNTS)}) [a-z]+s\b", re.IGNORECASE)
_MOST, _DRAWS = 16, 3


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
        first = next((at for at, token in enumerate(own) if others and kind_of(token) == kind_of(others[0])), 0)
        pairs = zip(own[first:], others, strict=False)
        alike = len(list(itertools.takewhile(lambda pair: kind_of(pair[0]) == kind_of(pair[1]), pairs)))
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

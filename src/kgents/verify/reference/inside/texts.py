"""Texts to try: words and letters of the code, texts of the shapes that it reveals, and small changes of these."""

import random
import re
import string
from collections.abc import Callable
from functools import partial
from typing import Any

from kgents.verify.reference.inside.facts import Facts
from kgents.verify.reference.inside.parts import alike, rearranged
from kgents.verify.reference.inside.shapes import PIECES, Shapes, dated, matching, several

ODD = ["", " ", "\n", "\t", "0", "-", "_", "A", "z"]
EXOTIC = ["é", "Ä", "ß", "٣", "²"]  # only where the text of the spec thinks of them
_LONGEST_SHAPE = 400
_PART, _PARTS = 40, 60  # characters of a part that is kept, and how many
_NUMBER, _TURNS = 10**6, 3000  # the largest number in a text; where it may be the number of turns of a loop


class Texts:
    """Draws texts for one spec."""

    def __init__(self, facts: Facts, draw: random.Random) -> None:
        self._facts = facts
        self._draw = draw
        self.words = sorted(facts.strings)
        self.letters = sorted({sign for word in self.words for sign in word if not sign.isspace()}) or list("ab")
        self.odd = [*ODD, *(EXOTIC if facts.exotic else [])]
        self.numbers = sorted({n + d for n in facts.integers | facts.lengths for d in (-1, 0, 1) if abs(n) < 10**7})
        most = _TURNS if facts.loops else _NUMBER
        self.shapes = Shapes(draw, [word for word in self.words if len(word) < 30], self.numbers, most)
        self._cutters = _cutters(facts)
        self._alphabets = [list(signs) for signs in sorted(facts.alphabets)]
        self._pieces = [piece for kind in sorted(facts.parsers & PIECES.keys()) for piece in PIECES[kind]]
        self._placed = sorted(facts.placed.items())
        self._kinds = self._shaped()
        self._known: dict[str, list[str]] = {}
        self._affixes = [[*sorted(side), ""] for side in (facts.prefixes, facts.suffixes)]

    def _shaped(self) -> list[Callable[[], str]]:
        facts, draw = self._facts, self._draw
        matches = [partial(matching, pattern, draw) for pattern in sorted(facts.patterns) if _is_pattern(pattern)]
        kinds: list[Any] = matches * 2
        kinds += [partial(several, matches, draw)] * (2 if facts.all_matches and matches else 0)
        kinds += [partial(dated, form, draw) for form in sorted(facts.formats)]
        kinds += [partial(self.shapes.of, kind) for kind in sorted(facts.parsers)]
        kinds += [self._like_a_sample] * (2 if facts.samples else 0)
        if facts.separators or len(self._cutters) > 1:
            kinds += [self._joined] * 2
        if facts.separators and (facts.fields or facts.lengths):
            kinds += [self._of_fields] * 2
        if facts.tokens:
            kinds += [self._of_tokens] * 2
        if facts.lines:
            kinds += [self._lines] * 2
        if facts.lines and facts.prefixes:
            kinds += [self._outline]
        if facts.lines and facts.separators and facts.prefixes:
            kinds += [self._sections] * 2
        if facts.slices and any(length > 1 for length in facts.lengths):
            kinds += [self._of_slices]
        if facts.prefixes | facts.suffixes:
            kinds.append(self._hexadecimal)
        if len(self._placed) > 1:
            kinds += [self._of_places] * 2
        return kinds

    def text(self) -> str:
        """A text: a word, a shape, or letters."""
        draw = self._draw
        if self.words and draw.random() < 0.12:
            return draw.choice(self.words)
        if self._kinds and draw.random() < 0.6:
            return self._of_a_shape()
        return self._of_letters()

    def _of_a_shape(self) -> str:
        made = self._draw.choice(self._kinds)()[:_LONGEST_SHAPE]
        if (self._facts.prefixes or self._facts.suffixes) and self._draw.random() < 0.4:
            made = self._draw.choice(self._affixes[0]) + made + self._draw.choice(self._affixes[1])
        return self.changed(made) if self._draw.random() < 0.25 else made

    def _of_letters(self) -> str:
        draw = self._draw
        general = list(string.ascii_letters + string.digits + " _-.!")
        letters = draw.choice(
            [
                self.letters,
                list("abcAB 019"),
                general,
                list("01234567890"),
                [*self.letters, *self.odd],
                *self._alphabets,
            ]
        )
        near = [length + draw.choice((-1, 0, 1)) for length in sorted(self._facts.lengths) if length < 260]
        size = draw.choice([draw.randint(0, 4), draw.randint(0, 12), *near])
        made = "".join(draw.choice(letters) for _ in range(max(size, 0)))
        return self._with_words(made) if self.words and draw.random() < 0.4 else made

    def _with_words(self, made: str) -> str:
        draw = self._draw
        word, other = draw.choice(self.words), draw.choice(self.words)
        forms = [word + made, made + word, word, f"{made} {word}", f"{word} {other}", word.upper() + made, word.title()]
        forms += [f"{made} {word} {made}", f"{word} {made} {other}"]
        return draw.choice(forms)

    def _of_slices(self) -> str:
        """A text of a length that is compared with, its parts by place of letters, or of digits."""
        draw = self._draw
        size = draw.choice([length for length in sorted(self._facts.lengths) if 1 < length < 100] or [8])
        size += draw.choice((0, 0, 0, 1, -1, draw.randint(0, 9)))
        made = "".join(draw.choice("0123456789") for _ in range(size))
        return self._sliced(made, 0.5) if draw.random() < 0.8 else self._sliced(made.replace("0", "A"), 0.5)

    def _of_places(self) -> str:
        """A text of which each place has one of the signs that the code asks for there."""
        wanted = dict(self._placed)
        size = max(wanted) + 1
        signs = [wanted.get(index) or "".join(self.letters) for index in range(size)]
        return "".join(self._draw.choice(each) for each in signs)

    def _sliced(self, value: str, often: float) -> str:
        """A text whose parts by place are of letters, or of digits, each as often."""
        draw = self._draw
        for begin, end in sorted(self._facts.slices):
            part = slice(begin, end or None)
            if draw.random() < often:
                signs = draw.choice(
                    [string.ascii_uppercase, string.digits, string.ascii_lowercase, "".join(self.letters)]
                )
                there = value[part]
                at = range(len(value))[part].start
                value = value[:at] + "".join(draw.choice(signs) for _ in there) + value[at + len(there) :]
        return value

    def _like_a_sample(self) -> str:
        sample = self._draw.choice(self._facts.samples)
        return sample if self._draw.random() < 0.3 else alike(sample, self._draw)

    def _hexadecimal(self) -> str:
        size = self._draw.choice([*sorted(self._facts.lengths), 3, 6])
        return "".join(self._draw.choice([*self.letters, *"0123456789af"]) for _ in range(min(abs(size), 60)))

    def _atom(self) -> str:
        draw = self._draw
        which = draw.randrange(8)
        if which < 4:
            return self.shapes.number() if which else str(draw.randint(0, 12))
        if which == 4:
            return self._of_letters()[:8]
        if self._pieces and draw.random() < 0.5:
            return draw.choice(self._pieces)
        return draw.choice([*self.words, "a", "b", "x y", " a ", "Ab", ""])

    def _joined(self) -> str:
        """Parts with one separator or two between them."""
        draw, cutters = self._draw, self._cutters
        chosen = sorted(draw.sample(cutters, min(len(cutters), draw.choice([1, 1, 2, 3]))), key=cutters.index)
        outer, inner = chosen[0], chosen[-1]
        whole, mixed = draw.random() < 0.5, draw.random() < 0.3
        padding = draw.choice(["", "", "", " "])

        def atom(numeric: bool) -> str:
            if numeric:
                return str(draw.choice([draw.randint(0, 12), draw.randint(0, 300), *self.numbers]))
            return draw.choice(["", padding]) + self._atom() + draw.choice(["", padding])

        def part() -> str:
            sizes = [1, 2, 2, 3] if len(chosen) > 1 else [1]
            numeric = draw.random() < 0.6 if mixed else whole
            return draw.choice(chosen[1:] or [inner]).join(atom(numeric) for _ in range(draw.choice(sizes)))

        return (outer + padding).join(part() for _ in range(draw.choice([0, 1, 2, 2, 3, 4, 4, 6])))

    def _of_fields(self) -> str:
        """As many numbers as the code cuts a text into, with one separator between them; small ones, which come again."""
        draw, facts = self._draw, self._facts
        count = draw.choice(sorted(facts.fields or {length for length in facts.lengths if 0 < length < 9} or {2}))
        numbers = [draw.choice((0, 0, 1, 1, 2, 3, draw.randint(0, 12), draw.randint(0, 99))) for _ in range(count)]
        return draw.choice(sorted(facts.separators)).join(map(str, numbers))

    def _of_tokens(self) -> str:
        """Words of the code, numbers and other words with a blank between them."""
        draw = self._draw
        words = [word for word in self.words if word and not set(word) & set(" \t\n")] or ["a"]
        often = draw.choice((0.2, 0.4, 0.7))
        others = draw.choice(((0, 1, 2, 3, 7, -1, 12), ("a", "b", "ab", 1, 20, "x"), (*words, 2, 5)))
        count = draw.choice((1, 2, 3, 3, 4, 5, 5, 7))
        return " ".join(str(draw.choice(words if draw.random() < often else others)) for _ in range(count))

    def _lines(self) -> str:
        """Lines, each a small text of a shape; some empty, some with blanks around."""
        draw = self._draw
        lines = [self._line() for _ in range(draw.choice([0, 1, 2, 3, 4, 6]))]
        if lines and draw.random() < 0.3:
            lines += [self._line_again(draw.choice(lines)) for _ in range(draw.randint(1, 2))]
        return "\n".join(lines) + draw.choice(["", "\n"])

    def _sections(self) -> str:
        """Headings between their affixes, and below each a few lines of a key and a value; names and keys come again."""
        draw = self._draw
        before, after = draw.choice(self._affixes[0]), draw.choice(self._affixes[1])
        cutter, pad = draw.choice(sorted(self._facts.separators)), draw.choice(("", "", " "))
        lines = []
        for _ in range(draw.choice((1, 2, 2, 3))):
            lines.append(pad + before + pad + draw.choice("aab") + pad + after + pad)
            for _ in range(draw.choice((0, 1, 1, 2))):
                value = draw.choice(("1", "2", "a b", "", cutter, self._atom()))
                lines.append(pad + draw.choice(("x", "x", "Y", "y z")) + pad + cutter + pad + value)
        return "\n".join(lines) + draw.choice(("", "\n"))

    def _outline(self) -> str:
        """Lines that begin with a prefix once or several times, as levels go up and down; plain ones among them."""
        draw = self._draw
        prefixes = [prefix for prefix in self._affixes[0] if prefix]
        common, often, lines = draw.choice(prefixes), draw.choice((0.7, 1.0)), []
        for _ in range(draw.choice((2, 3, 4, 5))):
            prefix = common * draw.choice((1, 1, 2, 2, 3)) if draw.random() < often else draw.choice((*prefixes, ""))
            lines.append(prefix + draw.choice(("", " ", " ")) + draw.choice(("a", "b", "a b", "")))
        return "\n".join(lines)

    def _plain_line(self) -> str:
        """A heading between its affixes, or a few words with a separator; of so few words that they come again."""
        draw = self._draw
        words = [draw.choice(("a", "b", "c", "a", "12", "x y")) for _ in range(draw.choice((1, 2, 2, 2, 3)))]
        before, after = draw.choice(self._affixes[0]), draw.choice(self._affixes[1])
        cutter = draw.choice(self._cutters)
        joined = (cutter if draw.random() < 0.7 else f" {cutter} ").join(words)
        forms = [joined, joined, before + words[0] + after, before + words[0] + after, before + joined]
        return draw.choice(("", "", "", " ")) + draw.choice(forms) + draw.choice(("", "", "", " "))

    def _line_again(self, line: str) -> str:
        """A line as it was, or its first part with another end."""
        cutters = [cutter for cutter in self._cutters if cutter in line]
        if not cutters or self._draw.random() < 0.3:
            return line
        cutter = self._draw.choice(cutters)
        return line.partition(cutter)[0] + cutter + self._part_changed(line.partition(cutter)[2])

    def _line(self) -> str:
        draw = self._draw
        if draw.random() < 0.15:
            return draw.choice(["", " ", "\t"])
        if draw.random() < 0.5:
            return self._plain_line()
        others = [kind for kind in self._kinds if kind not in (self._lines, self._sections, self._outline)]
        made = draw.choice(others)() if others and draw.random() < 0.7 else self._of_letters()
        if self._facts.prefixes and draw.random() < 0.2:
            made = draw.choice(self._affixes[0]) + made
        if self.words and draw.random() < 0.2:
            made = self._with_words(made[:10])
        made = made.replace("\n", " ")
        return draw.choice(["", "", " "]) + made + draw.choice(["", "", " "])

    def changed(self, value: str) -> str:
        """A text with one sign less, more or another, cut, doubled, or in another case."""
        draw = self._draw
        if self._facts.slices and draw.random() < 0.15:
            return self._sliced(value, 1 / len(self._facts.slices))
        parted = self._parted(value) if draw.random() < 0.3 else None
        if parted is not None:
            return parted
        at = draw.randrange(len(value) + 1)
        signs = [draw.choice(self.letters), draw.choice(self.odd), draw.choice("0123456789"), draw.choice(value or "a")]
        sign, head, tail = draw.choice(signs), value[:at], value[at:]
        forms = [head + sign + tail, head + sign + tail[1:], head + tail[1:], head, value + tail, value.swapcase()]
        forms += [value + "\n", sign + value, value[1:], head + tail[:1] + tail]
        if self._facts.lines and len(value) < _LONGEST_SHAPE:
            forms += [f"{value}\n{self._line()}"] * 2
        if self._cutters:
            cutter = draw.choice(self._cutters)
            forms += [head + cutter + tail, value.replace(cutter, draw.choice(self._cutters), 1)]
        if len(self.words) > 1:
            forms.append(self._word_changed(value))
        return draw.choice(forms)

    def _parted(self, value: str) -> str | None:
        """A text with its lines or its parts otherwise, where it has any."""
        if "\n" in value and self._draw.random() < 0.25:
            lines = value.split("\n")
            at = self._draw.randrange(len(lines))
            return "\n".join([*lines[: at + 1], self._line_again(lines[at]), *lines[at + 1 :]])
        cutters = ["\n"] if "\n" in value and self._draw.random() < 0.6 else self._cutters
        return rearranged(value, cutters, self._draw, self._part_changed, self._known)

    def learn(self, value: str) -> None:
        """Parts of a text that the spec understood, for others."""
        for cutter in ("\n", *self._cutters):
            known = self._known.setdefault(cutter, [])
            parts = value.split(cutter) if cutter in value else []
            known += [part for part in parts if len(part) < _PART and part not in known][: _PARTS - len(known)]

    def _part_changed(self, part: str) -> str:
        draw = self._draw
        if part.isdecimal() and draw.random() < 0.6:
            return str(max(0, int(part) + draw.choice((-1, 1, 1, 9))))
        other: str = draw.choice([*self.words, *"ab019", *map(str, self.numbers[-3:])])
        return draw.choice([other, part + other, part[:-1], part.swapcase()])

    def swept(self, value: str) -> list[str]:
        """A text with the sign at one place in every other way: what one in many passes, a check digit, is among them."""
        if not value:
            return []
        at = self._draw.randrange(len(value))
        signs = sorted({*self.letters, *"0123456789", *value, *(string.ascii_uppercase if value[at].isalpha() else "")})
        return [value[:at] + sign + value[at + 1 :] for sign in signs if len(sign) == 1 and sign != value[at]]

    def _word_changed(self, value: str) -> str:
        there = [word for word in self.words if word in value]
        return value.replace(self._draw.choice(there), self._draw.choice(self.words), 1) if there else value

    def towards(self, value: str, pair: tuple[object, object]) -> str:
        """A text changed as two operands of a comparison suggest: one stands for the other."""
        draw = self._draw
        match pair:
            case (str(one), str(other)):
                swapped = self._swapped(value, one, other) if one else value + draw.choice(self._cutters) + other
                return draw.choice([swapped, other + value, other + value[len(other) :], value + other, other])
            case (int(one), int(other)):
                return self._measured(value, one, other)
        return self.changed(value)

    def _swapped(self, value: str, one: str, other: str) -> str:
        """One text for another, at one of the places where it stands."""
        places = [match.start() for match in re.finditer(re.escape(one), value)][:_LONGEST_SHAPE]
        if not places:
            return value
        at = self._draw.choice(places)
        return value[:at] + other + value[at + len(one) :]

    def _measured(self, value: str, one: int, other: int) -> str:
        runs = re.findall(r"\d+", value)
        if runs and self._draw.random() < 0.7:
            number = self._draw.choice(runs)
            shifted = str(max(0, int(number) + other - one)).zfill(len(number))
            return value.replace(number, shifted, 1)[:_LONGEST_SHAPE]
        if 0 <= other < 260 and abs(one) < 400:
            wanted = max(0, len(value) + other - one + self._draw.choice((-1, 0, 0, 1)))
            again = value[-1:] or self._draw.choice(self.letters)
            if value and self._draw.random() < 0.5:
                again = self._draw.choice(["", *self._cutters]) + value
            return (value + again * wanted)[:wanted]
        return self.changed(value)


def _cutters(facts: Facts) -> list[str]:
    """What texts are taken apart at: arguments of split and the like first, then other short constants that are no words."""
    first = sorted(sign for sign in facts.separators if sign and len(sign) < 6)
    short = [word for word in facts.strings if len(word) <= 2 and not word.isalnum() and word not in first]
    blank = [" "] if facts.tokens and " " not in (*first, *short) else []
    return [*first, *sorted(short), *blank] or [" "]


def _is_pattern(pattern: str) -> bool:
    try:
        matching(pattern, random.Random(0))
    except (re.error, ImportError, ValueError, LookupError, TypeError, RecursionError):
        return False
    return True

"""Texts of known shapes: what a pattern matches, dates of a format, addresses, numbers. Every text is a function of the draw."""

import random
import re
import string
from collections.abc import Callable, Sequence
from typing import Any

_NUMBERS = {
    "%Y": (1, 9999, 4), "%m": (1, 12, 2), "%d": (1, 31, 2), "%H": (0, 23, 2), "%I": (1, 12, 2), "%M": (0, 59, 2),
    "%S": (0, 59, 2), "%y": (0, 99, 2), "%j": (1, 366, 3), "%f": (0, 999999, 6), "%w": (0, 6, 1), "%U": (0, 53, 2),
}  # fmt: skip
_NAMES = {
    "%p": ["AM", "PM", "am"], "%b": ["Jan", "Feb", "May", "Dec"], "%B": ["January", "May", "December"],
    "%z": ["+0000", "-0330"], "%a": ["Mon", "Sun"], "%A": ["Monday", "Sunday"], "%Z": ["UTC"], "%%": ["%"],
}  # fmt: skip
_CLASSES = {"DIGIT": "7301", "WORD": "ab_Z1", "SPACE": " \t"}
# Parts of texts in which a library function sees more than letters: what is escaped, quoted, or stands for something else.
PIECES: dict[str, tuple[str, ...]] = {
    "quoted": ("%20", "+", "%2B", "%41", "%C3%A9", "%", "a+b", "c%20d"),
    "unsafe": (" ", "&", "<b>", "'", '"', "/", "?", "+", "%", "=", ".", "a&b"),
    "markup": ("&amp;", "&lt;b&gt;", "&#39;", "&quot;", "&", "&eacute;", "<b>"),
    "wildcard": ("*", "?", "[ab]", "*.txt", "[!a]", ".txt"),
    "template": ("$a", "${b}", "$$", "$", "$x"),
    "tabbed": ("\t", "\t\t", "ab", "    "),
    "indented": ("  a\n", "    b\n", "\n", "\tc\n", "  "),
    "shell": ("'a b'", '"c d"', "\\ ", " ", "-x", "''", '"'),
}
_ANYTHING = "abZ 09.-"
_LETTERS = string.ascii_letters + " .-09_"
_REPEATED = 4  # repetitions that are usual, where a pattern allows more
_MOST = 20


def dated(form: str, draw: random.Random) -> str:
    """A text of a strptime format; parts at their ends more often than chance would have them."""
    return re.sub(r"%.", lambda code: _dated(code[0], draw), form)


def _dated(code: str, draw: random.Random) -> str:
    if code in _NUMBERS:
        low, high, width = _NUMBERS[code]
        if code == "%Y" and draw.random() < 0.7:
            low, high = 1990, 2030
        value = draw.choice([draw.randint(low, high), draw.randint(low, high), low, high, min(12, high)])
        return str(value).zfill(width)
    return draw.choice(_NAMES.get(code, [code]))


def matching(pattern: str, draw: random.Random) -> str:
    """A text that a pattern probably matches; look-arounds are passed over. re.error for what is no pattern."""
    from re import _parser  # type: ignore[attr-defined]

    return _Walk(draw).items(_parser.parse(pattern))


def several(kinds: Sequence[Callable[[], str]], draw: random.Random) -> str:
    """Some texts of some kinds in one, with other words between them; some come again."""
    made = [draw.choice(kinds)() for _ in range(draw.choice((2, 2, 3, 4)))]
    if draw.random() < 0.4:
        made.append(draw.choice(made))
    between = [draw.choice((" ", " ", ", ", " b ", "a ")) for _ in made]
    return "".join(part for pair in zip(made, between, strict=True) for part in pair)


class _Walk:
    """Goes through a parsed pattern and writes a text."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._groups: dict[int, str] = {}

    def items(self, parsed: Any) -> str:
        """The texts of all items."""
        return "".join(self._item(str(code), argument) for code, argument in parsed)

    def _item(self, code: str, argument: Any) -> str:
        match code:
            case "LITERAL":
                return chr(argument)
            case "NOT_LITERAL":
                return self._draw.choice([sign for sign in "ab1 -" if ord(sign) != argument])
            case "ANY":
                return self._draw.choice(_ANYTHING)
            case "IN":
                return self._one_of(argument)
            case "BRANCH":
                return self.items(self._draw.choice(argument[1]))
            case "GROUPREF":
                return self._groups.get(argument, "")
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeated(argument)
            case "SUBPATTERN" | "ATOMIC_GROUP":
                return self._group(argument if code == "SUBPATTERN" else (None, 0, 0, argument))
        return ""

    def _group(self, argument: Any) -> str:
        text = self.items(argument[3])
        if argument[0] is not None:
            self._groups[argument[0]] = text
        return text

    def _one_of(self, members: Any) -> str:
        if str(members[0][0]) == "NEGATE":
            excluded = set(self._members(members[1:]))
            return self._draw.choice([sign for sign in _LETTERS if sign not in excluded] or ["~"])
        return self._draw.choice(self._members(members) or ["a"])

    def _members(self, members: Any) -> list[str]:
        signs: list[str] = []
        for code, argument in members:
            match str(code):
                case "LITERAL":
                    signs.append(chr(argument))
                case "RANGE":
                    signs += [chr(self._draw.randint(*argument)), chr(argument[0]), chr(argument[1])]
                case "CATEGORY":
                    signs += _CLASSES.get(str(argument).removeprefix("CATEGORY_"), "-x ")
        return signs

    def _repeated(self, argument: Any) -> str:
        low, high, inner = argument
        low, high = int(low), min(int(high), 1000)
        usual = min(high, low + _REPEATED) if self._draw.random() < 0.7 else min(high, max(low, _MOST))
        count = self._draw.choice([low, usual, self._draw.randint(low, max(low, usual))])
        return "".join(self.items(inner) for _ in range(min(count, 70)))


class Shapes:
    """Texts for the parsers that a spec calls, drawn with its words and numbers."""

    def __init__(self, draw: random.Random, words: list[str], numbers: list[int], most: int) -> None:
        self._draw = draw
        self._most = most
        self._words = words
        self._numbers = numbers

    def of(self, kind: str) -> str:
        """A text for a kind of parser, one of facts.PARSERS."""
        text: str = self._pieced(kind) if kind in PIECES else getattr(self, f"_{kind}")()
        return text

    def _pieced(self, kind: str) -> str:
        """A few parts that a library function sees more in, and letters and words between them."""
        draw = self._draw
        plain = ["a", "b", "Ab", "x y", draw.choice(self._words or ["c"])]
        return "".join(draw.choice([*PIECES[kind], *plain]) for _ in range(draw.choice((0, 1, 2, 2, 3, 5))))

    def number(self) -> str:
        """A whole number as people write it."""
        draw = self._draw
        return str(draw.choice([*self._numbers, 0, 1, 7, 10, draw.randint(-9, 99), draw.randint(0, self._most)]))

    def decimal(self) -> str:
        """A number with or without cents."""
        draw = self._draw
        whole = draw.choice([0, 1, 7, 99, 1234, draw.randint(0, 10**6), draw.randint(0, 99)])
        tails = ["", ".5", ".29", ".05", ".995", ".005", ".125", ".00", ".1", f".{draw.randint(0, 999)}"]
        return draw.choice(["", "", "", "-"]) + str(whole) + draw.choice(tails)

    def _number(self) -> str:
        return self.decimal() if self._draw.random() < 0.2 else self.number()

    def _decimal(self) -> str:
        return self.decimal()

    def _isodate(self) -> str:
        return dated(self._draw.choice(["%Y-%m-%d"] * 6 + ["%Y-%m-%dT%H:%M:%S"]), self._draw)

    def _url(self) -> str:
        draw = self._draw
        word = draw.choice([*self._words, "a", "b", "x", "www.", "Ex"])
        port = draw.choice([number for number in self._numbers if 0 < number < 1 << 16] or [80])
        hosts = ["h.org", "www.h.org", "Www.Ex.DE", "u:p@h.net:80", "wwww.x", "www.www.a", "[::1]", "", f"{word}.b"]
        hosts += [f"h.org:{port}", f"H.org:{port}"]
        tails = ["", f"?{self._query()}", f"?{self._query()}#f?z=1"]
        scheme = draw.choice(["http://", "https://", "ftp://", "//", ""])
        return scheme + draw.choice(hosts) + draw.choice(["", "/", f"/{word}/p"]) + draw.choice(tails)

    def _query(self) -> str:
        draw = self._draw
        pairs = [
            draw.choice(["a", "b", "q", "c%20d"]) + draw.choice(["=", "=1", "=x+y", "=%41", "", "=1=2"])
            for _ in range(draw.randint(0, 4))
        ]
        return "&".join(pairs)

    def _ip(self) -> str:
        draw = self._draw
        parts = [draw.choice([0, 1, 10, 127, 192, 168, 255, 256, draw.randint(0, 255)]) for _ in range(4)]
        return ".".join(map(str, parts))

    def _network(self) -> str:
        base = self._ip() if self._draw.random() < 0.7 else "2001:db8::" + self._draw.choice(["", "1"])
        return base + self._draw.choice(["", "/24", "/8", "/30", "/32", "/0", "/33"])

    def _ini(self) -> str:
        draw = self._draw
        keys = sorted({*self._words, "x"})
        out = ""
        for section in draw.sample(["a", "b", "DEFAULT", "main"], draw.randint(0, 3)):
            out += f"[{section}]\n"
            for key in draw.sample(keys, draw.randint(0, min(3, len(keys)))):
                out += f"{key} {draw.choice('=:')} {draw.choice([self.number(), self.number(), 'yes', 'a b'])}\n"
        return out

    def _xml(self) -> str:
        names = [*(word for word in self._words if word.isidentifier()), "a"]
        inner = ""
        for name in self._draw.choices(names, k=self._draw.randint(0, 3)):
            inner += f"<{name} {self._draw.choice(names)}='{self.number()}'>{self.number()}</{name}>"
        return f"<r>{inner}</r>"

    def _uuid(self) -> str:
        sizes = (16**8, 16**4, 6, 16**3, 16**3, 16**12)
        return "{:08x}-{:04x}-{}{:03x}-a{:03x}-{:012x}".format(*[self._draw.randrange(size) for size in sizes])

    def _email(self) -> str:
        return self._draw.choice(["a", "a.b", "Bob <b"]) + "@" + self._draw.choice(["x.org", "y.co.uk", "z>"])

    def _literal(self) -> str:
        return repr([self._draw.randint(-5, 9) for _ in range(self._draw.randint(0, 4))])

    def _hex(self) -> str:
        return "".join(self._draw.choice("0123456789abcdefAF") for _ in range(2 * self._draw.randint(0, 4)))

    def _base64(self) -> str:
        import base64

        return base64.b64encode(bytes(self._draw.randrange(256) for _ in range(self._draw.randint(0, 6)))).decode()

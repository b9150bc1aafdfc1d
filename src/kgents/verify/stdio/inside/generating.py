"""The process that makes standard inputs for a program: it runs the program and writes each line when it is asked for.

What a program reads depends on what it has read (a list of n numbers after n), so its own run says what comes next.
"""

import ast
import contextlib
import io
import re
import signal
from collections.abc import Iterator
from itertools import zip_longest
from random import Random
from typing import Any

from kgents.sandbox.inside import values
from kgents.verify.reference.inside.effects import effects_of
from kgents.verify.reference.inside.mutants import mutants
from kgents.verify.stdio.inside.commands import Commands
from kgents.verify.stdio.inside.hints import _PARTNERS, _WIDTHS, compared_with, counting, hints_of, signs_of, widths_of
from kgents.verify.stdio.inside.shapes import Reading, Shape, Unclear
from kgents.verify.stdio.inside.tokens import Tokens

RUNS = 240  # inputs that are tried
KEPT = 40  # with different answers first
MUTANTS = 60
SECONDS = 0.5  # CPU for one run
MOST_READS = 400
_UNSEEN = re.compile(r"\binput\(|stdin|readline|open\(0|= -?\(?(?:10 \*\* \d+|1e\d+|float\(|\d{6,})")
_SIZES = re.compile(r"(?i)n|m|k|t|q|len|size|count|cnt|rows?|cols?|h|w|num\w*|n_\w+|\w+_count")
_NEGATIVE = re.compile(r"negativ|(?<![\w\d])-\s?\d|-10|-1e|abs\(|-inf|<=? 0\b|>=? 0\b|-\w+ for", re.IGNORECASE)


class _Stop(BaseException):
    pass


def main(fd: int) -> None:
    """Answers {"source"} with {"inputs", "mutants", "shapes"}, or {"unclear": why}, or {"effects": kinds}."""
    channel = values.Channel(fd)
    job = channel.receive()
    try:
        channel.send(_told(job["source"]))
    except Unclear as wrong:
        channel.send({"unclear": str(wrong)})
    except BaseException as wrong:
        channel.send({"unclear": f"{type(wrong).__name__}: {wrong}"[:200]})


def _told(source: str) -> dict[str, Any]:
    effects = [kind for kind in effects_of(ast.parse(source)) if "input" not in kind]
    if effects:
        return {"effects": effects}
    writer = Writer(source)
    seen: dict[str, str] = {}
    for number in range(RUNS):
        written = writer.run(number)
        if written is not None:
            seen.setdefault(*written)
    plain = ast.unparse(ast.parse(source))
    wrong: list[list[Any]] = [
        [operator, *_changed(plain, text), text] for operator, text, _ in mutants(source, "", MUTANTS)
    ]
    wrong = [[operator, line, writer.reads(line), text] for operator, line, text in wrong]
    return {"inputs": _kept(seen), "mutants": wrong, "tokens": writer.whole, "error": writer.error}


def _changed(plain: str, text: str) -> list[str]:
    """The line of a program that a mutant changed."""
    pairs = zip_longest(plain.split("\n"), text.split("\n"), fillvalue="")
    return [next((one.strip() for one, other in pairs if one != other), "")]


def _kept(seen: dict[str, str]) -> list[str]:
    """Of inputs with what was printed: the shortest, then one of each length, those with new answers before others."""
    answers: set[str] = set()
    new: list[str] = []
    old: list[str] = []
    for stdin in sorted(seen, key=lambda text: (len(text), text)):
        (old if seen[stdin] in answers else new).append(stdin)
        answers.add(seen[stdin])
    short, long = new[: KEPT // 3], new[KEPT // 3 :]
    long = long[:: max(1, len(long) // (KEPT // 2))]
    return [*short, *long, *old][:KEPT]


class Writer:
    """Runs a program and writes its standard input."""

    def __init__(self, source: str) -> None:
        reading = Reading(source)
        self._shapes = reading.shapes
        self._commands = Commands(tuple(reading.commands))
        self._widths = widths_of(self._shapes)
        self._sizes = self._widths | {shape.turns for shape in self._shapes if shape.turns}
        self._program = compile(reading.tree, "<solution>", "exec", dont_inherit=True)
        constants = hints_of(ast.parse(source)) - {"__main__"}
        self._hints = sorted(n for n in constants if type(n) is int and abs(n) <= 10**6)
        letters = sorted(c for c in constants if isinstance(c, str) and 0 < len(c) <= 12 and c.split() == [c])
        self._words = letters
        has_lists = any(shape.many == 0 or shape.turns for shape in self._shapes)
        self._counts = None if has_lists or reading.commands else counting(ast.parse(source))
        self._signs = signs_of(ast.parse(source))
        self._exact = compared_with(ast.parse(source))
        marks = "".join(word for word in letters if len(word) == 1)
        self._marks = "".join(dict.fromkeys(marks + "".join(_PARTNERS.get(c, "") for c in marks)))
        self._is_marked = bool(marks) and not any(c.isalnum() for c in marks)
        self._is_negative = bool(_NEGATIVE.search(source))
        self._ends = "EOFError" in source
        self._endless = "next(" in source
        self.whole = any(shape.whole for shape in self._shapes)
        self.error = ""
        self._takes_long = False
        self._draw = Random(0)

    def reads(self, line: str) -> bool:
        """Whether a line takes input apart, or names a number beyond all others: a mistake there may change nothing where
        the input has the wanted form.
        """
        if self._commands.tells(
            line, [name for shape in self._shapes if shape.kind == "command" for name in shape.names]
        ):
            return True
        names = [name for shape in self._shapes if shape.whole for name in shape.names if name]
        return bool(_UNSEEN.search(line)) or any(re.search(rf"\b{re.escape(name)}\[[^\]]*:", line) for name in names)

    def run(self, seed: int) -> tuple[str, str] | None:
        """(standard input, what the program printed); None where it raised."""
        self._draw = Random(seed)
        self._lines: list[str] = []
        # names and values of single whole numbers, and where they are read
        self._numbers: list[tuple[str, int, int]] = []
        # by loop: those of the last turn, and how many lists had theirs
        self._turns: dict[int, tuple[int, int, int]] = {}
        self._lists = 0
        self._last: Shape | None = None
        self._small = self._draw.random() < 0.75
        names: dict[str, Any] = {
            "__name__": "__main__", "__line__": self._line, "__via__": self._via, "__tokens__": self._tokens,
            "__lines__": self._rest,
        }  # fmt: skip
        printed = io.StringIO()
        try:
            with _limited(), contextlib.redirect_stdout(printed):
                exec(self._program, names)
        except SystemExit as left:
            if left.code not in (None, 0):
                return None
        except _Stop:
            self._takes_long = True
            return None
        except Unclear:
            return None
        except BaseException as wrong:
            self._commands.failed()
            self.error = f"{type(wrong).__name__}: {wrong}"[:200]
            return None
        self._commands.understood()
        return "\n".join(self._lines) + "\n" if self._lines else "", printed.getvalue()

    # -- what the program calls ---------------------------------------------------------------------------------------
    def _line(self, site: int) -> str:
        shape, self._last = self._shapes[site], None
        if self._via_shape is not None:
            shape = _merged(shape, self._via_shape)
        if len(self._lines) >= MOST_READS:
            raise _Stop
        if self._ends and self._lines and self._draw.random() < 0.2:
            raise EOFError
        self._lines.append(self._written(shape))
        return self._lines[-1]

    _via_shape: Shape | None = None

    def _via(self, site: int, function: Any) -> Any:
        def called() -> Any:
            self._via_shape = self._shapes[site]
            try:
                return function()
            finally:
                self._via_shape = None

        return called

    def _rest(self, site: int) -> Iterator[str]:
        for _ in range(self._draw.randint(1, 5)):
            self._lines.append(self._written(self._shapes[site]))
            yield self._lines[-1] + "\n"

    def _tokens(self, site: int) -> Any:
        shape = self._shapes[site]
        return Tokens(lambda at: self._token(shape, at), self.count, shape.many, self._endless)

    def _token(self, shape: Shape, position: int) -> Any:
        """The text of one part of all that is read; the first is a size."""
        name = shape.names[0] if shape.names else "n"
        text = str(self.size(name)) if position == 0 and shape.kind != "float" else ""
        if text:
            self._numbers.append((name, int(text), shape.within))
        text = text or self._value(shape.kind)
        self._lines.append(text)
        if len(self._lines) > MOST_READS:
            raise _Stop
        return {"int": int, "float": float}.get(shape.kind, str)(text)

    # -- values -------------------------------------------------------------------------------------------------------
    def size(self, name: str) -> int:
        """A size, for a name."""
        number = self._draw.choice((1, 2, 3, 4, 5, 6, 8)) if self._small else self._draw.randint(1, 15)
        if self._hints and self._draw.random() < 0.25:
            number = max(1, min(30, self._draw.choice(self._hints) + self._draw.choice((-1, 0, 1))))
        return number

    def count(self, within: int = -1, turns: str = "") -> int:
        """How many parts a list has: as many as the size that was read for it, in the loop in which it is read if there. Rows,
        which a loop reads as often as one size says, have as many as the other.
        """
        if turns:
            return self._count_of_rows(within, turns)
        read = [(name, number) for name, number, where in self._numbers if where == within]
        if within >= 0 and read and len(read) < len(self._numbers):
            return self._count_here(within, read)
        sizes = [number for name, number, _ in self._numbers if _SIZES.fullmatch(name)]
        sizes = sizes or [number for _, number, _ in self._numbers]
        self._lists += 1
        if not sizes:
            return self._draw.randint(1, 6)
        return min(200, sizes[0] if len(sizes) == 1 or self._lists == 1 else sizes[min(self._lists, len(sizes)) - 1])

    def _count_of_rows(self, within: int, turns: str) -> int:
        here = [(name, number) for name, number, depth in self._numbers if depth == within]
        if here:
            return self._count_here(within, here)
        last = self._numbers[-1][2] if self._numbers else -1
        latest = {name: number for name, number, depth in self._numbers if depth == last}
        sizes = {name: number for name, number in latest.items() if self._is_size(name)} or latest
        others = [number for name, number in sizes.items() if name != turns]
        return min(200, (others or list(sizes.values()) or [self._draw.randint(1, 6)])[0])

    def _is_size(self, name: str) -> bool:
        return name in self._sizes or (
            bool(_SIZES.fullmatch(name)) and (self._counts is None or name in self._counts or self._takes_long)
        )

    def _count_here(self, within: int, read: list[tuple[str, int]]) -> int:
        """The sizes that were read since the last list there, one after another."""
        start, end, lists = self._turns.get(within, (0, 0, 0))
        if len(read) > end:
            start, end, lists = end, len(read), 0
        self._turns[within] = (start, end, lists + 1)
        group = read[start:end]
        sizes = [number for name, number in group if _SIZES.fullmatch(name)] or [number for _, number in group]
        return min(200, sizes[min(lists, len(sizes) - 1)])

    def _written(self, shape: Shape) -> str:
        if shape.kind == "command":
            return self._commands.line(self._draw, shape.many or 0, lambda: str(self._integer()))
        if shape.many is None:
            if shape.kind == "int":
                name = shape.names[0] if shape.names else ""
                number = self.size(name) if self._is_size(name) or self._draw.random() < 0.3 else self._integer()
                if self._exact and self._draw.random() < 0.25:
                    number = self._draw.choice(self._exact)
                self._numbers.append((name, number, shape.within))
                return str(number)
            return self._row(shape) if shape.kind == "text" else self._value(shape.kind)
        if shape.many:
            texts = []
            for name in shape.names or ("",) * shape.many:
                sized = shape.kind == "int" and self._is_size(name)
                texts.append(str(self.size(name)) if sized else self._value(shape.kind))
                if sized:
                    self._numbers.append((name, int(texts[-1]), shape.within))
            return " ".join(texts)
        return " ".join(self._value(shape.kind) for _ in range(self.count(shape.within, shape.turns)))

    def _row(self, shape: Shape) -> str:
        """A line of text; of a map, as long as the width that was read."""
        text = self._text(shape.kind)
        widths = [number for name, number, _ in self._numbers if name in self._widths and _WIDTHS.fullmatch(name)]
        if not shape.turns or not widths:
            return text
        while len(text) < widths[-1]:
            text += self._text(shape.kind)
        return text[: widths[-1]]

    def _value(self, kind: str) -> str:
        match kind:
            case "int":
                return str(self._integer())
            case "float":
                return str(
                    round(self._draw.uniform(-20 if self._is_negative else 0.5, 20), self._draw.choice((0, 1, 2)))
                )
            case _:
                return self._text(kind)

    def _integer(self) -> int:
        least = -20 if self._is_negative else 1
        if self._exact and self._draw.random() < 0.2:
            return self._draw.choice(self._exact)
        if self._hints and self._draw.random() < 0.35:
            return max(least, self._draw.choice(self._hints) + self._draw.choice((-1, 0, 0, 1)))
        return self._draw.randint(least, 5 if self._draw.random() < 0.4 else 20 if self._small else 1000)

    def _text(self, kind: str) -> str:
        if self._words and self._draw.random() < 0.5:
            word = self._draw.choice(self._words)
            if len(word) > 1 or self._draw.random() < 0.3:
                return word
        letters = "".join(word for word in self._words if len(word) < 4) or "ab"
        pool = self._marks if self._is_marked else letters + self._draw.choice(("", "abc", "abcxyz"))
        if self._signs and self._draw.random() < 0.8:
            pool += self._signs.replace(" ", "") if kind == "word" else self._signs
        text = "".join(self._draw.choice(pool) for _ in range(self._draw.randint(1, 8)))
        text = text.strip() or pool.strip()[:1]
        return text if kind == "word" or self._draw.random() < 0.7 else text + text[::-1]


def _merged(inner: Shape, outer: Shape) -> Shape:
    """The shape of a read within a function, with how many values its caller takes."""
    if inner.kind == "text":
        return outer
    return Shape(inner.kind, outer.many or len(outer.names) if inner.many == 0 and len(outer.names) > 1 else inner.many,
                 outer.names, within=outer.within)  # fmt: skip


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise _Stop

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)

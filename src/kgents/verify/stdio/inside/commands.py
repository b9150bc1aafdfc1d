"""Lines that begin with a command: a word that the program compares with its own, and what follows it."""

import ast
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from random import Random

_MOST = 3  # parts behind a command
_PATIENCE = 8  # times that a command may end the program before it is given one part more


class Commands:
    """Writes such lines, and learns by the program's errors how many parts each command takes: as few as do.

    words  that the program compares the first part with
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._understood: set[tuple[str, int]] = set()
        self._blamed: Counter[tuple[str, int]] = Counter()
        self._last: tuple[str, int] | None = None
        self._said: deque[str] = deque(maxlen=4)

    def line(self, draw: Random, parts: int, value: Callable[[], str]) -> str:
        """The next line; `parts` it has, 0: as many as its command takes. The command before was understood."""
        self.understood()
        word = draw.choice(self._words)
        count = parts - 1 if parts else self._taken(word)
        self._last = (word, count)
        return " ".join([word, *(self._value(draw, value) for _ in range(count))])

    def _value(self, draw: Random, value: Callable[[], str]) -> str:
        """A new value, or one of the last: commands are about what earlier ones were about."""
        if not self._said or draw.random() < 0.4:
            self._said.append(value())
            return self._said[-1]
        return draw.choice(self._said)

    def tells(self, line: str, names: Sequence[str]) -> bool:
        """Whether a line of the program takes a line of input apart, or tells a command from the others: no other is given."""
        parts = any(re.search(rf"\b{re.escape(name)}\[", line) for name in names)
        return parts or (line.startswith(("if ", "elif ", "case ")) and any(repr(word) in line for word in self._words))

    def understood(self) -> None:
        """The program went on behind the last line, or ended."""
        if self._last is not None:
            self._understood.add(self._last)
        self._last = None

    def failed(self) -> None:
        """The program raised behind the last line."""
        if self._last is not None:
            self._blamed[self._last] += 1
        self._last = None

    def _taken(self, word: str) -> int:
        counts = range(_MOST + 1)
        known = (count for count in counts if (word, count) in self._understood)
        untried = (count for count in counts if self._blamed[word, count] < _PATIENCE)
        return next(known, next(untried, 0))


def words_of(tree: ast.AST, names: Sequence[str]) -> tuple[str, ...]:
    """The words that a variable of these names, or the first part of one, is compared with, in their order."""
    heads = {*names, *_heads(tree, names)}
    words: dict[str, None] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.In()], comparators=[right]) if _is_head(left, heads, names):
                words.update(dict.fromkeys(_texts(right)))
            case ast.Match(subject=subject, cases=cases) if _is_head(subject, heads, names):
                words.update(dict.fromkeys(word for case in cases for word in _texts(case.pattern)))
            case _:
                pass
    return tuple(word for word in words if word.split() == [word])


def is_open(tree: ast.AST, names: Sequence[str]) -> bool:
    """Whether the program does something for whatever is left: then its last command has a name that nobody can read."""
    heads = {*names, *_heads(tree, names)}
    rests: list[list[ast.stmt]] = []
    for node in ast.walk(tree):
        match node:
            case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()]), orelse=[_, *_] as rest) if _is_head(
                left, heads, names
            ):
                chained = isinstance(rest[0], ast.If) and any(
                    _is_head(each, heads, names) for each in ast.walk(rest[0].test)
                )
                rests += [] if chained else [rest]
            case ast.Match(subject=subject, cases=cases) if _is_head(subject, heads, names):
                rests += [
                    case.body
                    for case in cases
                    if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
                ]
            case _:
                pass
    return any(not isinstance(node, ast.Pass | ast.Continue | ast.Raise) for rest in rests for node in rest)


def _heads(tree: ast.AST, names: Sequence[str]) -> Iterator[str]:
    """Variables that hold the first part of one of these."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=head)], value=ast.Subscript(value=ast.Name(id=name), slice=index)) if (
                name in names and isinstance(index, ast.Constant) and index.value == 0
            ):
                yield head
            case _:
                pass


def _is_head(node: ast.AST, heads: set[str], names: Sequence[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in heads
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=0)):
            return name in names
    return False


def _texts(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value

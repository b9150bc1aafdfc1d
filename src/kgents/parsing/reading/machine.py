"""JSON read strictly and step by step: chunks are taken as they come, and what has been read so far is there at any time.

Rule: a chunk is only looked at when the value is asked for, and no complete token is read twice, so time is linear in
the text whatever the chunks are. What is at the very end may be cut: a number and half a word are left out, a string is
kept as far as it goes.
"""

import json
import re
from typing import Any

from kgents.parsing.parsed import Path, Rejected
from kgents.parsing.reading.escapes import without_last_brackets
from kgents.parsing.reading.lexis import DEEPEST

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_CUT_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9.eE+-])")
_CUT_NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?[0-9]*)?)?\Z")
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf"),
          "-Infinity": float("-inf")}  # fmt: skip
_HALF = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\Z")
VALUE, KEY, COLON, COMMA, END = "value", "key", "colon", "comma", "end"


class Machine:
    """The state of reading.

    broken  where the text is not JSON (a character of the whole text), else None
    """

    __slots__ = ("_began", "_keys", "_passed", "_rest", "_stack", "_state", "_tail", "_waiting", "broken", "root")

    def __init__(self) -> None:
        self.root: Any = None
        self.broken: int | None = None
        self._stack: list[Any] = []
        self._keys: list[Any] = []
        self._state = VALUE
        self._rest, self._passed = "", 0
        self._waiting: list[str] = []
        self._began = False  # a container that has no member yet may close
        self._tail: list[Any] | None = None  # [container, key] of a cut string that stands in the value

    def feed(self, text: str) -> None:
        """Takes a chunk."""
        self._waiting.append(text)

    @property
    def complete(self) -> bool:
        """Whether the value has ended."""
        return self._state == END

    @property
    def path(self) -> Path:
        """The path of the innermost thing that is still open."""
        steps: list[str | int] = []
        for level, (box, key) in enumerate(zip(self._stack, self._keys, strict=True)):
            inner = level + 1 < len(self._stack) or (self._tail is not None and self._tail[0] is box)
            if isinstance(box, list):
                steps += [len(box) - 1] * inner
            elif key is not None:
                steps.append(key)
        return tuple(steps)

    def read(self) -> None:
        """Reads what came in since the last time."""
        if not self._waiting:
            return
        text = self._rest + "".join(self._waiting)
        self._waiting.clear()
        if self.broken is not None:
            return
        self._drop_tail()
        at = 0
        while (step := self._step(text, at)) > at:
            at = step
        self._rest, self._passed = text[at:], self._passed + at
        if self._rest and self.broken is None:
            self._keep_tail()

    def _step(self, text: str, at: int) -> int:
        """Reads one token and the space before; the place behind it, or `at` where there is none."""
        start = at
        match = _SPACE.match(text, at)
        at = match.end() if match else at
        if at >= len(text):
            return max(start, at)
        if self._state in (VALUE, KEY):
            return self._value_or_key(text, at, start)
        letter = text[at]
        if self._state == COLON and letter == ":":
            self._state = VALUE
        elif self._state == COMMA and letter == ",":
            self._state = KEY if isinstance(self._stack[-1], dict) else VALUE
        elif self._state == COMMA and letter in "}]":
            self._close(letter, at)
        else:
            self._break(at)
        return at + 1 if self.broken is None else start

    def _value_or_key(self, text: str, at: int, start: int) -> int:
        letter = text[at]
        if self._began and letter in "}]":
            self._close(letter, at)
            return at + 1 if self.broken is None else start
        if letter == '"':
            match = _STRING.match(text, at)
            if match is None:
                return self._cut_or_broken(_CUT_STRING.match(text, at) is not None, at, start)
            self._text(json.loads(match.group()))
            return match.end()
        if self._state == KEY:
            return self._cut_or_broken(False, at, start)
        if letter in "{[":
            self._open({} if letter == "{" else [])
            return at + 1 if self.broken is None else start
        return self._scalar(text, at, start)

    def _scalar(self, text: str, at: int, start: int) -> int:
        for word, value in _WORDS.items():
            if text.startswith(word, at):
                self._put(value)
                return at + len(word)
            if word.startswith(text[at:]):
                return start
        match = _NUMBER.match(text, at)
        if match is None or match.end() == len(text):
            return self._cut_or_broken(_CUT_NUMBER.match(text, at) is not None, at, start)
        self._put(json.loads(match.group()))
        return match.end()

    def _cut_or_broken(self, cut: bool, at: int, start: int) -> int:
        if not cut:
            self._break(at)
        return start

    def _break(self, at: int) -> None:
        self.broken = self._passed + at

    def _text(self, text: str) -> None:
        if self._state == KEY:
            self._keys[-1], self._state, self._began = text, COLON, False
        else:
            self._put(text)

    def _put(self, value: Any) -> None:
        self._began = False
        if not self._stack:
            self.root, self._state = value, END
            return
        box = self._stack[-1]
        if isinstance(box, dict):
            box[self._keys[-1]] = value
            self._keys[-1] = None
        else:
            box.append(value)
        self._state = COMMA

    def _open(self, box: Any) -> None:
        if len(self._stack) >= DEEPEST:
            raise Rejected("nested too deeply")
        if not self._stack:
            self.root = box
        elif isinstance(self._stack[-1], dict):
            self._stack[-1][self._keys[-1]] = box
        else:
            self._stack[-1].append(box)
        self._stack.append(box)
        self._keys.append(None)
        self._state, self._began = KEY if isinstance(box, dict) else VALUE, True

    def _close(self, letter: str, at: int) -> None:
        if isinstance(self._stack[-1], dict) != (letter == "}"):
            self._break(at)
            return
        self._stack.pop()
        self._keys.pop()
        if self._keys:
            self._keys[-1] = None
        self._state, self._began = COMMA if self._stack else END, False

    def _drop_tail(self) -> None:
        """Takes a cut string out of the value again, before it is read in full."""
        if self._tail is None:
            return
        box, key, before = self._tail
        self._tail = None
        if box is None:
            self.root = None
        elif isinstance(box, list):
            box.pop()
        elif before is None:
            del box[key]
        else:
            box[key] = before[0]

    def _keep_tail(self) -> None:
        """Puts what there is of a cut string into the value."""
        rest = self._rest.lstrip(" \t\n\r")
        if self._state != VALUE or not rest.startswith('"'):
            return
        match = _CUT_STRING.match(rest)
        assert match is not None
        text = json.loads(f'"{_HALF.sub("", match.group(1))}"')
        text = without_last_brackets(text)
        box = self._stack[-1] if self._stack else None
        if box is None:
            self.root, self._tail = text, [None, None, None]
        elif isinstance(box, list):
            box.append(text)
            self._tail = [box, None, None]
        else:
            key = self._keys[-1]
            self._tail = [box, key, [box[key]] if key in box else None]
            box[key] = text

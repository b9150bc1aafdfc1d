"""Valid JSON of random shape to every strategy of ours that claims JSON: none may change a value. And streaming: what
`Partial` says after each character is what `loads` says of the text so far.

Run: python tests/hostile/parse_fuzz.py --documents 100000 --prefixes 500 [--seed N] [--suite FOLDER]

`--suite` names a folder of files such as those of JSONTestSuite: every `y_*.json` has to come back as json.loads returns it.
Exit status 1 and the first text that is changed, where there is one.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from kgents.parsing import Parsed, Partial, Rejected, loads
from kgents.parsing.strategy import built_in

CLAIM_JSON = ("strict", "lax", "extract", "lenient", "lazy_validation", "schema_guided")
PIECES = (
    "<think>", "</think>", "```json\n", "```", "{", "}", "[", "]", ",", ":", "'", "\\", "\"", "//", "/*", "*/", "#", "--",
    "True", "None", "null", "NaN", "...", "…", "<pre>", "<code>", "</code>", "<|im_end|>", "[TOOL_CALLS]", "Action Input: ",
    "$1,200.50", "http://a.b/c?d=e", "\u2028", "\ufeff", "\u200b", "\x7f", "é", "“", "”", "𝔸", "٣", " ", "\n", "\t", "\b",
    "\f", "\r", "a", "B", "1", "-", ".", "e", "\ud83d", "\x00", "%7B", "&quot;", "key: value", "- item", "0x1F", "012", "+1",
)  # fmt: skip
NUMBERS = ("0", "-0", "-0.0", "1", "-1", "12", "1e5", "1E+5", "1.5e-7", "0.1", "123456789012345678901234567890", "1e999",
           "-1e-999", "0e0", "9007199254740993", "3.141592653589793238")  # fmt: skip
SPACES = ("", "", "", " ", "\n", "\r\n", "\t", "  \n ")


def text_of(random: Random, depth: int = 0) -> str:
    """A valid document of random shape, written in a random way."""
    kind = random.random()
    if depth > 4 or kind < 0.45:
        return scalar(random)
    count = random.choice((0, 1, 1, 2, 3, 5))
    if kind < 0.7:
        return (
            "["
            + ",".join(f"{_space(random)}{text_of(random, depth + 1)}{_space(random)}" for _ in range(count))
            + _space(random) * (count == 0)
            + "]"
        )
    members = (
        f"{_space(random)}{string(random)}{_space(random)}:{_space(random)}{text_of(random, depth + 1)}{_space(random)}"
        for _ in range(count)
    )
    return "{" + ",".join(members) + "}"


def _space(random: Random) -> str:
    return random.choice(SPACES)


def scalar(random: Random) -> str:
    """A text, a number or a word."""
    kind = random.random()
    if kind < 0.6:
        return string(random)
    if kind < 0.85:
        return random.choice(NUMBERS) if random.random() < 0.7 else repr(random.uniform(-1e6, 1e6))
    return random.choice(("true", "false", "null"))


def string(random: Random) -> str:
    """A text of pieces that parsers of model output stumble over, each escaped in one of the ways JSON allows."""
    return '"' + "".join(written(random, random.choice(PIECES)) for _ in range(random.choice((0, 1, 2, 3, 6)))) + '"'


def written(random: Random, piece: str) -> str:
    """A piece as JSON writes it: as it is where that is allowed, or in escapes."""
    plain = json.dumps(piece, ensure_ascii=random.random() < 0.3)[1:-1]
    if random.random() < 0.1:
        plain = "".join(
            f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else json.dumps(letter)[1:-1] for letter in piece
        )
    return plain.replace("/", "\\/") if random.random() < 0.2 else plain


def exact(value: Any) -> str:
    """A value so that nothing which differs is alike: 1 is not 1.0, 0.0 not -0.0, and the order of keys counts."""
    return repr(value)


def changed(name: str, text: str, schema: Any = None) -> str:
    """What a strategy makes of a valid text, where that is not what json.loads makes of it; else nothing."""
    wanted = json.loads(text)
    try:
        answer = built_in()[name].parse(text, schema)
    except Exception as wrong:  # noqa: BLE001 - whatever it raises: the text is valid
        return f"{type(wrong).__name__}: {wrong}"
    value = answer.value if isinstance(answer, Parsed) else answer
    return "" if exact(value) == exact(wanted) else exact(value)


def documents(seed: int, count: int) -> Iterator[str]:
    """Valid documents, each with a seed of its own."""
    for number in range(count):
        random = Random(seed * 1_000_003 + number)
        text = random.choice(SPACES) + text_of(random) + random.choice(SPACES)
        yield text


def said(text: str) -> tuple[str, bool]:
    """(the value as text, whether it is complete), as `loads` has it; where it rejects the text there is no value."""
    try:
        parsed = loads(text)
    except Rejected:
        return exact(None), False
    return exact(parsed.value), parsed.complete


def prefixes(seed: int, count: int) -> str:
    """The first prefix of some document of which `Partial` and `loads` do not say the same; nothing where there is none."""
    for text in documents(seed, count):
        partial = Partial()
        for end in range(1, len(text) + 1):
            partial.feed(text[end - 1])
            streamed = exact(partial.value), partial.complete
            if streamed != said(text[:end]):
                return f"{text[:end]!r}: {streamed} is not {said(text[:end])}"
    return ""


def main() -> int:
    """Prints what was tried; 1 where something was changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--prefixes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suite", type=Path)
    given = parser.parse_args()
    files = sorted(given.suite.rglob("y_*.json")) if given.suite else []
    texts = [path.read_text(encoding="utf-8") for path in files]
    for name in CLAIM_JSON:
        for text in (*texts, *documents(given.seed, given.documents)):
            if found := changed(name, text):
                print(f"{name} changes {text!r}: {found}")
                return 1
        print(f"{name}: {len(texts)} files and {given.documents} documents, 0 changed", flush=True)
    if found := prefixes(given.seed, given.prefixes):
        print(found)
        return 1
    print(f"every prefix of {given.prefixes} documents: Partial says what loads says")
    return 0


if __name__ == "__main__":
    sys.exit(main())

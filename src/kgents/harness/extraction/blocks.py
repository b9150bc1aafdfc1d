"""The fenced blocks of an answer, by a CommonMark parser, and with tolerance for the common departures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kgents.lazy_pattern import pattern

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MOST_BLOCKS = 200
_SHOWN = frozenset({"python-repl", "pycon", "doctest", "ipython", "ipython3"})
_PYTHON = frozenset({"", "python", "py", "python3", "py3", "{python}", "{.python}", "python2", "code"}) | _SHOWN
_RUN = pattern(r"`{3,}|~{3,}")
_INLINE = pattern(r"^(?P<prose>[^`]*[^`\s][ \t]*)(?P<fence>`{3,}[ \t]*(?:python3?|py)?)[ \t]*$", re.IGNORECASE)
_OPENED = pattern(
    r"^(?P<fence>[ \t>]*(?:`{3,}|~{3,})[ \t]*(?:python3?|py)?)[ \t]*"
    r"(?=(?:async )?def |class |@\w|import \w|from \w)",
    re.IGNORECASE,
)
_NO_FENCE = {ord("`"): None, ord("~"): None}
_CLOSING = pattern(r"[ \t>]*(?:`{3,}|~{3,})[ \t]*$")
_DEFINITION = pattern(r"(?:async )?def |class |@|import |from ")
_FILE = pattern(r"([\w./-]*\w\.py)\b")
_QUOTED = pattern(r"^(?P<mark>'''|\"\"\")(?:python3?|py)[ \t]*$", re.MULTILINE)
# An answer that is one block, and lines that begin with a letter around it: that is one by every reading, without a parser.
_LINE = r"(?:[A-Za-z][^\r\0\n]*|[ \t]*)"
_SOLE = pattern(
    rf"(?P<before>(?:{_LINE}\n)*+)```(?P<info>[A-Za-z0-9_+.-]*)\n"
    rf"(?P<content>(?:(?![ \t]*```)[^\r\0\n]*\n)++)```[ \t]*(?:\n{_LINE})*+"
)
_LANGUAGE_LINE = pattern(r"\s*(?P<language>[Pp]ython3?|py)[ \t]*\n(?=\s*\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    lines     of the answer, from 0, with its fences
    language  the first word behind the fence, in small letters
    flaws     what was wrong with the fence: unclosed_fence, glued_fence, inline_fence, nested_fence, unopened_fence,
              language_line (the language stands below the fence)
    before    the prose between the block before and this one; `after`: the prose that follows
    file      the file name that it is given, or ""
    label     the words that stand for it in a table of several, as the key of a JSON object
    """

    text: str
    lines: range
    language: str
    flaws: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    file: str = ""
    label: str = ""

    @property
    def python(self) -> bool:
        """Whether it may be Python."""
        return self.language in _PYTHON or self.language.startswith(("python:", "py:")) or self.language.endswith(".py")


def requoted(text: str) -> str:
    """A text without fences in which three quotation marks and a language stand for them, with fences in their place."""
    openings = [] if _RUN.search(text) else list(_QUOTED.finditer(text))
    if not openings:
        return text
    ends = [*(match.start() for match in openings[1:]), len(text)]
    parts = [text[match.end() : end] for match, end in zip(openings, ends, strict=True)]
    fenced = [_fenced(part, match["mark"]) for match, part in zip(openings, parts, strict=True)]
    return text[: openings[0].start()] + "".join(fenced)


def _fenced(part: str, mark: str) -> str:
    """What follows on an opening, up to the last mark that ends a line, between fences."""
    ends = list(re.finditer(rf"{mark}[ \t]*$", part, re.MULTILINE))
    if not ends:
        return f"```python{part}"
    code = part[: ends[-1].start()].rstrip("\n")
    return f"```python{code}\n```{part[ends[-1].end() :]}"


def strict(text: str) -> list[Block]:
    """As CommonMark says it."""
    return _parsed(text, tolerant=False)


def tolerant(text: str) -> list[Block]:
    """With fences of any indent, behind prose, and at the end of the last line of code."""
    return list(_tolerant(text))


@lru_cache(maxsize=2)  # each of the notations asks for those of the same answer
def _tolerant(text: str) -> tuple[Block, ...]:
    lines: list[str] = []
    flaws: set[str] = set()
    is_open = False
    for line in text.split("\n"):
        bare = line.lstrip(" \t>")
        inline, glued = _INLINE.match(line), _glued(line)
        opened = () if is_open else _opened(line)
        if opened:
            lines += opened
            flaws.add("inline_fence")
            is_open = len(opened) < 3
        elif _RUN.match(bare):
            is_open = not is_open
            lines.append(line)
        elif not is_open and inline:
            lines += [inline["prose"], inline["fence"]]
            flaws.add("inline_fence")
            is_open = True
        elif is_open and glued:
            lines += glued
            flaws.add("glued_fence")
            is_open = False
        else:
            lines.append(line)
    blocks = _parsed("\n".join(lines), tolerant=True)
    return tuple(replace(block, flaws=(*block.flaws, *sorted(flaws))) for block in blocks)


def _opened(line: str) -> tuple[str, ...]:
    """The fence and the code of a line that begins with both, and the fence that ends it, or nothing."""
    opened = _OPENED.match(line)
    if opened is None:
        return ()
    rest = line[opened.end() :].rstrip(" \t")
    code, *end = _glued(rest) or (rest,)
    return () if "`" in code else (opened["fence"], code, *end)


def _glued(line: str) -> tuple[str, ...]:
    """The code and the fence of a line that ends with a fence, or nothing."""
    bare = line.rstrip(" \t")
    code = bare.rstrip(bare[-1:]) if bare.endswith(("```", "~~~")) else ""
    return (code, bare[len(code) :]) if code.translate(_NO_FENCE).strip() else ()


def _indented(text: str) -> list[Block]:
    """Definitions that are set apart by an indent of four, where there is no fence."""
    blocks = [
        Block(token.content, range(*token.map), "", ("no_fence",))
        for token in _markdown(tolerant=False).parse(text)
        if token.type == "code_block" and token.map is not None and _DEFINITION.match(token.content)
    ]
    return _with_prose(blocks[:MOST_BLOCKS], text.split("\n"))


def _unopened(text: str) -> list[Block]:
    """Code before a closing fence that was never opened, as a model gives it that was made to begin inside a block."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if _RUN.match(line.strip())), 0)
    return [Block("\n".join(lines[:first]), range(first + 1), "", ("unopened_fence",))] if first else []


def _nested(text: str) -> list[Block]:
    """From each opening fence with a language to each later fence: code whose strings have fences of their own."""
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if _RUN.match(line.strip())][:16]
    spans = [
        Block("\n".join(lines[start + 1 : end]), range(start, end + 1), word, ("nested_fence",))
        for start in fences
        if (word := _language(lines[start].strip().lstrip("`~"))) and word in _PYTHON
        for end in fences
        if end > start + 1
    ]
    return sorted(spans, key=lambda block: len(block.lines))[:MOST_BLOCKS]


@lru_cache(maxsize=2)
def _markdown(tolerant: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20})
    parser.disable(["inline", "html_block", "reference", "lheading", *(["code"] if tolerant else [])])
    return parser


def _fences(text: str, tolerant: bool) -> Iterator[tuple[int, int, str, str]]:
    """(its first line, the line after its last, what stands behind the opening, content) of each fenced block."""
    sole = _SOLE.fullmatch(text)
    if sole is not None:
        first, content = sole["before"].count("\n"), sole["content"]
        yield first, first + content.count("\n") + 2, sole["info"], content
        return
    for token in _markdown(tolerant).parse(text):
        if token.type == "fence" and token.map is not None:
            first, end = token.map
            yield first, end, token.info, token.content


def _parsed(text: str, tolerant: bool) -> list[Block]:
    lines = text.split("\n")
    blocks: list[Block] = []
    null = next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text) if "\0" in text else ""
    for first, end, info, marked in _fences(text.replace("\0", null) if null else text, tolerant):
        if not marked.strip():
            continue
        closed = end - first > 1 and _CLOSING.match(lines[end - 1]) is not None
        language = _language(info)
        content = marked.replace(null, "\0") if null else marked
        flaws = () if closed else ("unclosed_fence",)
        if not language and (named := _LANGUAGE_LINE.match(content)) is not None:
            language, content, flaws = named["language"].lower(), content[named.end() :], (*flaws, "language_line")
        blocks.append(Block(content, range(first, end), language, flaws, file=_file(info)))
        if len(blocks) == MOST_BLOCKS:
            break
    return _with_prose(blocks, lines)


def _with_prose(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """The blocks with the prose around them."""
    ends = [0, *(block.lines.stop for block in blocks)]
    starts = [*(block.lines.start for block in blocks), len(lines)]
    prose = ["\n".join(lines[end:start]).strip() for end, start in zip(ends, starts, strict=True)]
    return [
        replace(block, before=prose[n], after=prose[n + 1], file=block.file or _named(prose[n], block.text))
        for n, block in enumerate(blocks)
    ]


def _language(info: str) -> str:
    words = info.split()
    return words[0].lower() if words else ""


def _file(info: str) -> str:
    match = _FILE.search(info)
    return match[1] if match else ""


def _named(before: str, text: str) -> str:
    """The file that the last line before a block, or a comment in its first line, calls it."""
    last = before.rpartition("\n")[2]
    match = _FILE.search(last) if len(last) < 80 else None
    first = text.lstrip().partition("\n")[0]
    match = match or (_FILE.search(first) if first.startswith("#") and len(first) < 80 else None)
    return match[1] if match else ""


FENCED = (strict, tolerant)  # what they find stood between fences
NESTED = _nested
READINGS = (*FENCED, _indented, _unopened, _nested)  # ways to read an answer, the strictest first

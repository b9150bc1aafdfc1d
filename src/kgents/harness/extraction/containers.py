"""Programs that stand inside of something else: a patch, markup, JSON, YAML, inline code, a listing of several files."""

import json
import re
import textwrap
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath
from typing import Any

from kgents.harness.extraction.blocks import MOST_BLOCKS, Block, tolerant
from kgents.harness.extraction.literal import literal
from kgents.harness.extraction.notation import unescaped
from kgents.lazy_pattern import pattern

_LONGEST_INLINE = 4_000
_MOST_STARTS = 20
_MOST_FILES = 50
_FILE_HEAD = pattern(r"^\+\+\+ (?:b/)?(?P<new>[^\t\n]+)|^\*\*\* (?:Add|Update) File: (?P<named>.+)$")
_PATCH_HEAD = pattern(r"^(?:--- |\+\+\+ |@@|diff --git |\*\*\* (?:Begin Patch|Add File|Update File))")
_PATCH_LINE = pattern(
    r"^(?:[ +\-\\@]|$|diff |index |new file|deleted file|old mode|new mode|similarity|rename|\*\*\* )"
)
_ELIDED = pattern(r"^ ?(?:#[ \t]*)?(?:\.\.\.|…)(?!\w)[^\n\"']*$")  # context that is left out
_META = pattern(r"^(?:diff |index |new file|deleted file|old mode|new mode|similarity|rename|\*\*\* |--- |\\)")
_ELEMENT = pattern(r"<(?P<tag>[A-Za-z][\w:.-]*)\b[^<>]*>(?P<inner>[^<]+)</(?P=tag)\s*>")
_TYPESET = pattern(r"</?(?:span|code|b|i|em|strong|mark|font|a|u)\b[^<>]*>", re.IGNORECASE)
_BREAK = pattern(r"<br\s*/?>\n?", re.IGNORECASE)
_INLINE = pattern(rf"(?<!`)(?P<ticks>`{{1,2}})(?!`)(?P<code>.{{1,{_LONGEST_INLINE}}}?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_BINDS = pattern(r"\s*(?:(?:async )?def |class |@|import |from |[A-Za-z_]\w*(?: *:[^=\n]+)? *=[^=])")
_BODY = pattern(r"[ \t]*(?:return|yield|raise)\b")
_BOX = pattern(r"\\boxed[ \t]*\{")
_IN_BOX = pattern(r"\\(?:text|texttt|mathtt|mathrm)\{(?P<inner>.*)\}", re.DOTALL)
_TRIPLE = pattern(r"\"(?P<key>[\w ]+)\"\s*:\s*(?P<mark>\"\"\"|''')(?P<code>.*?)(?P=mark)", re.DOTALL)
_LITERAL = pattern(r"(?:^|\n)[ \t]*+(?:\w+[ \t]*=[ \t]*)?([{\[('\"]|[A-Z]\w*\()")
_LABELLED = pattern(
    r"^(?=[^\n:]*[^\W\d_]{3})(?P<label>[^\n:`'\"]{1,40}):[ \t]+(?P<code>(?:async )?def \w+\(.*(?:\n[ \t]+.*)*)",
    re.MULTILINE,
)
_IN_PROSE = pattern(r"[ \t](\{\s*\"\w+\"\s*:)")  # an object behind words on its line
_SCALAR = pattern(
    r"^(?P<margin>[ \t]*)(?:(?:- )?(?P<key>[\w-]+):[ \t]*\|[+-]?"
    r"|\.\. (?:code|code-block|sourcecode)::[ \t]*[\w.+-]*)[ \t]*$"
)
_OPTION = pattern(r"^[ \t]+:[\w-]+:")
_PYTHON_FILE = pattern(r"([\w./-]*\w\.py)\b")
_HEREDOC = pattern(r"^[^\n#<]*+<<-?[ \t]*+(?P<mark>['\"]?)(?P<end>[A-Z_]\w*)(?P=mark)[^\n]*\n", re.MULTILINE)
_SECTION = pattern(
    r"^(?:#{1,6}+|={3,}+|-{3,}+|//)[ \t]*+(?:[Ff]ile(?:name)?:[ \t]*)?[`*]*(?P<file>[\w./-]*\w\.py)\b[^\n]*$"
)


def sections(text: str) -> list[Block]:
    """The files of a listing without fences, each below a line that names it, where one of them imports another."""
    return [block for source in _texts(text) for block in files_in(source)][:MOST_BLOCKS]


def files_in(source: str) -> list[Block]:
    """The files of one stretch of code; none where it is one program."""
    lines = source.split("\n")
    heads = [(n, match["file"]) for n, line in enumerate(lines) if (match := _SECTION.match(line))]
    stems = "|".join({re.escape(PurePath(name).stem) for _, name in heads})
    if not 2 <= len(heads) <= _MOST_FILES or not re.search(
        rf"^[ \t]*(?:from|import)[ ]+(?:{stems})\b", source, re.MULTILINE
    ):
        return []
    ends = [*(n for n, _ in heads[1:]), len(lines)]
    rows = [(name, "\n".join(lines[n + 1 : end])) for (n, name), end in zip(heads, ends, strict=True)]
    return [_block(code, "files_parted", file=name) for name, code in rows if code.strip()]


def patches(text: str) -> list[Block]:
    """What the files of a patch are once it is applied, as far as it shows them: its context and what it adds."""
    blocks = [
        _block("\n".join(new), "patch_applied", file=name)
        for source in _texts(text)
        for region in _regions(source)
        for name, new in _files(region)
    ]
    merged = [inner.partition("\n=======\n")[2] for _, inner in _between(text, "<<<<<<< SEARCH", ">>>>>>> REPLACE")]
    return [*blocks, *(_block(code, "patch_applied") for code in merged if code.strip())][:MOST_BLOCKS]


def applied(text: str, shown: str) -> str | None:
    """What was shown once the patch in a text is applied to it; None where there is none, or a piece does not fit."""
    lines = shown.split("\n")
    hunks = [hunk for source in _texts(text) for region in _regions(source) for hunk in _hunks(region)]
    for old, new in hunks[:MOST_BLOCKS]:
        places = [n for n in range(len(lines) - len(old) + 1) if lines[n : n + len(old)] == old] if old else []
        if len(places) != 1:
            return None
        lines[places[0] : places[0] + len(old)] = new
    return "\n".join(lines) if hunks else None


def _hunks(region: list[str]) -> list[tuple[list[str], list[str]]]:
    """(lines before, lines after) of each piece of a patch."""
    hunks: list[tuple[list[str], list[str]]] = []
    for line in region:
        if line.startswith("@@"):
            hunks.append(([], []))
        elif hunks and not _META.match(line) and not line.startswith("+++ "):
            for side, other in ((0, "+"), (1, "-")):
                if line[:1] != other:
                    hunks[-1][side].append(line[1:].rstrip())
    return hunks


def _regions(source: str) -> Iterator[list[str]]:
    """Stretches of lines that are a patch: behind a head, or the whole text where each line is marked."""
    lines = ["@@" if _ELIDED.match(line) else line for line in source.rstrip("\n").split("\n")]
    if any(line[:1] == "+" for line in lines) and all(line[:1] in ("", " ", "+", "-", "@", "\\") for line in lines):
        yield lines
        return
    first = 0
    while first < len(lines):
        if not _PATCH_HEAD.match(lines[first]):
            first += 1
            continue
        end = next((n for n in range(first, len(lines)) if not _PATCH_LINE.match(lines[n])), len(lines))
        yield lines[first:end]
        first = end


def _files(region: list[str]) -> list[tuple[str, list[str]]]:
    """(name, lines) of each file of a patch once it is applied; a file that is deleted is none."""
    files: list[tuple[str, list[str]]] = []
    for line in region:
        head = _FILE_HEAD.match(line)
        if head is not None:
            files.append(((head["new"] or head["named"]).strip(), []))
        elif _META.match(line) or line.startswith("@@") or (line[:1] == "-"):
            continue
        elif line[:1] in ("+", " ", ""):
            if not files:
                files.append(("", []))
            files[-1][1].append(line[1:])
    return [(name, lines) for name, lines in files if name != "/dev/null"]


def marked_up(text: str) -> list[Block]:
    """The elements of markup that hold code: CDATA, `pre` and `code`, and any element of text alone."""
    elements: list[tuple[int, str]] = []
    for start, inner in _between(text, "<![CDATA[", "]]>"):
        elements.append((start, inner))
    if not elements:
        for start, inner in _between(text, "[code", "[/code]"):
            elements.append((start, inner.partition("]")[2]))
        for tag in ("pre", "code", "textarea"):
            spans = _between(text, f"<{tag}", f"</{tag}>")
            elements += [(start, _unescaped(inner.partition(">")[2])) for start, inner in spans]
        elements += [(m.start(), _unescaped(m["inner"])) for m in _ELEMENT.finditer(text) if "\n" in m["inner"]]
    codes = dict.fromkeys(code for _, code in sorted(elements) if code.strip())
    return [_block(code, "markup_removed") for code in codes][:MOST_BLOCKS]


def _between(text: str, opening: str, closing: str) -> Iterator[tuple[int, str]]:
    lower = text.lower()
    opening, closing = opening.lower(), closing.lower()
    start = lower.find(opening)
    while start >= 0:
        end = lower.find(closing, start + len(opening))
        if end < 0:
            return
        yield start, text[start + len(opening) : end]
        start = lower.find(opening, end)


def _unescaped(inner: str) -> str:
    """The text of an element; as it stands where no escape stands outside of its strings, and so it was never escaped."""
    bare = _TYPESET.sub("", _BREAK.sub("\n", inner)) if _TYPESET.search(inner) or _BREAK.search(inner) else inner
    return unescaped(bare if "<" not in bare else inner)


def in_json(text: str) -> list[Block]:
    """The texts in JSON that may be code, with their keys as the words before them; the cells of a notebook."""
    blocks: list[Block] = []
    for source in _texts(text):
        value = _value(source)
        for key, code in _strings(value, ""):
            inner = [one for one in tolerant(code) if one.python] if "```" in code else []
            blocks += [_block(one.text, "json_decoded", label=key) for one in inner] or [
                _block(code, "json_decoded", label=key)
            ]
        if value is None:
            blocks += [_block(m["code"], "json_decoded", label=_words(m["key"])) for m in _TRIPLE.finditer(source)]
    return blocks[:MOST_BLOCKS]


def _value(source: str) -> Any:
    """The first value of JSON, else of Python, that begins a line or is the whole text; None where there is none."""
    decoder = json.JSONDecoder(strict=False)
    starts = [match.start(1) for match in re.finditer(r"(?:^|\n)[ \t]*([{\[\"])", source)][:_MOST_STARTS]
    for start in starts:
        try:
            value = decoder.raw_decode(source, start)[0]
            if value != "":  # the first two of three quotation marks
                return value
        except (ValueError, RecursionError):
            continue
    for match in islice(_LITERAL.finditer(source), _MOST_STARTS):
        try:
            return literal(source, match.start(1))
        except ValueError:
            continue
    for match in islice(_IN_PROSE.finditer(source), _MOST_STARTS):
        try:
            return decoder.raw_decode(source, match.start(1))[0]
        except (ValueError, RecursionError):
            continue
    return None


def _strings(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """(words of the key, text) of every text in a JSON value that binds or returns something; a list of lines is one text."""
    todo: list[tuple[str, Any]] = [(key, value)]  # the next one last
    while todo:
        key, one = todo.pop()
        if (
            isinstance(one, list)
            and len(one) > 1
            and all(isinstance(part, str) and "\n" not in part[:-1] for part in one)
        ):
            one = ("" if all(part.endswith("\n") for part in one[:-1]) else "\n").join(one)
        if isinstance(one, str):
            if any(_BINDS.match(line) or _BODY.match(line) for line in one.split("\n")) or "```" in one or "\\n" in one:
                yield key, one
        elif isinstance(one, dict):
            todo += reversed([(_words(str(name)), part) for name, part in one.items()])
        elif isinstance(one, list):
            todo += [(key, part) for part in reversed(one)]


def _words(key: str) -> str:
    return key.replace("_", " ").replace("-", " ")


def written(text: str) -> list[Block]:
    """The files that commands of a shell write out of the text below them (`cat > add.py <<'EOF'`)."""
    blocks: list[Block] = []
    for match in islice(_HEREDOC.finditer(text), _MOST_FILES):
        end = re.compile(rf"^[ \t]*{match['end']}[ \t]*$", re.MULTILINE).search(text, match.end())
        file = _PYTHON_FILE.search(match[0])
        if end is not None:
            blocks.append(_block(text[match.end() : end.start()], "shell_removed", file=file[1] if file else ""))
    return blocks


def scalars(text: str) -> list[Block]:
    """The block scalars of YAML, and what directives of reStructuredText show."""
    lines = text.split("\n")
    blocks: list[Block] = []
    for number, line in enumerate(lines):
        match = _SCALAR.match(line)
        if match is None:
            continue
        margin, key = len(match["margin"]), match["key"]
        inside = (len(one) - len(one.lstrip()) > margin or not one.strip() for one in lines[number + 1 :])
        end = next((number + 1 + n for n, is_inside in enumerate(inside) if not is_inside), len(lines))
        shown = [one for one in lines[number + 1 : end] if key or not _OPTION.match(one)]
        flaw = "yaml_decoded" if key else "directive_removed"
        blocks.append(_block(textwrap.dedent("\n".join(shown)), flaw, label=_words(key or "")))
        if len(blocks) == MOST_BLOCKS:
            break
    return blocks


def inline(text: str) -> list[Block]:
    """Code between single or double backticks that binds a name."""
    if len(text) > 100_000:
        return []
    spans = [match for match in _INLINE.finditer(text) if _BINDS.match(match["code"])]
    blocks: list[Block] = []
    position = 0
    for match in spans[:MOST_BLOCKS]:
        blocks.append(_block(match["code"], "inline_code", before=text[position : match.start()]))
        position = match.end()
    return blocks


def labelled(text: str) -> list[Block]:
    """A definition behind words and a colon on its line (`Answer: def add(a, b): return a + b`), and what is indented below."""
    spans = islice(_LABELLED.finditer(text), _MOST_STARTS)
    return [_block(match["code"], "prose_removed", label=match["label"].strip()) for match in spans]


def _texts(text: str) -> list[str]:
    """What stands in fences, else the text itself."""
    return [block.text for block in tolerant(text)] or [text]


def _block(code: str, flaw: str, label: str = "", before: str = "", file: str = "") -> Block:
    return Block(code.rstrip("\n") + "\n", range(0), "", (flaw,), before, file=file, label=label)


def boxed(text: str) -> list[Block]:
    """What stands in the boxes of TeX, `\\boxed{…}`, to the brace that closes each, else to the last one."""
    blocks: list[Block] = []
    for match in islice(_BOX.finditer(text), _MOST_STARTS):
        inner = text[match.end() : _brace(text, match.end())].strip("\n")
        wrapped = _IN_BOX.fullmatch(inner.strip())
        blocks.append(_block(wrapped["inner"] if wrapped else inner, "markup_removed"))
    return [block for block in blocks if block.text.strip()]


def _brace(text: str, start: int) -> int:
    """Where the brace stands that closes one that was opened before `start`."""
    depth = 1
    for match in re.finditer(r"[{}]", text[start:]):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return start + match.start()
    return max(text.rfind("}"), start)


CONTAINERS = (patches, marked_up, boxed, in_json, scalars, labelled, inline)

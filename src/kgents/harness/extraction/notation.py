"""Programs that are written as something shows them: sessions, listings with line numbers, notebook cells, typeset text.

Rule: only a text that is no program is read so, and only what the notation adds is taken off: prompts, numbers, magics, the
forms of quotation marks, spaces and operators. What a statement says stays as it was written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kgents.harness.extraction.typeset import PYTHON, plain_operators, unstressed, unticked
from kgents.lazy_pattern import pattern

LONGEST_CODE = 400_000  # characters of a program; no specification asks for more
_PROMPT = pattern(r"^[ \t]*(?:(?P<cell>In \[[\d ]*\]:)|>>>)(?: (?P<code>.*)|$)")
_MORE = pattern(r"^[ \t]*\.\.\.:?(?: (?P<code>.*)|[ \t]*$)")
_RESULT = pattern(r"^[ \t]*Out ?\[[\d ]*\]:")
_SAYS_SOMETHING = pattern(r"(?:async )?def |class |@|import |from |\w+ *(?::[^=]+)?=[^=]")
_ONLY_TRIES = pattern(r"(?:assert|print|exit|quit|help)\b")
_NUMBERED = pattern(r"^(?P<head>[ \t]*[\[(]?[Ll]?(?P<number>\d{1,5})(?:[ \t]*[.:|│┃→)\]]|(?=[ \t]|$)))(?P<rest>.*)$")
_MAGIC = pattern(r"^[ \t]*(?:%%?[A-Za-z_]\w*(?:[ \t].*)?|![ \t]*[A-Za-z.].*|\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*$")
_OTHER_LANGUAGE = pattern(r"\s*%%(?:bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|svg|sql|cmd)\b")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
_WIDE_SPACE = "\u3000"  # as wide as two
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
_ENTITY = pattern(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_DOUBLE, _SINGLE = "“”„‟＂", "‘’‚‛＇"
SIGNS = pattern(
    r"^[ \t]*(?:[%!?]|In \[|<{7} |(?:`{3,}|~{3,})\w)|&(?:lt|gt|amp|quot|apos|#39|#x27);|^[ \t]*[\w.]+\?{1,2}[ \t]*$"
    rf"|[{_SPACES}{_WIDE_SPACE}{_INVISIBLE}{_DOUBLE}{_SINGLE}{''.join(PYTHON)}]",
    re.MULTILINE,
)


def plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The program that a text shows, and what was taken off: the text itself and () where it is in no such notation."""
    notes: list[str] = []
    if len(text) > LONGEST_CODE:
        return text, ()
    for name, read in _NOTATIONS.items():
        other = read(text)
        if other != text:
            notes.append(name)
            text = other
    return text, tuple(notes)


@dataclass(slots=True)
class _Typed:
    """A statement of a session: its lines; whether it is a whole cell; whether a value was shown below it."""

    lines: list[str]
    is_cell: bool = False
    is_shown: bool = False

    @property
    def kept(self) -> bool:
        """Whether it belongs to the program: a value that is shown is the end of a try."""
        return self.is_cell or not (self.is_shown or _ONLY_TRIES.match(self.lines[0]))

    def goes_on(self, line: str) -> bool:
        """Whether a line without a prompt belongs to it: what is indented below a head, all of a cell."""
        begun = self.lines[0].rstrip().endswith((":", ",", "(", "[", "{")) and not any(map(_MORE.match, self.lines))
        return self.is_cell or (begun and (line[:1] in (" ", "\t", "") or line[:1] in ")]}"))


def _session(text: str) -> str:
    """The statements that were typed in a session of Python or IPython, without those that only show a value."""
    typed: list[_Typed] = []
    is_open = False
    for line in text.split("\n"):
        prompt, more = _PROMPT.match(line), _MORE.match(line)
        if prompt is not None:
            code = prompt["code"] or ""
            typed.append(_Typed([code], bool(prompt["cell"]) and not code.strip()))
            is_open = True
        elif _RESULT.match(line):
            if is_open and typed:
                typed[-1].is_shown = True
            is_open = False
        elif is_open and more is not None:
            typed[-1].lines.append(more["code"] or "")
        elif is_open and typed[-1].goes_on(line):
            typed[-1].lines.append(line)
        elif is_open:
            typed[-1].is_shown = bool(line.strip())
            is_open = False
    if not any(_SAYS_SOMETHING.match(line) for one in typed for line in one.lines):
        return text
    return "\n".join(line for one in typed if one.kept for line in one.lines).rstrip() + "\n"


def _numbers(text: str) -> str:
    """A listing without the numbers before its lines, which rise by one."""
    lines = text.split("\n")
    first = 0
    while first < len(lines):
        run = _run(lines, first)
        if sum(1 for line in run if line.strip()) >= 2:
            lines[first : first + len(run)] = _unnumbered(run)
        first += max(1, len(run))
    return "\n".join(lines)


def _run(lines: list[str], first: int) -> list[str]:
    """The lines from one on whose numbers rise by one; blank lines may be among them."""
    expected: int | None = None
    end = first
    for number in range(first, len(lines)):
        if not lines[number].strip() and expected is not None:
            continue
        match = _NUMBERED.match(lines[number])
        if match is None or (expected is not None and int(match["number"]) != expected):
            break
        expected = int(match["number"]) + 1
        end = number + 1
    return lines[first:end]


def _unnumbered(run: list[str]) -> list[str]:
    """Lines without their numbers: behind each number, or from one column on, whichever leaves even indents."""
    heads = [match["head"] if (match := _NUMBERED.match(line)) else "" for line in run]
    behind = _dedented([line[len(head) :] for line, head in zip(run, heads, strict=True)])
    width = max(map(len, heads))
    if any(line[len(head) : width].strip() for line, head in zip(run, heads, strict=True)):
        return behind
    column = _dedented([line[width:] for line in run])
    return max(behind, column, key=lambda lines: sum(_depth(line) % 2 == 0 for line in lines if line.strip()))


def _dedented(lines: list[str]) -> list[str]:
    """Lines without the white space that all of them begin with; a tab behind a number is one sign."""
    margin = min((_depth(line) for line in lines if line.strip()), default=0)
    return [line[margin:] if line.strip() else "" for line in lines]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t\u00a0"))


def _magics(text: str) -> str:
    """A cell of a notebook without lines that only IPython understands; one in another language is left alone."""
    if _OTHER_LANGUAGE.match(text):
        return text
    return "\n".join(line for line in text.split("\n") if not _MAGIC.match(line))


def _characters(text: str, code: Callable[[str], str]) -> str:
    """A text whose stretches outside of strings and comments are replaced by what `code` makes of them."""
    parts: list[str] = []
    position = 0
    for match in _LITERAL.finditer(text):
        parts += [code(text[position : match.start()]), match[0]]
        position = match.end()
    return "".join([*parts, code(text[position:])])


_LITERAL = pattern(  # what is not closed reaches to the end of its line, or of the text
    r"#[^\n]*"
    r"|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?"
    rf"|(?P<typeset>[{_DOUBLE}]{{3}}(?P<long>.*?)(?:[{_DOUBLE}]{{3}}|\Z)"
    rf"|[{_DOUBLE}](?P<double>[^\n{_DOUBLE}]*)(?:[{_DOUBLE}]|(?=\n)|\Z)"
    rf"|[{_SINGLE}](?P<single>[^\n{_SINGLE}]*)(?:[{_SINGLE}]|(?=\n)|\Z))",
    re.DOTALL,
)


def _spaces(text: str) -> str:
    """A text with plain spaces between its words, and none that cannot be seen."""
    table = {**dict.fromkeys(map(ord, _SPACES), " "), ord(_WIDE_SPACE): "  ", **dict.fromkeys(map(ord, _INVISIBLE))}
    return _characters(text, lambda part: part.translate(table))


def _operators(text: str) -> str:
    """A text whose operators are those of Python; strings and comments stay."""
    return _characters(text, plain_operators)


def _quotes(text: str) -> str:
    """A text whose strings stand between straight quotation marks; what is inside of a string stays."""
    return _LITERAL.sub(_straight, text)


def _straight(match: "re.Match[str]") -> str:
    typeset = match["typeset"]
    if typeset is None or typeset[-1] not in _DOUBLE + _SINGLE:
        return match[0]
    if match["long"] is not None:
        return f'"""{match["long"]}"""' if '"""' not in match["long"] else match[0]
    mark, inner = ('"', match["double"]) if match["double"] is not None else ("'", match["single"])
    return mark + re.sub(rf"(?<!\\){mark}", rf"\\{mark}", inner) + mark


def unescaped(text: str) -> str:
    """A text without the escapes of HTML; as it stands where none is outside of strings: there they may be meant."""
    has_entity = False

    def look(part: str) -> str:
        nonlocal has_entity
        has_entity = has_entity or _ENTITY.search(part) is not None
        return part

    _characters(text, look)
    if not has_entity:
        return text
    import html

    return html.unescape(text).replace("\u00a0", " ")


def _escapes(text: str) -> str:
    """A program on one line whose line ends are written as escapes, as inside a JSON string."""
    bare = text.strip()
    if "\n" in bare or "\\n" not in bare:
        return text
    signs = {"n": "\n", "t": "\t", "r": "", '"': '"', "\\": "\\", "'": "'"}
    return re.sub(r"\\([ntr\"'\\])", lambda match: signs[match[1]], bare) + "\n"


_NOTATIONS: dict[str, Callable[[str], str]] = {
    "escapes_resolved": _escapes,
    "entities_resolved": unescaped,
    "spaces_replaced": _spaces,
    "prompts_removed": _session,
    "line_numbers_removed": _numbers,
    "magics_removed": _magics,
    "quotes_straightened": _quotes,
    "emphasis_removed": unstressed,
    "inline_code": unticked,
    "signs_replaced": _operators,
}

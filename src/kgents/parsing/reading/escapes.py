"""What stands behind backslashes: JSON's escapes, JavaScript's and Python's, Markdown's, LaTeX and paths.

An escape that JSON does not know keeps its backslash. Where a string has one and looks like LaTeX or a path, its other
single backslashes are meant as backslashes as well. A repair never makes half of a surrogate pair.
"""

import re

_ESCAPE = re.compile(r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}"
                     r"|U[0-9a-fA-F]{8}|\r?\n|.)", re.DOTALL)  # fmt: skip
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
_MORE = {"'": "'", "`": "`", "\n": "", "\r\n": "", "“": "“", "”": "”"}
_MARKDOWN = "_*#~>"
_CUT_END = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:\\(?:u[0-9a-fA-F]{0,3}|x[0-9a-fA-F]?)?|(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\u?[0-9a-fA-F]{0,3})?))\Z"
)
_UNKNOWN_WORD = re.compile(
    r"(?<!\\)(?:\\\\)*\\(?:[ac-eg-mo-qsv-zA-TV-Z]|u(?![0-9a-fA-F]{4}))[a-zA-Z]|(?<!\\)(?:\\\\)*\\[()\[\]{}|,;:!^]"
)
_PATH = re.compile(r"(?:^|[\s\"'=(])(?:[A-Za-z]:\\(?!\\)|\\\\\w)")
COMMANDS = (
    "times|theta|text|textbf|textit|textrm|tan|tanh|tau|to|top|triangle|tfrac|therefore|tilde"
    "|beta|bar|begin|binom|big|Big|bigl|bigr|boldsymbol|bullet|because|bf|bmod|bigcup|bigcap|bot"
    "|frac|forall|flat|footnotesize|frown|fbox"
    "|nabla|neq|neg|newline|newcommand|notin|nonumber|nleq|ngeq|nmid|nparallel|nsubseteq"
    "|rho|right|rangle|rightarrow|rceil|rfloor|rm|real"
)
LATEX = re.compile(rf"\\(?:{COMMANDS})(?![a-zA-Z])")


class Broken(ValueError):
    """An escape of which nobody can say what it stood for."""


def decoded(raw: str, repairs: list[str]) -> str:
    """What a string says, from what is written between its quotes; notes what it had to overlook."""
    if "\\" not in raw:
        return raw
    single = "\\\\" not in raw[2:]
    literal = single and _UNKNOWN_WORD.search(raw) is not None and (LATEX.search(raw) is not None or _is_path(raw))
    literal = literal or (
        single
        and _is_path(raw)
        and re.search(r"\\U(?![0-9a-fA-F]{8})|\\x(?![0-9a-fA-F]{2})|\\u(?![0-9a-fA-F]{4})", raw) is not None
    )
    unknown = _UNKNOWN_WORD.search(raw) is not None

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if literal and code not in ('"', "\\", "/", "\n"):
            repairs.append("escape")
            return match.group()
        if code in _PLAIN:
            return _PLAIN[code]
        if code[0] in "uxU" and len(code) > 1:
            return _coded(code, repairs)
        repairs.append("escape")
        if code in _MORE:
            return _MORE[code]
        if code == "u":
            raise Broken("a broken escape")
        return code if code in _MARKDOWN and not unknown else match.group()

    return _ESCAPE.sub(one, raw)


def _is_path(raw: str) -> bool:
    return _PATH.search(raw) is not None


def _coded(code: str, repairs: list[str]) -> str:
    if code[0] != "u":
        repairs.append("escape")
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    if len(code) > 5:
        return chr(0x10000 + ((int(code[1:5], 16) - 0xD800) << 10) + int(code[7:], 16) - 0xDC00)
    unit = int(code[1:], 16)
    if 0xD800 <= unit < 0xE000:
        repairs.append("lone surrogate")
        return "\ufffd"
    return chr(unit)


def without_cut_escape(raw: str) -> str:
    """A cut string without the half of an escape, or of a surrogate pair, at its end."""
    return _CUT_END.sub(r"\1", raw)


_LAST_BRACKETS = re.compile(r"(?:\A|(?<![\s}\]]))[\s}\]]*[}\]](?:\s*,[^\"{}\[\]]*[}\]])*\s*\Z")
LAST = 200


def without_last_brackets(text: str) -> str:
    """A cut string without brackets at its end: either it goes on, or it lost its quote and they close what holds it."""
    if text.rstrip()[-1:] not in ("}", "]"):
        return text
    return text[:-LAST] + _LAST_BRACKETS.sub("", text[-LAST:])

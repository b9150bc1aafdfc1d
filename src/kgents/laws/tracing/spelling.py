"""A line of a trace in one spelling: LaTeX, Markdown, signs and words of arithmetic become `+ - * / ^ ( ) =` and digits.

Rule: what is rewritten means what it meant; words that have no meaning here stay words.
"""

import re

_SUPERSCRIPTS = {sign: f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_FRACTIONS = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
}
_SIGNS = {
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "∗": "*", "✕": "*", "÷": "/", "⁄": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=",
    "≃": "≈", "≅": "≈", "~=": "≈", "√": "sqrt ", "“": '"', "”": '"', "&=": "=", "==": "=", ":=": "=", "=>": " ; ", "⇒": " ; ",
    "->": " ; ", "→": " ; ", "!=": "≠", "’": "'", "\u00a0": " ", "\u202f": " ", "—": " ; ",
    **_SUPERSCRIPTS, **{sign: f" {text} " for sign, text in _FRACTIONS.items()},
}  # fmt: skip
_LATEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[dtc]?frac\s*(\d)\s*(\d)"), r"((\1)/(\2))"),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}"), r"sqrt(\1)"),
    (re.compile(r"\\[dtc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\^\{([^{}]*)\}"), r"^(\1)"),
    (re.compile(r"\\boxed\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\pmod\s*\{([^{}]*)\}"), r"(mod \1)"),
)
_COMMANDS = {
    "cdot": "*", "times": "*", "div": "/", "left": "", "right": "", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "quad": " ", "qquad": " ", "bmod": "mod", "mod": "mod",
    "implies": " ; ", "Rightarrow": " ; ", "rightarrow": " ; ", "to": " ; ", "therefore": " ; ", "lt": "<", "gt": ">",
    "displaystyle": " ", "big": "", "Big": "", "bigl": "", "bigr": "", "pi": " pi ",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?")
_BOLD = re.compile(r"(^|[\s(:;,|])(\*\*|__|\*)(?=[^\s*_])([^*]{1,300}?)(?<=[^\s*])\2(?=$|[\s).,:;!?|])")
_LIST = re.compile(r"^\s*(?:>\s*)*(?:#{1,6}\s+)?(?:[-*•+]\s+|\(?\d{1,2}[.)]\s+|\([a-z]\)\s+)?")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")
_SPACED = re.compile(r"(?<![\d.,/])(\d{1,3})((?: \d{3})+)(?!\d|[.,/]\d)")
_POWERS_OF_UNITS = re.compile(r"(?<=[\d ])(cm|mm|km|m|ft|in|inch|inches|feet|yd|units?)\^([23])\b")
_MANY = re.compile(r"(?<=[$€£])(\d+(?:\.\d+)?)\s?(k|K|M|m|B|bn|mn)\b(?!\^)")
_HOW_MANY = {"k": "thousand", "m": "million", "b": "billion"}
_TIMES = re.compile(r"(?<=[\d)])\s*[xX]\s*(?=[\d($])|(?<=[A-Za-z]{2})\s+[xX]\s+(?=[\d$])")
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_VALUES = {**{word: value for value, word in enumerate(_UNITS)}, **_TENS}
_NUMBER_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_NUMERAL = re.compile(
    rf"\b((?:{_NUMBER_WORD}|a hundred|hundred)(?:[\s-](?:and )?(?:{_NUMBER_WORD}|hundred|thousand))*)\b", re.IGNORECASE
)
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}
_PART = re.compile(rf"\b(?:(a|an|one|\d+)[\s-])?({'|'.join(_PARTS)})s?(\s+of\b)", re.IGNORECASE)
_N = r"\$?\d+(?:\.\d+)?%?"
_NOUN = r"(?:\s+[A-Za-z]+)?"
_PHRASES = (
    (re.compile(rf"\bsum of ({_N}{_NOUN}) and ({_N})", re.IGNORECASE), r"(\1 + \2)"),
    (re.compile(rf"\bproduct of ({_N}{_NOUN}) and ({_N})", re.IGNORECASE), r"(\1 * \2)"),
    (re.compile(rf"\bquotient of ({_N}{_NOUN}) and ({_N})", re.IGNORECASE), r"(\1 / \2)"),
    (re.compile(rf"\b({_N}){_NOUN} more than ({_N})(?=\s+(?:is|equals|makes)\b)", re.IGNORECASE), r"(\2 + \1)"),
    (re.compile(rf"\b({_N}){_NOUN} (?:less|fewer) than ({_N})(?=\s+(?:is|equals|makes)\b)", re.IGNORECASE), r"(\2 - \1)"),
    (re.compile(r"\b(?:twice|double) (?=[\d($])", re.IGNORECASE), "2 * "),
    (re.compile(r"\b(?:(?:is|are) equal to|(?:is|are) the same as|comes? to|is exactly|adds up to)\b", re.IGNORECASE), "equals"),
    (re.compile(r"\bsquare root of ", re.IGNORECASE), "sqrt "),
    (re.compile(r"(?<=[\d)])\s+squared\b", re.IGNORECASE), "^2"), (re.compile(r"(?<=[\d)])\s+cubed\b", re.IGNORECASE), "^3"),
    (re.compile(r"(?<=\d)\s+(?:to the power of|raised to)\s+(?=\d)", re.IGNORECASE), "^"),
    (re.compile(r"\b(?:multiplied by|times)\s+(?=[\d($-])", re.IGNORECASE), "* "),
    (re.compile(r"\bdivided by\s+(?=[\d($-])", re.IGNORECASE), "/ "),
    (re.compile(r"\bplus\s+(?=[\d($-])", re.IGNORECASE), "+ "), (re.compile(r"\bminus\s+(?=[\d($-])", re.IGNORECASE), "- "),
    (re.compile(r"(?<=\d)\s+(?:percent|per cent)\b", re.IGNORECASE), "%"),
    (re.compile(r"((?:%|\d/\d+)\s+)of\s+(?:(?:the|his|her|its|their|those|these|all)\s+)*(?=[\d($])", re.IGNORECASE), r"\1* "),
)  # fmt: skip


def plain(line: str) -> str:
    """The line in the one spelling; list marks and marks of emphasis are gone."""
    text = _from_latex(line) if "\\" in line or "^{" in line else line
    for sign, meant in _SIGNS.items():
        text = text.replace(sign, meant)
    text = _BOLD.sub(r"\1\3", _LIST.sub("", text.replace("`", "")))
    text = _BOLD.sub(r"\1\3", text)
    text = _THOUSANDS.sub(lambda match: match.group(1) + match.group(2).replace(",", ""), text)
    text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
    text = _MANY.sub(lambda match: f"{match[1]} {_HOW_MANY[match[2][0].lower()]}", text)
    text = _POWERS_OF_UNITS.sub(r"\1_to_the_\2", text)
    return _TIMES.sub(" * ", _from_words(text))


def _from_latex(line: str) -> str:
    text = line.replace("{,}", "").replace("\\$", "$").replace("\\%", "%").replace("&", " ")
    text = re.sub(r"\\[,;:! ]", " ", _ENVIRONMENT.sub(" ", text))
    for _ in range(4):
        for pattern, meant in _LATEX:
            text = pattern.sub(meant, text)
    text = text.replace("\\\\", " ; ").replace("$$", " ")
    text = re.sub(r"\\[()\[\]]", " ; ", text)
    text = _COMMAND.sub(lambda match: _COMMANDS.get(match.group(1), f" {match.group(1)}_ "), text)
    return re.sub(r"\^\((\d+)\)", r"^\1", text)


def _from_words(text: str) -> str:
    text = _NUMERAL.sub(_numeral, text)
    text = _PART.sub(lambda m: f"{_count(m.group(1))}/{_PARTS[m.group(2).lower()]}{m.group(3)}", text)
    for pattern, meant in _PHRASES:
        text = pattern.sub(meant, text)
    return text


def _count(word: str | None) -> str:
    return word if word and word.isdigit() else "1"


def _numeral(match: re.Match[str]) -> str:
    """A number in words as digits: twenty-five, a hundred and twelve, three thousand."""
    total = current = 0
    words = re.split(r"[\s-]+", match.group(1).lower())
    for before, word in zip([None, *words], words, strict=False):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word in _VALUES:
            if before in _VALUES and not (before in _TENS and _VALUES[word] < 10):
                return match.group()  # "two three": a list, not a number
            current += _VALUES[word]
    return str(total + current)

"""Mutators of Python code: what models do to a program on its way to a file."""

import html
import re

from kgents.parsing.document import Draft, Piece
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Registry

WRAPPING = Registry("wrapping", 3, "python")
INDENTATION = Registry("indentation", 1, "python")
PUNCTUATION = Registry("punctuation", 1, "python")
QUOTES = Registry("quotes", 1, "python")
PROSE = Registry("prose", 1, "python")
TRUNCATION = Registry("truncation", 2, "python")
ENCODING = Registry("encoding", 3, "python")
NOISE = Registry("noise", 4, "python")
GARBAGE = Registry("garbage", 3, "python")
REGISTRIES = (WRAPPING, INDENTATION, PUNCTUATION, QUOTES, PROSE, TRUNCATION, ENCODING, NOISE, GARBAGE)
EXACT, PREFIX = Level.EXACT, Level.PREFIX


@WRAPPING.add(EXACT, "a fence is no part of the program", stacks=True)
def fence_python(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```python\n{draft.text}```\n"
    return True


@WRAPPING.add(EXACT, "a fence is no part of the program", stacks=True)
def fence_bare(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```\n{draft.text}```\n"
    return True


@WRAPPING.add(EXACT, "only the end of the fence is missing", stacks=True)
def fence_unclosed(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```python\n{draft.text}"
    return True


@WRAPPING.add(EXACT, "the fence inside is in a docstring of the program")
def fence_in_fence(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    if '"""' in text or "```" not in draft.document.text:
        return False
    draft.text = f"````python\n{text}````\n"
    return True


@WRAPPING.add(EXACT, "an introduction is no part of the program", stacks=True)
def prose_before(draft: Draft, draw: Draw) -> bool:
    sentence = draw.pick(("Here is the function you asked for:\n\n", "Sure! This should work:\n\n"))
    draft.text = f"{sentence}```python\n{draft.text}```\n"
    return True


@WRAPPING.add(EXACT, "an explanation is no part of the program", stacks=True)
def prose_after(draft: Draft, draw: Draw) -> bool:
    sentence = draw.pick(("It runs in O(n) time.", "Let me know if you need anything else!"))
    draft.text = f"```python\n{draft.text}```\n\n{sentence}\n"
    return True


@WRAPPING.add(EXACT, "an introduction without a fence is no part of the program")
def prose_without_fence(draft: Draft, draw: Draw) -> bool:
    draft.text = f"Here is the function you asked for:\n\n{draft.text}\nI hope this helps!\n"
    return True


@WRAPPING.add(EXACT, "what is thought is not the program")
def think_block(draft: Draft, draw: Draw) -> bool:
    draft.text = f"<think>\nMaybe `return None`? No.\n</think>\n```python\n{draft.text}```\n"
    return True


@WRAPPING.add(EXACT, "the second fence shows a shell, not the program")
def shell_fence(draft: Draft, draw: Draw) -> bool:
    draft.text = f"```python\n{draft.text}```\nRun it:\n```bash\npython main.py\n```\n"
    return True


@WRAPPING.add(EXACT, "the prompts of a session are no part of the program")
def session_prompts(draft: Draft, draw: Draw) -> bool:
    lines = draft.text.splitlines()
    draft.text = "".join(
        f"{'... ' if line.startswith((' ', chr(9))) or not line else '>>> '}{line}\n" for line in lines
    )
    return True


@WRAPPING.add(EXACT, "the numbers of the lines are no part of the program")
def line_numbers(draft: Draft, draw: Draw) -> bool:
    draft.text = "".join(f"{number:>3} | {line}" for number, line in enumerate(draft.text.splitlines(keepends=True), 1))
    return True


@WRAPPING.add(EXACT, "a tag is no part of the program", stacks=True)
def tag(draft: Draft, draw: Draw) -> bool:
    draft.text = f"<code>\n{draft.text}</code>\n"
    return True


def _lines(draft: Draft) -> list[int]:
    """Lines that are indented and hold code."""
    return [index for index, piece in enumerate(draft.pieces) if re.match(r"[ \t]+\S", piece.text)]


@INDENTATION.add(EXACT, "all lines moved by the same width")
def all_indented(draft: Draft, draw: Draw) -> bool:
    for piece in draft.pieces:
        piece.text = "    " + piece.text if piece.text.strip() else piece.text
    return True


@INDENTATION.add(EXACT, "all lines moved but the first, as after a paste")
def all_but_first_indented(draft: Draft, draw: Draw) -> bool:
    for piece in draft.pieces[1:]:
        piece.text = "    " + piece.text if piece.text.strip() else piece.text
    return len(draft.pieces) > 2 and bool(_lines(draft))


@INDENTATION.add(EXACT, "a space that does not break is a space")
def hard_spaces(draft: Draft, draw: Draw) -> bool:
    places = _lines(draft)
    for index in places:
        text = draft.pieces[index].text
        width = len(text) - len(text.lstrip(" "))
        draft.pieces[index].text = "\xa0" * width + text[width:]
    return bool(places)


@INDENTATION.add(EXACT, "one line is indented by a tab, the others by four spaces")
def one_tab(draft: Draft, draw: Draw) -> bool:
    places = [index for index in _lines(draft) if draft.pieces[index].text.startswith("    ")]
    if len(places) < 2:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = re.sub(r"^( {4})+", lambda match: "\t" * (len(match.group()) // 4), piece.text)
    return True


@INDENTATION.add(Level.AMBIGUOUS, "how far the line was indented can be read in several ways")
def one_line_moved(draft: Draft, draw: Draw) -> bool:
    places = _lines(draft)
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = draw.pick((" " + piece.text, piece.text[1:], piece.text.lstrip(" ")))
    return True


def _headers(draft: Draft) -> list[int]:
    pattern = r"\s*(def|class|if|for|while|else|elif|try|with)\b.*:\s*$"
    return [index for index, piece in enumerate(draft.pieces) if re.match(pattern, piece.text)]


@PUNCTUATION.add(EXACT, "the block that follows shows where the colon was")
def missing_colon(draft: Draft, draw: Draw) -> bool:
    places = _headers(draft)
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    piece.text = piece.text.rstrip()[:-1] + "\n"
    return True


@PUNCTUATION.add(Level.AMBIGUOUS, "where the bracket closed can be read in several ways")
def missing_bracket(draft: Draft, draw: Draw) -> bool:
    places = [index for index, piece in enumerate(draft.pieces) if re.search(r"[)\]}]", piece.text)]
    if not places:
        return False
    piece = draft.pieces[draw.pick(places)]
    match = draw.pick(list(re.finditer(r"[)\]}]", piece.text)))
    piece.text = piece.text[: match.start()] + piece.text[match.end() :]
    return True


@PUNCTUATION.add(EXACT, "a bracket too many at the end of the program")
def extra_bracket(draft: Draft, draw: Draw) -> bool:
    draft.pieces.append(Piece("line", draw.pick((")\n", "}\n", "]\n"))))
    return True


@PUNCTUATION.add(EXACT, "the same marks, in their full-width form")
def full_width(draft: Draft, draw: Draw) -> bool:
    places = _headers(draft)
    for index in places:
        draft.pieces[index].text = draft.pieces[index].text.rstrip()[:-1] + "：\n"
    return bool(places)


@QUOTES.add(EXACT, "the same strings in typographic quotes, which occur nowhere else")
def smart_quotes(draft: Draft, draw: Draw) -> bool:
    pattern = re.compile(r"'([^'\"\\\n]*)'")
    done = False
    for piece in draft.pieces:
        text = piece.text
        if '"' not in text and "#" not in text and pattern.search(text):
            piece.text, done = pattern.sub("‘\\1’", text), True
    return done


@QUOTES.add(EXACT, "entities stand for one character each")
def html_entities(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    draft.text = html.escape(text)
    return draft.text != text


@PROSE.add(EXACT, "a sentence between two definitions is no part of the program")
def prose_between(draft: Draft, draw: Draw) -> bool:
    places = [
        index
        for index, piece in enumerate(draft.pieces)
        if index
        and re.match(r"(def|class|@|[a-z_]+ =)", piece.text)
        and not draft.pieces[index - 1].text.startswith("@")
    ]
    if not places:
        return False
    sentence = draw.pick(("Next, the function that does the work.\n", "Now we need one more thing:\n"))
    draft.pieces.insert(draw.pick(places), Piece("line", sentence))
    return True


@PROSE.add(EXACT, "a fence that was closed and opened again is no part of the program")
def fence_between(draft: Draft, draw: Draw) -> bool:
    places = [index for index, piece in enumerate(draft.pieces) if index and re.match(r"(def|class) ", piece.text)]
    if not places:
        return False
    draft.pieces.insert(draw.pick(places), Piece("line", "```\n\nand then\n\n```python\n"))
    draft.text = f"```python\n{draft.text}```\n"
    return True


@TRUNCATION.add(PREFIX, "what was written before the cut is right")
def cut_after_line(draft: Draft, draw: Draw) -> bool:
    if len(draft.pieces) < 3:
        return False
    del draft.pieces[draw.between(1, len(draft.pieces) - 1) :]
    return True


@TRUNCATION.add(PREFIX, "what was written before the cut is right")
def cut_in_line(draft: Draft, draw: Draw) -> bool:
    if len(draft.pieces) < 2:
        return False
    index = draw.between(1, len(draft.pieces) - 1)
    piece = draft.pieces[index]
    if len(piece.text) < 3:
        return False
    piece.text = piece.text[: draw.between(1, len(piece.text) - 2)]
    del draft.pieces[index + 1 :]
    return True


@TRUNCATION.add(PREFIX, "what was written before the cut is right; the fence was never closed")
def cut_in_fence(draft: Draft, draw: Draw) -> bool:
    if not cut_after_line(draft, draw):
        return False
    draft.text = f"```python\n{draft.text}"
    return True


@ENCODING.add(EXACT, "a byte order mark is no part of a program", stacks=True)
def byte_order_mark(draft: Draft, draw: Draw) -> bool:
    draft.text = "\ufeff" + draft.text
    return True


@ENCODING.add(EXACT, "line ends of another system, still valid and the same program", stacks=True)
def carriage_returns(draft: Draft, draw: Draw) -> bool:
    draft.text = draft.text.replace("\n", "\r\n")
    return True


@ENCODING.add(EXACT, "a character without width says nothing")
def zero_width(draft: Draft, draw: Draw) -> bool:
    draft.text = re.sub(r"^(def|class|return) ", "\\1 \u200b", draft.text, count=1, flags=re.MULTILINE)
    return "\u200b" in draft.text


@NOISE.add(Level.NOISE, "a character is lost, and nobody knows which")
def character_lost(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    index = draw.below(len(text))
    draft.text = text[:index] + text[index + 1 :]
    return True


@NOISE.add(Level.NOISE, "a character came from nowhere")
def character_added(draft: Draft, draw: Draw) -> bool:
    text = draft.text
    index = draw.below(len(text) + 1)
    draft.text = text[:index] + draw.pick("()[]:'\",\\ x") + text[index:]
    return True


_NO_PROGRAM = {
    "apology": ("I'm sorry, but I can't help with that request.", "I cannot write this function for you."),
    "plan": ("First sort the list, then walk through it from both ends; that gives linear time.",),
    "empty": ("",),
    "blank": ("\n\n", "   \n"),
    "empty_fence": ("```python\n```",),
    "error_page": ("<html><body><h1>502 Bad Gateway</h1></body></html>",),
}


def _register(name: str, texts: tuple[str, ...]) -> None:
    @GARBAGE.add(Level.NONE, "nobody can find a program in it", name=name)
    def garbage(draft: Draft, draw: Draw) -> bool:
        draft.text = draw.pick(texts)
        return True


for _name, _texts in _NO_PROGRAM.items():
    _register(_name, _texts)

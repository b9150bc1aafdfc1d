"""The question put to a coder, and the code taken from its answer. Both are pure.

Rule: `extract` never mends code. It only decides which part of an answer is the code, and names every choice it had to
make (`repairs`). A sole fenced block is what was asked for and costs nothing.
"""

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from kgents.domain.outcome import Cause
from kgents.sandbox.syntax import parse as parse_source

INSTRUCTION = "Reply with one Python code block and nothing else."
LONGEST_CODE = 400_000  # characters; compiling more costs seconds, and no specification asks for it

_FENCE = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)?(`{3,}|~{3,})[ \t]*([^`]*)$")
_PYTHON = frozenset({"", "python", "py", "python3", "py3", "python-repl", "{python}", "{.python}"})


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an answer holds.

    code     the part that compiles, None where there is none
    cause    None with code; SYNTAX where there are code blocks but none compiles, else MALFORMED
    error    one line for people, None with code
    repairs  the choices that had to be made, by name
    """

    code: str | None
    cause: Cause | None = None
    error: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """A fenced block: its text, its lines with the fences, whether it may be Python, what was wrong with the fence."""

    text: str
    lines: range
    python: bool
    flaw: str | None = None


def code_prompt(spec: str) -> str:
    """The specification, verbatim, and how to answer."""
    return f"{spec.rstrip()}\n\n{INSTRUCTION}"


def spec_of(prompt: str) -> str:
    """The inverse of `code_prompt`; other prompts are returned as they are."""
    return prompt.removesuffix(f"\n\n{INSTRUCTION}")


def prompt_digest(prompt: str) -> str:
    """The SHA-256 of a prompt in hexadecimal: what the record keeps of it."""
    return sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()


def fenced(code: str) -> str:
    """Code as one block, in a fence that is longer than any in the code."""
    ticks = max([2, *(len(run) for run in re.findall(r"`+", code))]) + 1
    return f"{'`' * ticks}python\n{code}\n{'`' * ticks}"


def extract(text: str) -> Extraction:
    """The longest fenced block that compiles; without fences the whole text if it compiles to more than expressions."""
    if not text.strip():
        return Extraction(None, Cause.MALFORMED, "the answer is empty")
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = _blocks(lines) or _unopened(lines)
    if not blocks:
        return _whole("\n".join(lines))
    python = [block for block in blocks if block.python] or blocks
    good = [block for block in python if compile_error(block.text) is None]
    if good:
        return _chosen(max(good, key=lambda block: len(block.text)), python, lines)
    return _nested(lines) or _broken(python)


def compile_error(code: str) -> str | None:
    """Why this text is no Python module, in one line; None where it is one."""
    if len(code) > LONGEST_CODE:
        return f"{len(code)} characters of code; at most {LONGEST_CODE} are read"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<candidate>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _chosen(block: _Block, blocks: Sequence[_Block], lines: Sequence[str]) -> Extraction:
    repairs = []
    if len(blocks) > 1:
        repairs.append("longest_block")
    if block.flaw:
        repairs.append(block.flaw)
    inside = {number for other in blocks for number in other.lines}
    if any(line.strip() for number, line in enumerate(lines) if number not in inside):
        repairs.append("prose_removed")
    return Extraction(_with_newline(block.text), repairs=tuple(repairs))


def _whole(text: str) -> Extraction:
    error = compile_error(text)
    if error is None and _states_something(text):
        return Extraction(_with_newline(text), repairs=("no_fence",))
    return Extraction(None, Cause.MALFORMED, "no code in the answer" if error is None else f"no code block: {error}")


def _states_something(code: str) -> bool:
    """Whether a module is more than bare expressions: a word of prose is a valid expression, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return any(not isinstance(node, ast.Expr) for node in parse_source(code).body)


def _broken(blocks: Sequence[_Block]) -> Extraction:
    longest = max(blocks, key=lambda block: len(block.text))
    return Extraction(None, Cause.SYNTAX, f"the code does not compile: {compile_error(longest.text)}")


def _blocks(lines: Sequence[str]) -> list[_Block]:
    """Closed fenced blocks as Markdown reads them, plus one that the end of the text cuts off."""
    blocks: list[_Block] = []
    start, fence, language = -1, "", ""
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if not fence:
            start, fence, language = number, match[1], match[2]
        elif match[1].startswith(fence) and not match[2].strip():
            text = "\n".join(lines[start + 1 : number])
            blocks.append(_Block(text, range(start, number + 1), _is_python(language)))
            fence = ""
    if fence:
        text = "\n".join(lines[start + 1 :])
        blocks.append(_Block(text, range(start, len(lines)), _is_python(language), "unclosed_fence"))
    return [block for block in blocks if block.text.strip()]


def _unopened(lines: Sequence[str]) -> list[_Block]:
    """Code before a closing fence that was never opened, as a model gives it that was made to begin inside a block."""
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            text = "\n".join(lines[:number])
            return [_Block(text, range(number + 1), True, "unopened_fence")] if text.strip() else []
    return []


def _nested(lines: Sequence[str]) -> Extraction | None:
    """The longest text between any opening fence with a language and any later fence that compiles.

    For code whose docstrings have fences of their own; only then, because it may read prose as code.
    """
    fences = [(number, match) for number, line in enumerate(lines) if (match := _FENCE.match(line))][:24]
    spans = [
        (end - start, start, end)
        for start, opening in fences
        if opening[2].strip() and _is_python(opening[2])
        for end, _ in fences
        if end > start + 1
    ]
    for _, start, end in sorted(spans, reverse=True):
        code = "\n".join(lines[start + 1 : end])
        if compile_error(code) is None:
            return Extraction(_with_newline(code), repairs=("nested_fence",))
    return None


def _is_python(language: str) -> bool:
    words = language.split()
    return (words[0].lower() if words else "") in _PYTHON


def _with_newline(code: str) -> str:
    return code.rstrip() + "\n"

"""The question put to a coder, as text. Pure; what is taken from the answer is in `kgents.harness.extraction`."""

import re
import warnings
from hashlib import sha256

INSTRUCTION = "Reply with one Python code block and nothing else."
LONGEST_CODE = 400_000  # characters; compiling more costs seconds, and no specification asks for it


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

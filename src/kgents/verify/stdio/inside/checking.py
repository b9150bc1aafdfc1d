"""The process of a checker: a function `check` of the user's that says whether an output answers a standard input."""

import inspect
import types
from collections.abc import Callable
from typing import Any

from kgents.sandbox.inside import values
from kgents.verify.stdio.inside.texts import receive_text

NAMES = {
    "stdin": ("stdin", "input", "input_text", "inp", "judge_input", "problem_input"),
    "expected": ("expected", "answer", "ans", "reference", "judge_output", "expected_output", "want"),
    "got": ("got", "output", "out", "actual", "process_output", "stdout", "user_output"),
}


def main(fd: int) -> None:
    """Loads the checker, then answers for every case, until the channel ends."""
    channel = values.Channel(fd)
    source = channel.receive()["source"]
    module = types.ModuleType("checker")
    try:
        exec(compile(source, "<checker>", "exec", dont_inherit=True), module.__dict__)
        check = ordered(module.check)
    except BaseException as wrong:
        channel.send({"unusable": f"{type(wrong).__name__}: {wrong}"[:300]})
        return
    channel.send({"ready": True})
    while True:
        try:
            texts = [receive_text(channel) for _ in range(3)]
        except EOFError:
            return
        channel.send(_opinion(check, texts))


def ordered(check: Callable[..., Any]) -> Callable[[str, str, str], Any]:
    """The checker as a function of standard input, expected and printed output, in whatever order it takes them.

    Parameters of unknown names take them in that order. TypeError where it takes less than one.
    """
    parameters = [
        one.name
        for one in inspect.signature(check).parameters.values()
        if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    roles: list[str | None] = [
        next((role for role, names in NAMES.items() if name in names), None) for name in parameters[:3]
    ]
    if not parameters:
        raise TypeError("check(stdin, expected, got) takes no argument")
    if None in roles or len(set(roles)) < len(roles):
        roles = [*list(NAMES)[: len(parameters)]]

    def call(stdin: str, expected: str, got: str) -> Any:
        texts = {"stdin": stdin, "expected": expected, "got": got}
        return check(*[texts[str(role)] for role in roles])

    return call


def _opinion(check: Callable[[str, str, str], Any], texts: list[str]) -> dict[str, object]:
    """{right, why} of what a checker returns: a truth, (a truth, a word), or nothing where it asserts."""
    try:
        value = check(*texts)
    except AssertionError as wrong:
        return {"right": False, "why": str(wrong)[:200]}
    except Exception as wrong:
        return {"broken": f"{type(wrong).__name__}: {wrong}"[:200]}
    why = ""
    if isinstance(value, tuple) and len(value) == 2:
        value, why = value
    return {"right": value is None or bool(value), "why": str(why or "")[:200]}

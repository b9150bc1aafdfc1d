"""Whether examples tell right from wrong, shown before any trial: programs that are wrong whatever the task is must fail."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from kgents.errors import UsageError
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.stdio.comparing import output_differs, values_differ
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.judging import checked
from kgents.verify.stdio.processes import Checker

REMEDY = "add examples with other answers, or fix the checker; --allow-weak-oracle judges all the same (tier WEAK)"

Control = Callable[[Example], tuple[str, object]]  # what it prints, what it returns


def tried(programs: Programs, sandbox: Sandbox) -> Programs:
    """The programs with the controls that pass. UsageError where a checker refuses what is expected."""
    with ExitStack() as stack:
        checker = Checker(programs.checker, sandbox) if programs.checker else None
        if checker is not None:
            stack.callback(checker.close)
            _expected_passes(programs, checker)
        passing = [name for name, control in controls(programs) if _passes(programs, control, checker)]
    return programs.but(passing=tuple(passing))


def _expected_passes(programs: Programs, checker: Checker) -> None:
    for number, example in enumerate(programs.examples, 1):
        for answer in example.answers:
            why = checked(checker, example, answer)
            if why is not None:
                raise UsageError(
                    f"--checker refuses the expected output of example {number}: {why}"[:400],
                    "check(stdin, expected, got) has to accept it",
                )


def controls(programs: Programs) -> Iterator[tuple[str, Control]]:
    """(what it does, the program) of programs that are wrong whatever the task is."""
    printed = Counter(answer.strip() for one in programs.examples for answer in one.answers)
    returned = Counter(repr(one.returns[0]) for one in programs.examples if one.returns is not None)
    known = {repr(one.returns[0]): one.returns[0] for one in programs.examples if one.returns is not None}
    values: list[tuple[str, object]] = [
        (f"always returns {text[:40]}", known[text]) for text, _ in returned.most_common(2)
    ]
    values += [("returns None", None)]
    yield "prints nothing", lambda example: ("", None)
    yield "echoes its input", lambda example: (example.stdin, example.args[0] if example.args else None)
    for text, _ in printed.most_common(2):
        yield f"always prints {_short(text)}", lambda example, text=text: (text, None)  # type: ignore[misc]
    for name, value in values if returned else ():
        yield name, lambda example, value=value: ((example.answers or ("",))[0], value)  # type: ignore[misc]


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _passes(programs: Programs, control: Control, checker: Checker | None) -> bool:
    for example in programs.examples:
        text, value = control(example)
        if example.returns is not None and values_differ(example.returns, value, example.near):
            return False
        wrong = checked(checker, example, text) if checker is not None else output_differs(example, text)
        if wrong is not None:
            return False
    return True

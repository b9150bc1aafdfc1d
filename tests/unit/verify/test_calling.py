"""Streams and limits around the calls of a program: each call begins with streams to which nothing was done."""

import pytest

from kgents.verify.reference.inside.observing import TIMEOUT, Program

HARM = {
    "prints": ("print('a', n)", "a 1\n"),
    "writes no line end": ("sys.stdout.write('x')", "x"),
    "writes bytes": ("sys.stdout.buffer.write(b'\\xff\\n')", "�\n"),
    "closes what it prints to": ("print('a'); sys.stdout.close()", ""),
    "takes it apart": ("print('a'); sys.stdout.detach()", "a\n"),
    "sets it otherwise": ("sys.stdout.reconfigure(encoding='utf-16', write_through=False); print('a')", None),
    "puts another there": ("sys.stdout = io.StringIO(); print('a')", ""),
    "closes what is typed": ("sys.stdin.close()", ""),
    "takes that apart": ("sys.stdin.detach()", ""),
    "complains": ("print('a', file=sys.stderr)", ""),
    "closes that": ("sys.stderr.close()", ""),
    "raises": ("print('a'); raise ValueError(n)", "a\n"),
    "leaves": ("print('a'); sys.exit(3)", "a\n"),
}  # fmt: skip


def _program(body: str) -> Program:
    last = "    print('n', n)\n    return sys.stdin.read()\n"
    return Program(f"import io, sys\ndef f(n):\n    if n == 1:\n        {body}\n        return None\n{last}", "f")


@pytest.mark.parametrize("name", HARM)
def test_no_call_changes_the_streams_of_the_next(name: str) -> None:
    """What is printed is of one call, and the next prints and reads as if there had been none."""
    body, printed = HARM[name]
    program = _program(body)
    for _ in range(2):
        first = program.call((1,), 1.0)
        assert printed is None or first.printed == printed
        second = program.call((2,), 1.0)
        assert (second.raised, second.answer, second.printed) == ((), "", "n 2\n")


def test_what_takes_too_long_is_stopped_and_the_next_call_is_not() -> None:
    """By CPU time; a program cannot catch it by the name of Exception."""
    program = Program(
        "def f(n):\n    while n:\n        try:\n            n += 1\n        except Exception:\n            pass\n", "f"
    )
    assert program.call((1,), 0.05).raised == TIMEOUT
    assert program.call((0,), 0.05).returned

"""One program against all examples: each in a process of its own, the expected output stays out here."""

from dataclasses import dataclass, replace

from kgents.sandbox.inside import values
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.stdio.comparing import output_differs, values_differ
from kgents.verify.stdio.examples import Example, Programs
from kgents.verify.stdio.processes import Checker, Ran, run_case

STOPPED = 4  # examples without an end after which no more are run


@dataclass(slots=True)
class Judged:
    """What was seen of a program.

    error   the first difference in one line; None where there is none
    passed  examples before it; where all were run, of all
    ran     the run that it was seen in
    """

    error: str | None
    passed: int
    ran: Ran
    where: str = ""


def judged_program(
    candidate: str, programs: Programs, defined: tuple[str, ...], sandbox: Sandbox, wall: float, every: bool = False
) -> Judged:
    """The first example that a program fails, in the layout of inputs that suits it best. SandboxFault is ours.

    every  all examples are run, also after one that it fails
    """
    layouts = max((len(one.layouts) for one in programs.examples), default=0)
    best = _judged(candidate, programs, defined, sandbox, wall, every)
    for number in range(layouts):
        if best.passed == len(programs.examples) or best.ran.unreadable or not best.ran.whole:
            return best
        laid = tuple(
            replace(one, stdin=one.layouts[min(number, len(one.layouts) - 1)] if one.layouts else one.stdin)
            for one in programs.examples
        )
        seen = _judged(candidate, programs.but(examples=laid), defined, sandbox, wall, every)
        best = seen if seen.passed > best.passed else best
    return best


def _judged(
    candidate: str, programs: Programs, defined: tuple[str, ...], sandbox: Sandbox, wall: float, every: bool
) -> Judged:
    checker = Checker(programs.checker, sandbox) if programs.checker else None
    ran = Ran(whole=True)
    failed: Judged | None = None
    wrong = stopped = 0
    try:
        for number, example in enumerate(programs.examples):
            ran = run_case(sandbox, job_of(candidate, programs, example, defined), example.stdin, wall)
            error = difference(example, ran, checker)
            if error is not None or not ran.whole or ran.unreadable or ran.missing:
                where = _place(number, example, len(programs.examples))
                wrong, stopped = wrong + 1, stopped + (not ran.whole)
                failed = failed or Judged(f"{where}: {error}" if error else None, number, ran, where)
                if not every or ran.unreadable or ran.missing or stopped == STOPPED:
                    failed.passed = number + 1 - wrong
                    return failed
    finally:
        if checker is not None:
            checker.close()
    if failed is not None:
        failed.passed = len(programs.examples) - wrong
        return failed
    return Judged(None, len(programs.examples), ran)


def job_of(candidate: str, programs: Programs, example: Example, defined: tuple[str, ...]) -> dict[str, object]:
    """What a process is told of a program, besides its standard input."""
    return {
        "source": candidate,
        "defined": list(defined),
        "entry": (programs.entry or "").rpartition(".")[2],
        "args": values.encode(list(example.args)),
        "prelude": programs.prelude,
        "seconds": example.seconds,
    }


def difference(example: Example, ran: Ran, checker: Checker | None = None) -> str | None:
    """What is wrong with a run, None where it is right. Of a run that came to no end nothing is said."""
    if not ran.whole or ran.unreadable or ran.missing:
        return None
    if ran.raised is not None:
        return _raised(ran.raised)
    if ran.exit:
        return f"exit status {ran.exit}" + (f": {ran.complaint.strip()}" if ran.complaint.strip() else "")
    if example.returns is not None:
        if not ran.returned:
            return f"expected to return {example.returns[0]!r}, it was not called"
        wrong = values_differ(example.returns, ran.value, example.near)
        if wrong is not None:
            return wrong
    if checker is not None:
        return checked(checker, example, ran.stdout)
    return output_differs(example, ran.stdout)


def checked(checker: Checker, example: Example, got: str) -> str | None:
    """What a checker says of an output."""
    why = checker.difference(example.stdin, (example.answers or ("",))[0], got)
    return None if why is None else f"{why}; printed {_clipped(got)!r}"


def _raised(raised: tuple[str, str, int | None]) -> str:
    name, text, line = raised
    if name == "TooMuch":
        return "printed more than 6 MB"
    where = f" (line {line})" if line else ""
    return f"{name}: {text}{where}" if text else f"{name}{where}"


def _place(number: int, example: Example, count: int) -> str:
    shown = f", stdin {_clipped(example.stdin)!r}" if example.stdin else ""
    if example.args:
        shown = f", called with ({', '.join(_clipped(repr(part)) for part in example.args)})" + shown
    return f"example {number + 1} of {count}{shown}"


def _clipped(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

"""What an exception says, and where in the tests it came from; for processes that run tests."""

from collections.abc import Callable

TESTS = "<tests>"  # the file name under which tests are compiled


def described(wrong: BaseException, shorten: Callable[[str], str]) -> str:
    """`AssertionError: text (line 3 of the tests)`; a text that cannot be had is "?"."""
    try:
        text = shorten(str(wrong))
    except BaseException:
        text = "?"
    lines = lines_in_tests(wrong)
    where = f" (line {lines[0]} of the tests)" if lines else ""
    return f"{type(wrong).__name__}{': ' if text else ''}{text}{where}"


def lines_in_tests(wrong: BaseException) -> list[int]:
    """Lines of the tests that an exception came through, the innermost first."""
    lines: list[int] = []
    trace = wrong.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TESTS:
            lines.insert(0, trace.tb_lineno)
        trace = trace.tb_next
    return lines

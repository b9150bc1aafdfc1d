"""Whether a program did what the spec did on one call, and in which respect it did not."""

import re
from collections.abc import Sequence

from kgents.sandbox.inside.exits import exit_status
from kgents.verify.reference.inside.kinds import happened
from kgents.verify.reference.inside.likeness import TOLERANCE, Tree, alike
from kgents.verify.reference.inside.observing import ITSELF, NOT_SHARED, PLAIN, PROMISED, SHARED, TIMEOUT, Seen

NO_EVIDENCE = frozenset({"timeout", "RecursionError", "MemoryError", "TooLarge"})
_WHOLE = re.compile("-?[0-9]{1,20}")
_ENOUGH = 3  # calls that must agree before sharing counts


def usable(want: Seen) -> bool:
    """Whether a call of the spec says what a program has to do."""
    return not (want.raised and want.raised[0] in NO_EVIDENCE)


def differs(want: Seen, got: Seen, tolerance: float = TOLERANCE) -> str:
    """'' where a program did as the spec did, else the respect: answer, exception, arguments, printed or files.

    Of exceptions that the spec raises itself the kind counts; where one merely happened, any will do that does not end
    the program. Files count where the spec has any.
    """
    if want.raised:
        if not got.raised or got.raised == TIMEOUT:
            return "exception"
        if not want.explicit and want.raised[0] != "SystemExit":
            return "" if happened(got.raised) else "exception"
        return "" if want.raised[0] in got.raised and _status(want) == _status(got) else "exception"
    if got.raised or not _same(want.answer, got.answer, tolerance):
        return "answer"
    if want.left is not None and not _same(want.left, got.left, tolerance):
        return "arguments"
    if want.printed != got.printed:
        return "printed"
    return "" if _listed(want) == _listed(got) else "files"


def _same(want: Tree, got: Tree, tolerance: float) -> bool:
    return bool(want == got) or alike(want, got, tolerance)  # nearly all are written alike, which is quick to see


def _status(seen: Seen) -> str:
    """The exit status of a program that was left, "" of another; records of before 0.2 hold the code itself."""
    if seen.raised[0] != "SystemExit" or len(seen.raised) < 2:
        return ""
    code = seen.raised[1]
    return str(exit_status(None if code in ("None", "False") else int(code) if _WHOLE.fullmatch(code) else code))


def _listed(seen: Seen) -> list[tuple[str, ...]]:
    return [tuple(file) for file in seen.files]


def identical(want: Seen, got: Seen) -> bool:
    """Whether two calls look alike in every respect, also those that are not compared."""
    return want.kind == got.kind and want.shares == got.shares


def sharing_differs(wants: Sequence[Seen], gots: Sequence[Seen]) -> str:
    """How a program's answers stand to its arguments, where that is always otherwise than the spec's; '' where not."""
    pairs = [(want.shares, got.shares) for want, got in zip(wants, gots, strict=False) if want.shares and got.shares]
    if (PROMISED, ITSELF) in pairs:
        return "returns its argument, where a new object is promised"
    pairs = [(NOT_SHARED if want == PROMISED else want, got) for want, got in pairs]
    if len(pairs) < _ENOUGH or PLAIN in {share for pair in pairs for share in pair}:
        return ""
    told, theirs = {want for want, _ in pairs}, {got for _, got in pairs}
    if told <= {NOT_SHARED, SHARED} and theirs == {ITSELF}:
        return "returns its argument, where a new object is expected"
    if told == {ITSELF} and ITSELF not in theirs:
        return "returns a new object, where its argument is expected"
    if told == {NOT_SHARED} and sum(got == SHARED for _, got in pairs) >= _ENOUGH and NOT_SHARED not in theirs:
        return "returns parts of its argument, where copies are expected"
    return ""

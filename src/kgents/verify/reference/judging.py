"""What is said of a candidate that was watched on the rows of a reference.

Rule: nothing can be learnt from one trial for the next. Calls are put one by one, so that none shows an answer to one that
is still wanted; every answer is given before any is judged; the order of calls is drawn anew for every trial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from kgents.sandbox.sandbox import Sandbox
from kgents.verify.reference.inside.matching import differs, sharing_differs
from kgents.verify.reference.inside.observing import TIMEOUT, Seen, seen_of
from kgents.verify.reference.processes import Watched, watch
from kgents.verify.reference.showing import call_shown, script_shown, seen_shown

ONE_CALL = 2.0  # CPU seconds for one call of a candidate: far above what the spec may take


@dataclass(frozen=True)
class Reference:
    """What candidates are held against, one after another; what follows from its rows is found out once.

    rows       (packed arguments, what was seen of the spec, target), in the reference's own order
    shown      public attributes by class
    defined    names that a candidate has to define
    tolerance  relative, of floats
    in_order   the rows are asked in their own order: the spec keeps something from call to call
    """

    rows: Sequence[Any]
    shown: Mapping[str, Sequence[str]]
    defined: Sequence[str]
    tolerance: float
    in_order: bool

    @cached_property
    def wants(self) -> list[Seen]:
        """What was seen of the spec, for each row."""
        return [seen_of(row[1]) for row in self.rows]

    @cached_property
    def targets(self) -> list[str]:
        """What is called, each once."""
        return list(dict.fromkeys(row[2] for row in self.rows))

    @cached_property
    def has_files(self) -> bool:
        """Whether files count: the spec is given or makes some on any row."""
        return any(_has_files(row[0]) or want.files for row, want in zip(self.rows, self.wants, strict=True))

    @cached_property
    def prints(self) -> bool:
        """Whether the spec prints on any row."""
        return any(want.printed for want in self.wants)


@dataclass(slots=True)
class Verdict:
    """What is said of a candidate.

    error   the first difference, in the order in which the reference has its rows, in one line; None where there is none.
            Of the calls that were stopped only the one that had all of its time is named
    raised  whether it is an exception; slow: whether it is a call that was stopped
    passed  rows on which it does as the spec does
    next    the row that it came to no answer on, None where it answered all that it was asked
    """

    watched: Watched
    error: str | None = None
    raised: bool = False
    slow: bool = False
    passed: int = 0
    next: Any = None


def judged(
    candidate: str,
    reference: Reference,
    sandbox: Sandbox,
    wall: float,
    draw: int,
) -> Verdict:
    """Watches a candidate on every row of a reference, and judges it only then.

    draw  the order of the rows is drawn from it

    Files and what is printed count where the spec makes files, and prints, on any row.
    """
    rows, wants, tolerance = reference.rows, reference.wants, reference.tolerance
    order = list(range(len(rows)))
    if not reference.in_order:
        Random(draw).shuffle(order)
    job = _job(candidate, reference)
    watched = watch(sandbox, job, [[rows[index][2], rows[index][0]] for index in order], wall)
    verdict = Verdict(watched)
    verdict.next = rows[order[len(watched.seen)]] if len(watched.seen) < len(rows) else None
    seen = dict(zip(order, watched.seen, strict=False))
    stopped = next((index for index in seen if seen[index].raised == TIMEOUT), None)  # later ones had less time
    for index in sorted(seen):
        row, want, got = rows[index], wants[index], seen[index]
        respect = differs(want, got, tolerance)
        verdict.passed += not respect
        if respect and verdict.error is None and (got.raised != TIMEOUT or index == stopped):
            verdict.error = _told(row, want, got, respect, tolerance)
            verdict.raised, verdict.slow = bool(got.raised), got.raised == TIMEOUT
    if verdict.error is None and verdict.next is None:
        sharing = sharing_differs(wants, [seen[index] for index in sorted(seen)])
        verdict.error = f"{rows[0][2]} {sharing}" if sharing else None
    return verdict


def _job(candidate: str, reference: Reference) -> dict[str, Any]:
    """What a candidate's process is told before it is called."""
    return {
        "source": candidate,
        "targets": reference.targets,
        "files": reference.has_files,
        "prints": reference.prints,
        "seconds": ONE_CALL,
        "shown": dict(reference.shown),
        "defined": list(reference.defined),
    }


def _has_files(arguments: Any) -> bool:
    return any(f"['{kind}'" in str(arguments) for kind in ("path", "folder"))


def _told(row: Any, want: Seen, got: Seen, respect: str, tolerance: float) -> str:
    """The difference on a row, in one line. An answer that a candidate has forged may have no form that can be shown."""
    try:
        told = script_shown(row[2], row[0], want, got, tolerance) if respect == "answer" else None
        return told or _difference(row, want, got, respect)
    except (LookupError, TypeError, ValueError, ArithmeticError, StopIteration, RecursionError):
        return f"{call_shown(row[2], row[0])}: expected {seen_shown(want)}, got what no answer looks like"


def _difference(row: Any, want: Seen, got: Seen, respect: str) -> str:
    call = call_shown(row[2], row[0])
    if got.raised == TIMEOUT:
        return f"{call}: expected {seen_shown(want)}, got no answer within {ONE_CALL:g} s of CPU time"
    match respect:
        case "printed":
            return f"{call}: expected to print {want.printed[:80]!r}, printed {got.printed[:80]!r}"
        case "files":
            return f"{call}: expected to leave the files {list(want.files)!r}, left {list(got.files)!r}"[:300]
        case "arguments":
            return f"{call}: expected to leave {seen_shown(Seen(want.left))}, left {seen_shown(Seen(got.left))}"
    return f"{call}: expected {seen_shown(want)}, got {seen_shown(got)}"

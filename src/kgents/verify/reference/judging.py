"""What is said of a candidate that was watched on the rows of a reference."""

from collections.abc import Sequence
from typing import Any

from kgents.sandbox.sandbox import Sandbox
from kgents.verify.reference.inside.deriving import seen_of
from kgents.verify.reference.inside.matching import differs, sharing_differs
from kgents.verify.reference.inside.observing import TIMEOUT, Seen
from kgents.verify.reference.processes import Watched, watched
from kgents.verify.reference.showing import call_shown, script_shown, seen_shown

ONE_CALL = 2.0  # CPU seconds for one call of a candidate: far above what the spec may take


def judged(
    candidate: str,
    rows: Sequence[Any],
    shown: Any,
    defined: Sequence[str],
    sandbox: Sandbox,
    tolerance: float,
    wall: float,
) -> tuple[str | None, bool, int, Watched]:
    """(the first difference in one line, None where there is none; whether it is an exception; rows passed; what was seen)."""
    targets = list(dict.fromkeys(row[2] for row in rows))
    files = any("path" in str(row[0]) for row in rows)
    job: dict[str, Any] = {
        "source": candidate,
        "targets": targets,
        "files": files,
        "seconds": ONE_CALL,
        "shown": dict(shown),
    }
    job["defined"] = list(defined)
    waves = _waves(rows)
    wants = [seen_of(row[1]) for row in rows]

    def enough(place: int, got: Seen) -> bool:
        return bool(differs(wants[place], got, tolerance))

    found = watched(sandbox, job, [[[row[2], row[0]] for row in wave] for wave in waves], wall, enough)
    passed = 0
    for row, want, got in zip(rows, wants, found.seen, strict=False):
        respect = differs(want, got, tolerance)
        if respect:
            told = script_shown(row[2], row[0], want, got, tolerance) if respect == "answer" else None
            return told or _difference(row, want, got, respect), bool(got.raised), passed, found
        passed += 1
    sharing = sharing_differs(wants, found.seen) if len(found.seen) == len(rows) else ""
    return (f"{rows[0][2]} {sharing}" if sharing else None), False, passed, found


def _waves(rows: Sequence[Any]) -> list[list[Any]]:
    """Rows that may be told together: none of their arguments shows an answer that is still wanted."""
    waves: list[list[Any]] = []
    wanted: set[str] = set()
    for row in rows:
        parts = set(_telling(row[0]))
        if not waves or parts & wanted:
            waves.append([])
            wanted = set()
        waves[-1].append(row)
        wanted |= set(_telling(row[1][0])) | set(_telling(row[1][4]))
    return waves


def _telling(data: Any) -> list[str]:
    """The texts and large numbers anywhere in data: what is not there by chance."""
    if isinstance(data, dict):
        return [part for item in data.values() for part in _telling(item)]
    if isinstance(data, list | tuple):
        return [part for item in data for part in _telling(item)]
    if isinstance(data, str):
        return [data] if len(data) > 2 else []
    if isinstance(data, int | float) and not isinstance(data, bool):
        return [str(float(data))] if abs(data) >= 1000 or data != int(data) else []
    return []


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

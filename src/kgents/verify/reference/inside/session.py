"""The process of the reference oracle that shows what a candidate does."""

import ast
import sys
import warnings

from kgents.sandbox.inside import values, watch
from kgents.sandbox.inside.facts import UNREADABLE, error_of, lacking, unbound
from kgents.sandbox.inside.rehearsing import rehearsed
from kgents.verify.reference.inside.folder import WorkingFolder
from kgents.verify.reference.inside.kinds import kinds_of
from kgents.verify.reference.inside.observing import FILE, TIMEOUT, Program
from kgents.verify.reference.inside.recipes import unpacked
from kgents.verify.reference.inside.trees import OWN

_FOLDER: list[WorkingFolder] = []  # one that stands in its place already
_PROGRAM = """
def f(a, b=0):
    if b is None:
        raise ValueError(a)
    return [a, b, {}, (), "", 1.5, {1}]
"""
AFTER_ONE = (
    0.2  # CPU seconds for a call of a program that was stopped once: it has failed, only how is still to be seen
)


def candidate_main(fd: int) -> None:
    """Loads a candidate and shows what it does on rows, one by one, until the channel ends."""
    channel = values.Channel(fd)
    job = channel.receive()
    try:
        missing = _missing(job["source"], job["defined"])
    except UNREADABLE as wrong:
        channel.send({"unreadable": error_of(wrong)})
        return
    folder = _FOLDER[0] if _FOLDER else WorkingFolder()
    try:
        program = Program(job["source"], job["targets"][0], folder if job["files"] else None, job["shown"])
        missing = unbound(missing, vars(program.module))
        channel.send({"missing": missing} if missing else {"loaded": True})
    except BaseException as wrong:
        if missing:
            channel.send({"missing": missing})
            return
        told = {"loaded": False, "raised": list(kinds_of(wrong)), "text": str(wrong)[:300]}
        channel.send({**told, "forbidden": watch.attempts[:1]})
        return
    seconds = float(job["seconds"])
    while True:
        try:
            target, arguments = channel.receive()
        except EOFError:
            return
        program.target = target
        seen = program.call(tuple(unpacked(part) for part in arguments), seconds)
        if seen.raised == TIMEOUT:
            seconds = min(seconds, AFTER_ONE)
        if not job["prints"]:
            seen.printed = ""
        tried = watch.attempts[:1] if seen.raised else []
        channel.send({"seen": seen.to_wire(), "forbidden": tried} if tried else seen.to_wire())


def rehearse_candidate_main() -> None:
    """Judges a small program in this process: see `rehearsing`. Children find their folder in its place."""
    _FOLDER.append(WorkingFolder())
    job = {
        "source": _PROGRAM,
        "defined": ["f"],
        "targets": ["f"],
        "files": False,
        "prints": False,
        "seconds": 1.0,
        "shown": {},
    }
    rows = [["f", [[[number, 2.5], "text"], [number, None]][number % 2]] for number in range(4)]
    rehearsed(candidate_main, b"".join(values.frame(values.dumps(each)) for each in (job, *rows)))
    sys.modules.pop(OWN, None)
    watch.attempts.clear()


def _missing(source: str, names: list[str]) -> list[str]:
    """Those of the names that a candidate does not define, as far as can be read. UNREADABLE where it is no program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
        compile(source, FILE, "exec", dont_inherit=True, optimize=0)
    return lacking(tree, names)

"""The process in which tests run beside a candidate: what it says is not to be believed without controls."""

import sys
import types
from typing import TYPE_CHECKING, Any

from kgents.sandbox.inside import values as codec
from kgents.sandbox.inside.candidate import raised
from kgents.sandbox.inside.traces import described
from kgents.verify.collection import collected

if TYPE_CHECKING:
    from kgents.verify.mirrors.inside.messages import Report

MOST = 100_000  # notes


def inside_main(fd: int) -> None:
    """Runs a candidate and its tests in one process; what it says is not to be believed without controls."""
    channel = codec.Channel(fd)
    job = channel.receive()
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    notes: list[list[Any]] = []
    report: Report = {"passed": False, "notes": notes}
    try:
        try:
            exec(compile(job["source"], "<candidate>", "exec"), module.__dict__)
        except BaseException as wrong:
            report["died"], report["load"] = True, raised(wrong)["raised"]
            raise
        names: dict[str, object] = {
            "__name__": "tests",
            "__note__": lambda index, held: notes.append([index, bool(held)]) if len(notes) < MOST else None,
        }
        for other in ("solution", *job["modules"]):
            sys.modules[other] = module
        exec(compile(job["setup"], "<setup>", "exec"), names)
        names.update({name: module.__dict__[name] for name in job["names"] if name in module.__dict__})
        exec(compile(job["tests"], "<tests>", "exec"), names)
        report["cases"] = collected(names, job["names"], job["entry"], report)
        report["passed"] = True
    except BaseException as wrong:
        report["error"] = described(wrong, lambda text: text[:300])
    channel.send(report)

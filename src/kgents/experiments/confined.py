"""The child that examines a target: it confines itself before the target is imported.

Layers, as far as the kernel has them: no new privileges, Landlock (files may be read, none written or made, no TCP), and
the system call filter (no network, no fork, no signals to others), then limits on memory, processor time and file size.
"""

import json
import os
import sys
from contextlib import suppress
from typing import Any


def main() -> None:
    """Reads the job from argv, answers on stdout, ends without running what the target left behind."""
    job: dict[str, Any] = json.loads(sys.argv[1])
    import hypothesis.internal.conjecture.engine
    import hypothesis.strategies  # noqa: F401 - loaded before the door closes

    from kgents.laws import worker

    channel = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    layers = _confine()
    worker.limit(job.get("limits", {}))
    found = _replay(job["replay"]) if "replay" in job else worker.answer(job)
    if "findings" in found:
        found["findings"]["family"]["confinement"] = ", ".join(layers)
    content = json.dumps(found).encode()
    while content:
        content = content[os.write(channel, content) :]
    os._exit(0)


def _confine() -> list[str]:
    """Confines this process for good; the layers that were reached."""
    from kgents.verify import landlock, seccomp, system

    system.prctl(system.NO_NEW_PRIVS, 1)
    reached = ["limits"]
    with suppress(OSError):
        if landlock.confine(["/"], ["/dev/null"]):
            reached.append("landlock")
    if seccomp.supported():
        with suppress(OSError):
            seccomp.zygote_filter().apply(0)
            seccomp.candidate_filter().apply(os.getpid())
            reached.append("seccomp")
    return reached


def _replay(code: str) -> dict[str, Any]:
    try:
        exec(code, {"__name__": "replay"})
    except AssertionError:
        return {"broken": True}
    except BaseException as wrong:  # noqa: BLE001 - the target's own code runs in here
        return {"broken": False, "why": f"{type(wrong).__name__}: {wrong}"}
    return {"broken": False}

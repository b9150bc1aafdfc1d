"""The examination in a process of its own: a job as JSON on stdin, an answer as JSON on stdout.

Run as `python -m kgents.laws.worker`. Whoever starts it confines it; the worker itself sets limits on memory, processor
time and file size before it imports the target, and keeps the target away from its stdout.
Job: {"target", "laws", "cases", "seed", "spec": {…}, "limits": {"memory_mb", "cpu_s"}}.
Answer: {"findings": {…}} or {"error": {"message", "hint"}}.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from kgents.errors import UsageError


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """What can be said of the laws of the job's target; an error of the target is an answer."""
    from kgents.laws.examination import examine
    from kgents.laws.family import LawSpec

    spec = LawSpec(**job["spec"]) if job.get("spec") else None
    try:
        found = examine(job["target"], job["laws"], spec=spec, cases=job["cases"], seed=job["seed"])
    except UsageError as wrong:
        return {"error": {"message": wrong.message, "hint": wrong.hint}}
    except Exception as wrong:  # noqa: BLE001 - the target's own code runs in here
        return {"error": {"message": f"{type(wrong).__name__}: {wrong}"[:300], "hint": None}}
    return {"findings": found.to_data()}


def limit(limits: Mapping[str, int]) -> None:
    """No files, bounded memory and processor time, for this process and its children."""
    import resource

    memory = limits.get("memory_mb", 1024) * 1024 * 1024
    seconds = limits.get("cpu_s", 60)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Reads one job, answers it, and ends without running what the target left behind."""
    job = json.loads(sys.stdin.readline())
    channel = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.dup2(nothing, 0)
    import hypothesis  # noqa: F401 - while files can still be read and written

    limit(job.get("limits", {}))
    content = json.dumps(answer(job)).encode()
    while content:
        content = content[os.write(channel, content) :]
    os._exit(0)


if __name__ == "__main__":
    main()

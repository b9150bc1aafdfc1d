"""The process that parses, confined before the first text arrives.

Layers, as far as the kernel has them: no new privileges; Landlock (files may be read, none written, no TCP); a system
call filter (no network, no programs); and for the child of each batch a second one (no fork, no signals to others).
A parser that is a command needs to start programs: it has Landlock and the limits, not the filters.
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from kgents.errors import KgentsError
from kgents.parsing.foreign import command
from kgents.parsing.strategy import Strategy, load, strategy_of
from kgents.parsing.worker import Bounds, Worker, silence, write_all


def main() -> None:
    """Loads the parsers that the job (argv) names, says that it is ready, and serves until its stdin ends."""
    job: Mapping[str, Any] = json.loads(sys.argv[1])
    source, sink = silence()
    programs = any("command" in arm for arm in job["parsers"])
    layers, confine = _confine_programs() if programs else _confine()
    try:
        parsers = [_parser(arm, job["language"]) for arm in job["parsers"]]
    except KgentsError as wrong:
        write_all(sink, json.dumps({"error": wrong.message, "hint": wrong.hint}).encode() + b"\n")
        return
    for arm, parser in zip(job["parsers"], parsers, strict=True):
        if "strategy" in arm:
            with suppress(Exception):
                parser.parse("{}", job["schema"])  # what is imported lazily is imported once, here
    write_all(sink, json.dumps({"confinement": ["limits", *layers]}).encode() + b"\n")
    gc.collect()
    gc.freeze()  # a collection in a child would copy the memory that it shares with this process
    bounds = Bounds(job["seconds"], job["memory_mb"])
    Worker(parsers, job["schema"], bounds, confine).serve(source, sink)


def _parser(arm: Mapping[str, Any], language: str) -> Strategy:
    if "command" in arm:
        return command(arm["command"], language)
    if "parser" in arm:
        return load(arm["parser"], language)
    return strategy_of(arm["strategy"], language)


def _confine_programs() -> tuple[list[str], Callable[[], None]]:
    """The same for parsers that start programs; each child leads a group, so that it ends with what it started."""
    from kgents.sandbox.inside.linux import landlock
    from kgents.sandbox.inside.linux import syscalls as system

    system.prctl(system.NO_NEW_PRIVS, 1)
    reached: list[str] = []
    with suppress(OSError):
        if landlock.confine([], ["/dev/null"], ["/"]):
            reached.append("landlock")
    return reached, lambda: os.setpgid(0, 0)


def _confine() -> tuple[list[str], Callable[[], None]]:
    """Confines this process for good; (the layers that were reached, what each child does to itself)."""
    from kgents.sandbox.inside.linux import landlock, seccomp
    from kgents.sandbox.inside.linux import syscalls as system

    system.prctl(system.NO_NEW_PRIVS, 1)
    reached: list[str] = []
    with suppress(OSError):
        if landlock.confine(["/"], ["/dev/null"]):
            reached.append("landlock")
    if not seccomp.supported():
        return reached, lambda: None
    try:
        seccomp.zygote_filter().apply(0)
    except OSError:
        return reached, lambda: None
    tight = seccomp.candidate_filter()
    return [*reached, "seccomp"], lambda: tight.apply(os.getpid())

"""Counts the functions of ours that stand between where something comes in and where it is used.

Run as `python journeys.py FIRST LAST -- WORDS…` where FIRST and LAST are `path/of/module:function`: runs the command and
prints, as JSON, the shortest chain of calls from FIRST to LAST. Frames of comprehensions and wrappers count, too.
"""

import contextlib
import io
import json
import sys
import threading
from types import FrameType
from typing import Any

ROOT = "/kgents/"


def name_of(frame: FrameType) -> str | None:
    """`module:function` of a frame of ours, None of others."""
    before, ours, path = frame.f_code.co_filename.rpartition(ROOT)
    return f"{path.removesuffix('.py')}:{frame.f_code.co_name}" if before and ours else None


def chain(frame: FrameType | None, first: str) -> list[str] | None:
    """The functions of ours from `first` to this frame; None where `first` is not among its callers."""
    names: list[str] = []
    while frame is not None:
        name = name_of(frame)
        if name is not None:
            names.append(name)
            if name == first:
                return names[::-1]
        frame = frame.f_back
    return None


def main(first: str, last: str, words: list[str]) -> None:
    """Runs a command and prints the shortest chain."""
    chains: list[list[str]] = []

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name == last.partition(":")[2] and name_of(frame) == last:
            names = chain(frame, first)
            if names is not None:
                chains.append(names)

    from kgents.__main__ import main as command

    sys.argv = ["kg", *words]
    threading.setprofile(profile)
    sys.setprofile(profile)
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        command()
    sys.setprofile(None)
    print(json.dumps(min(chains, key=len, default=[])))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[4:])

"""The guest of the sandbox that examines targets: one job, one answer, in a process that was confined before.

Rule: the target runs in this process, so what it says of itself is only as good as the target is honest: the verdict is
kept from the machine's harm, not from the target's lies. The corrupted compositions are its negative control.
"""

import gc
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kgents.sandbox.environment import own
from kgents.sandbox.inside import values as codec
from kgents.sandbox.program import Limits, Program

FUNCTION = "kgents.kinds.laws.guest:serve"
PRELOAD = (
    "asyncio", "hypothesis", "hypothesis.strategies", "hypothesis.internal.conjecture.engine",
    "kgents.laws.worker", "kgents.laws.examination", "kgents.laws.stochastic",
)  # fmt: skip


def guest(readable: Iterable[str], limits: Mapping[str, int]) -> Program:
    """The program that examines targets, which may read these places besides all that kgents has installed."""
    environment = own()
    visible = replace(environment, folders=(*environment.folders, *readable))
    return Program(FUNCTION, preload=PRELOAD, limits=Limits.of(limits), environment=visible)


def serve(descriptor: int) -> None:
    """Answers the one job that comes through the channel."""
    from kgents.laws import worker

    gc.enable()
    sys.dont_write_bytecode = True
    channel = codec.Channel(descriptor)
    channel.send(worker.answer(channel.receive()))

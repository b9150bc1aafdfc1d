"""Answers of a candidate to several calls: how they are asked for, what they may look like, and when to stop asking.

Rule: nothing that comes from a candidate is trusted, its size least of all.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.inside import values
from kgents.sandbox.inside.protocol import Ended

MAX_BYTES = 64 << 20  # of all answers of a batch
MAX_PARTS = 3_000_000  # of all answers of a batch
_KEYS = frozenset(("value", "args", "raised", "cpu_s", "forbidden", "ok", "missing", "unreadable"))


@dataclass(slots=True)
class Batch:
    """Answers to calls, in order: {"value": …, "args": …} or {"raised": [name, bases, text]}.

    load        what was raised where loading failed
    missing     names that the candidate does not define
    unreadable  [kind, message, line] where the candidate is no program
    fault       timeout, died, too large, mismatch (the caller stopped it)
    """

    answers: list[Any] = field(default_factory=list)
    load: Any = None
    missing: tuple[str, ...] = ()
    unreadable: list[Any] | None = None
    fault: str | None = None
    ended: Ended = field(default_factory=Ended)


def first_frames(source: str, seconds: float, calls: bytes, defined: Sequence[str] = ()) -> bytes:
    """What a candidate's process is told first: its program as text, and calls."""
    job = values.dumps({"source": source, "defined": list(defined), "seconds": seconds})
    return values.frame(job) + (values.frame(calls) if calls else b"")


def ask(
    channel: TimedChannel,
    batch: Batch,
    source: str,
    entry: str,
    calls: Sequence[Any],
    seconds: float,
    pauses: Sequence[int],
    enough: Callable[[int, Any], bool] | None,
    defined: Sequence[str],
) -> None:
    """Puts a program and calls to a candidate's process; whatever comes of it is in the batch."""
    rounds = [
        [[entry, arguments, None] for arguments in calls[begin:end]]
        for begin, end in itertools.pairwise((0, *pauses, len(calls)))
    ]
    try:
        channel.write(first_frames(source, seconds, values.dumps(rounds[0]), defined))
        if loaded(channel, batch):
            _read(channel, batch, rounds, enough)
    except TimeoutError:
        batch.fault = "timeout"
    except values.TooLarge:
        batch.fault = "too large"
    except (OSError, EOFError, ValueError, RecursionError, KeyError) as wrong:
        batch.fault = f"died: {type(wrong).__name__}"


def loaded(channel: TimedChannel, batch: Batch) -> bool:
    """Reads what the process says of its program; whether calls can be put to it."""
    answer = answer_of(channel)
    if "missing" in answer:
        batch.missing = tuple(str(name)[:200] for name in answer["missing"][:100])
        if batch.missing:
            return False
        answer = answer_of(channel)
    if "unreadable" in answer:
        kind, message, line = answer["unreadable"]
        batch.unreadable = [str(kind)[:100], str(message)[:300], line if isinstance(line, int) else None]
    elif answer.get("ok") is not True:
        batch.load = answer
    return batch.load is None and batch.unreadable is None


def answer_of(channel: TimedChannel) -> dict[str, Any]:
    """What is answered next; ValueError where it is told in another form than ours, TooLarge where all is too much."""
    answer = channel.receive()
    if channel.received > MAX_BYTES or channel.parts > MAX_PARTS:
        raise values.TooLarge("answers that are too large in all")
    if not isinstance(answer, dict) or not answer.keys() <= _KEYS:
        raise ValueError("no answer")
    if "raised" in answer:
        values.exception_of(answer["raised"])
    if not isinstance(answer.get("forbidden", ""), str):
        raise ValueError("no answer")
    return answer


def _read(
    channel: TimedChannel, batch: Batch, rounds: Sequence[Sequence[Any]], enough: Callable[[int, Any], bool] | None
) -> None:
    for number, round_ in enumerate(rounds):
        if number:
            channel.send(round_)
        for _ in round_:
            answer = answer_of(channel)
            batch.answers.append(answer)
            if enough is not None and enough(len(batch.answers) - 1, answer):
                batch.fault = "mismatch"
                return

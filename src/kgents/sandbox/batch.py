"""Answers of a candidate to several calls: how they are asked for, what they may look like, and when to stop asking.

Rule: nothing that comes from a candidate is trusted, its size least of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.inside import values
from kgents.sandbox.inside.messages import Answer
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
    fault       timeout, died, too large
    """

    answers: list[Answer] = field(default_factory=list)
    load: Answer | None = None
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
    defined: Sequence[str],
) -> None:
    """Puts a program, and calls to its process one by one, so that none shows what comes later; all is in the batch."""
    try:
        channel.write(first_frames(source, seconds, b"", defined))
        if loaded(channel, batch):
            for arguments in calls:
                channel.send([[entry, arguments, None]])
                batch.answers.append(answer_of(channel))
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


def answer_of(channel: TimedChannel) -> Answer:
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
    return cast(Answer, answer)

"""The two kinds of processes of the reference oracle, from outside: one derives for a spec, one runs a candidate."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.sandbox.batch import MAX_BYTES, MAX_PARTS
from kgents.sandbox.deadline import TimedChannel
from kgents.sandbox.forkserver import SandboxFault
from kgents.sandbox.inside.protocol import Ended
from kgents.sandbox.program import Limits, Program
from kgents.sandbox.sandbox import Sandbox
from kgents.verify.reference.inside.observing import TIMEOUT, Seen, seen_of

DERIVE = "kgents.verify.reference.inside.deriving:derive_main"
CANDIDATE = "kgents.verify.reference.inside.session:candidate_main"


def _inside(*names: str) -> tuple[str, ...]:
    return tuple(f"kgents.verify.reference.inside.{name}" for name in names)


_OBSERVING = _inside("calling", "awaiting", "kinds", "folder", "recipes", "trees", "steps", "observing")
_SHOWING = (*_OBSERVING, *_inside("session"))
_DERIVING = (*_OBSERVING, *_inside(
    "likeness", "matching", "domains", "calendars", "parts", "facts", "positions", "branches", "intervals",
    "bounding", "objects", "bounds", "grids", "graphs", "numbered", "meaning", "numerals", "arrays", "shapes",
    "texts", "keeping", "chance", "effects", "guards", "edits", "mutants", "selectors", "probes", "files", "drawing",
    "changing", "uses", "literals", "taking", "giving", "scripts", "shown", "forms", "covering", "csvs", "tables",
    "searching", "repairing", "selecting", "inert", "deriving",
))  # fmt: skip
RUNS = Program(CANDIDATE, modules=_SHOWING)  # what runs a candidate
STOPPED = 4  # calls on which a candidate may be stopped before nothing more is asked of it
_LIMITS = Limits(cpu_s=120)  # of the process that derives
_SMALL = (
    512  # MiB for it where only the standard library is visible: an input that fills them says nothing, and costs time
)
_WALL = 300.0
_BROKEN = (OSError, EOFError, ValueError, RecursionError, KeyError)


@dataclass(slots=True)
class Watched:
    """What was seen of a candidate.

    seen      one observation for each row that was answered, in order
    unloaded  (name of the exception, text) where the candidate could not be loaded
    unreadable  [kind, message, line] of a candidate that is no program
    missing   names that it lacks
    forbidden  the audit event of a program that it tried to start
    late      no answer came within the limits
    """

    seen: list[Seen] = field(default_factory=list)
    unloaded: tuple[str, str] | None = None
    unreadable: list[Any] | None = None
    missing: list[str] = field(default_factory=list)
    forbidden: str = ""
    late: bool = False
    ended: Ended = field(default_factory=Ended)


def asked(sandbox: Sandbox, job: Mapping[str, Any], hash_seed: str = "0") -> dict[str, Any]:
    """The answer of a deriving process; {"died": how it ended} where it came to none."""
    limits = _LIMITS if sandbox.environment.visible else replace(_LIMITS, as_mb=_SMALL)
    program = sandbox.program(DERIVE, modules=_DERIVING, limits=limits, hash_seed=hash_seed)
    answer, ended = sandbox.ask(program, job, _WALL)
    return answer if isinstance(answer, dict) else {"died": ended}


def _candidate(sandbox: Sandbox) -> Program:
    return replace(RUNS, limits=sandbox.candidate.limits, environment=sandbox.environment)


def watch(sandbox: Sandbox, job: Mapping[str, Any], calls: Sequence[Any], wall: float) -> Watched:
    """Runs a candidate on calls ([target, arguments] each), one by one. SandboxFault is ours.

    Ends early where its process does, where all takes too long, or where it was stopped on too many calls.
    """
    process = sandbox.start(_candidate(sandbox), wall + 1)
    watched = Watched()
    channel = TimedChannel(process.socket, time.monotonic() + wall)
    whole = False
    try:
        channel.send(dict(job))
        loaded = channel.receive()
        if not isinstance(loaded, dict) or loaded.get("loaded") is not True:
            _unloaded(loaded, watched)
        else:
            _asked(channel, calls, watched)
        whole = True
    except TimeoutError:
        watched.late = True
    except SandboxFault:
        raise
    except _BROKEN:
        pass
    finally:
        watched.ended = sandbox.left(process, wait=not whole)
    return watched


def _asked(channel: TimedChannel, calls: Sequence[Any], watched: Watched) -> None:
    stopped = 0
    for call in calls:
        channel.send(call)
        seen = _told(channel.receive(), watched)
        if channel.received > MAX_BYTES or channel.parts > MAX_PARTS:
            raise ValueError("answers that are too large in all")
        watched.seen.append(seen)
        stopped += seen.raised == TIMEOUT
        if stopped > STOPPED:
            return


def _unloaded(loaded: Any, watched: Watched) -> None:
    """Why a candidate was not run, as far as what came has the form of what ours says."""
    told = loaded if isinstance(loaded, dict) else {}
    names = told.get("raised")
    if isinstance(told.get("unreadable"), list) and len(told["unreadable"]) == 3:
        watched.unreadable = told["unreadable"]
    elif isinstance(told.get("missing"), list) and told["missing"]:
        watched.missing = [str(name) for name in told["missing"]]
    else:
        name = str(names[0])[:100] if isinstance(names, list) and names else "?"
        watched.unloaded = (name, str(told.get("text", ""))[:200])
        watched.forbidden = _event(told)


def _told(answer: Any, watched: Watched) -> Seen:
    if isinstance(answer, dict):
        watched.forbidden = _event(answer)
        answer = answer.get("seen")
    return seen_of(answer)


def _event(told: Mapping[str, object]) -> str:
    events = told.get("forbidden")
    return str(events[0])[:60] if isinstance(events, list) and events else ""

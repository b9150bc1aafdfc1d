"""The process that parses: forks a child for a batch, watches it, and forks another behind an input that killed it.

Rule: it never sees a truth. Frames on its stdin: length, JSON [[[parser, text], …], whether values are wanted]. Frames on
its stdout: index, status, microseconds, length, content. A child publishes (index, when it began) in shared memory; who
spends more than the limit on one input is killed, and that input is hung. A machine that is busy with other things makes
nobody hang: while the child is runnable but had less than half of the limit of the processor, it gets up to ten times the
limit.
"""

import json
import mmap
import os
import select
import signal
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgents.parsing.strategy import Parsed, Strategy
from kgents.parsing.wire import TooLarge, encode

LENGTH = struct.Struct("=I")
HEAD = struct.Struct("=IBII")  # index, status, microseconds, length
PLACE = struct.Struct("=qdd")  # index, monotonic, processor seconds when it began
RETURNED, REJECTED, CRASHED, HUNG = range(4)
STATUSES = ("returned", "rejected", "crashed", "hung")
PATIENCE = 10
BUFFER = 1 << 15
LARGEST = 16_000_000
HELD_BACK = 0.005  # seconds that results may wait for company
_Ending = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one input may take: seconds, and megabytes beyond what the process has at its start."""

    seconds: float = 1.0
    memory_mb: int = 512


def read_exactly(descriptor: int, count: int) -> bytes:
    """So many bytes; fewer at the end of the stream."""
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_all(descriptor: int, content: bytes) -> None:
    """All of it."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def frame(index: int, status: int, micros: int, content: bytes) -> bytes:
    """One result."""
    return HEAD.pack(index, status, min(micros, 0xFFFFFFFF), len(content)) + content


class Worker:
    """Serves batches until its input ends."""

    def __init__(self, parsers: Sequence[Strategy], schema: Any, bounds: Bounds, confine: Callable[[], None]) -> None:
        self._parsers = parsers
        self._schema = schema
        self._bounds = bounds
        self._confine = confine
        self._values = True
        self._place = mmap.mmap(-1, PLACE.size)

    def serve(self, source: int, sink: int) -> None:
        """Reads batches, writes results."""
        while True:
            head = read_exactly(source, LENGTH.size)
            if len(head) < LENGTH.size:
                return
            jobs, self._values = json.loads(read_exactly(source, LENGTH.unpack(head)[0]))
            self._range(jobs, 0, len(jobs), sink)

    def _range(self, jobs: list[tuple[int, str]], start: int, end: int, sink: int) -> None:
        """Runs the jobs from `start` to `end`; what a dying child had not handed over is run again without the killer."""
        while start < end:
            seen, stuck, ending = self._fork(jobs, start, end, sink)
            if seen >= end:
                return
            stuck = min(max(stuck, seen), end - 1)
            self._range(jobs, seen, stuck, sink)
            write_all(sink, frame(stuck, *ending))
            start = stuck + 1

    def _fork(self, jobs: list[tuple[int, str]], start: int, end: int, sink: int) -> tuple[int, int, _Ending]:
        """Runs jobs in one child; (the first that has no result, the one it ended at, how it ended)."""
        self._publish(start)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._child(jobs, start, end, writing)
        os.close(writing)
        try:
            return self._relay(child, reading, start, sink)
        finally:
            os.close(reading)

    def _publish(self, index: int) -> None:
        PLACE.pack_into(self._place, 0, index, time.monotonic(), time.process_time())

    # in the parent

    def _relay(self, child: int, reading: int, start: int, sink: int) -> tuple[int, int, _Ending]:
        """Passes results on while the child works."""
        rest = b""
        seen = start
        overdue = False
        tick = min(0.05, self._bounds.seconds / 4)
        while True:
            ready, _, _ = select.select([reading], [], [], tick)
            if ready:
                part = os.read(reading, 1 << 20)
                if not part:
                    break
                rest += part
                seen, rest = self._pass_on(rest, seen, sink)
            elif self._over(child):
                overdue = True
                _kill(child)
                break
        _, status = os.waitpid(child, 0)
        stuck, began, _ = PLACE.unpack_from(self._place, 0)
        micros = round((time.monotonic() - began) * 1e6)
        if overdue:
            return seen, stuck, (HUNG, micros, f"no end within {self._bounds.seconds:g} s".encode())
        return seen, stuck, (CRASHED, micros, _how(status).encode())

    def _pass_on(self, content: bytes, seen: int, sink: int) -> tuple[int, bytes]:
        """Writes the whole frames; (the index after the last of them, what is left)."""
        position = 0
        while position + HEAD.size <= len(content):
            index, _, _, length = HEAD.unpack_from(content, position)
            if position + HEAD.size + length > len(content):
                break
            position += HEAD.size + length
            seen = index + 1
        if position:
            write_all(sink, content[:position])
        return seen, content[position:]

    def _over(self, child: int) -> bool:
        """Whether the child has spent too long on one input."""
        _, began, used = PLACE.unpack_from(self._place, 0)
        spent = time.monotonic() - began
        if spent < self._bounds.seconds:
            return False
        state, processor = _stat(child)
        starved = state == "R" and processor - used < self._bounds.seconds / 2
        return not starved or spent > PATIENCE * self._bounds.seconds

    # in the child

    def _child(self, jobs: list[tuple[int, str]], start: int, end: int, writing: int) -> None:
        try:
            self._confine()
            _limit_memory(self._bounds.memory_mb)
            buffer, flushed = bytearray(), time.monotonic()
            for index in range(start, end):
                parser, text = jobs[index]
                self._publish(index)
                buffer += frame(index, *self._parse(self._parsers[parser], text))
                if len(buffer) > BUFFER or time.monotonic() - flushed > HELD_BACK:
                    write_all(writing, bytes(buffer))
                    buffer.clear()
                    flushed = time.monotonic()
            write_all(writing, bytes(buffer))
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever happens in here is the input's, and the parent sees it end
            os._exit(70)

    def _parse(self, parser: Strategy, text: str) -> tuple[int, int, bytes]:
        """(status, microseconds of the parser alone, content)."""
        clock = time.perf_counter if parser.waits else time.process_time
        begun, micros = clock(), 0
        try:
            answer = parser.parse(text, self._schema)
            micros = round((clock() - begun) * 1e6)
            parsed = answer if isinstance(answer, Parsed) else Parsed(answer)
            return RETURNED, micros, _content(parsed) if self._values else b""
        except parser.rejects as wrong:
            status = CRASHED if isinstance(wrong, TooLarge) else REJECTED
            return status, micros or round((clock() - begun) * 1e6), _said(wrong)
        except BaseException as wrong:  # noqa: BLE001 - an error that was not declared is the parser's crash
            return CRASHED, micros or round((clock() - begun) * 1e6), _said(wrong)


def _content(parsed: Parsed) -> bytes:
    content = encode(parsed.value)
    if len(content) > LARGEST:
        raise TooLarge(f"a value of {len(content)} bytes")
    if parsed.complete and not parsed.repairs and not parsed.errors:
        return b"\x00" + content
    notes = json.dumps([parsed.complete, list(parsed.repairs)[:50], list(parsed.errors.items())[:50]]).encode()
    return b"\x02" + LENGTH.pack(len(notes)) + notes + content


def _said(wrong: BaseException) -> bytes:
    try:
        return f"{type(wrong).__name__}: {str(wrong)[:300]}".encode("utf-8", "replace")
    except BaseException:  # noqa: BLE001 - an error that cannot even be printed
        return type(wrong).__name__.encode()


def _kill(child: int) -> None:
    """Ends a child, and what it has started where it leads a group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _limit_memory(megabytes: int) -> None:
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        pages = 0
    wanted = pages * resource.getpagesize() + (megabytes << 20)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _stat(child: int) -> tuple[str, float]:
    """(state, processor seconds) of a process; what cannot be read is taken as running and idle."""
    try:
        parts = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        return parts[0], (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return "S", 0.0


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"killed by signal {number} ({signal.Signals(number).name})"
    return f"ended its process with status {os.waitstatus_to_exitcode(status)}"


def silence() -> tuple[int, int]:
    """Moves stdin and stdout out of the reach of whoever prints; returns where they are now."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return source, sink

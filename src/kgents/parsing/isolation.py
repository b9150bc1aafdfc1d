"""The judge's end of the process that parses: batches in, answers out.

Rule: whatever happens in there is an answer. A worker that dies as a whole is started again for what is left; an input
that kills it twice is crashed.
"""

import asyncio
import json
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from kgents.errors import SandboxUnavailable, UsageError
from kgents.parsing.oracle import Answer
from kgents.parsing.wire import decode
from kgents.parsing.worker import HEAD, LENGTH, STATUSES

LARGEST_FRAME = 64_000_000
_MAIN = "import sys\nfrom importlib import import_module\nimport_module(sys.argv.pop(1)).main()\n"


class Isolation:
    """A process that parses, started when it is first needed.

    child  the module whose `main` confines that process and serves in it, by its dotted name
    """

    def __init__(self, job: Mapping[str, object], environment: Mapping[str, str], child: str) -> None:
        self._job = json.dumps(job)
        self._child = child
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.confinement: tuple[str, ...] = ()

    async def answers(self, jobs: Sequence[tuple[int, str]], values: bool = True) -> list[Answer]:
        """The answers to (parser, text), in order; without `values` only what became of each, and how long it took."""
        answers: list[Answer] = []
        died_at = -1
        while len(answers) < len(jobs):
            done = len(answers)
            try:
                await self._batch(jobs[done:], answers, values)
            except ConnectionError:
                await self.aclose()
                if len(answers) == died_at:
                    answers.append(Answer("crashed", error="ended the process that parses"))
                died_at = len(answers)
        return answers

    async def start(self) -> None:
        """Starts the process. UsageError where a parser cannot be loaded, SandboxUnavailable where it does not start."""
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _MAIN, self._child, self._job, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env=dict(self._environment), limit=1 << 22, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        try:
            greeting = json.loads(line)
        except ValueError:
            assert self._process.stderr is not None
            last = (await self._process.stderr.read()).decode(errors="replace").strip().splitlines()[-1:]
            await self.aclose()
            raise SandboxUnavailable(f"the process that parses did not start: {''.join(last)}", "kg doctor") from None
        if "error" in greeting:
            await self.aclose()
            raise UsageError(greeting["error"], greeting["hint"])
        self.confinement = tuple(greeting["confinement"])

    async def _batch(self, jobs: Sequence[tuple[int, str]], answers: list[Answer], values: bool) -> None:
        await self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        content = json.dumps([jobs, values]).encode()
        process.stdin.write(LENGTH.pack(len(content)) + content)
        finished = False
        try:
            await self._receive(process.stdout, len(jobs), answers, values)
            finished = True
        finally:
            if not finished:
                await self.aclose()

    async def _receive(self, stream: asyncio.StreamReader, count: int, answers: list[Answer], values: bool) -> None:
        """Takes `count` results; ConnectionError where the process ends or breaks its protocol."""
        rest, expected = b"", 0
        while expected < count:
            part = await stream.read(1 << 20)
            if not part:
                raise ConnectionError("the process that parses has ended")
            rest += part
            position = 0
            while len(rest) - position >= HEAD.size:
                index, status, micros, length = HEAD.unpack_from(rest, position)
                if index != expected or status >= len(STATUSES) or length > LARGEST_FRAME:
                    raise ConnectionError("the process that parses does not keep to its protocol")
                start, end = position + HEAD.size, position + HEAD.size + length
                if len(rest) < end:
                    break
                answers.append(_answer(STATUSES[status], micros, rest[start:end], values))
                position, expected = end, expected + 1
            rest = rest[position:]

    async def aclose(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            import os
            import signal

            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        transport = getattr(process, "_transport", None)
        if transport is not None:
            transport.close()


def _answer(status: str, micros: int, content: bytes, values: bool) -> Answer:
    if status != "returned":
        return Answer(status, error=content.decode(errors="replace"), micros=micros)
    if not values:
        return Answer(status, micros=micros)
    try:
        if content[:1] == b"\x00":
            return Answer(status, decode(content[1:]), micros=micros)
        (length,) = LENGTH.unpack_from(content, 1)
        start = 1 + LENGTH.size
        complete, repairs, errors = json.loads(content[start : start + length])
        value = decode(content[start + length :])
    except (ValueError, TypeError, IndexError, RecursionError, struct.error):
        return Answer("crashed", error="wrote something else than a value", micros=micros)
    return Answer(status, value, bool(complete), tuple(map(str, repairs)), tuple((str(a), str(b)) for a, b in errors),
                  micros=micros)  # fmt: skip

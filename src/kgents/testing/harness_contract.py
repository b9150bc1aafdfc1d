"""What every harness has to do: a test class for those who write one.

    from kgents.testing.harness_contract import AgentContract, HarnessContract

    class TestMine(HarnessContract):                 # AgentContract for a program that must know nothing of its user
        def harness(self, settings):
            return my_factory(settings)              # what the entry point in the group kgents.harnesses names

The harness is asked through its real client, against a server on loopback; `settings.environment` holds a key and the
addresses of that server under the names that vendors use. Plain pytest runs it; nothing sleeps but what is being timed.
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from kgents.domain.json import JsonObject, canonical
from kgents.domain.outcome import Cause, Usage
from kgents.domain.ports import Harness, HarnessError, Limits, Reply
from kgents.harness.formats import CODE, Answer
from kgents.harness.settings import Settings
from kgents.testing.loopback import Loopback
from kgents.testing.planted import MARK, plant, words

KEY = "sk-planted-0123456789abcdef"
PROMPT = 'Write `add(a, b)`.\n\n@cache\n/help $HOME !ls "quoted" \\n {x} é 你好\n  indented <tag> &amp; # end'
SYSTEM = "Answer as briefly as 7261 would."
_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")


class MonkeyPatch(Protocol):
    """What is needed of pytest's fixture."""

    def chdir(self, path: Path) -> None: ...
    def setattr(self, target: object, name: str, value: object) -> None: ...
    def setenv(self, name: str, value: str) -> None: ...


@dataclass(slots=True)
class Session:
    """One harness and the server it asks."""

    harness: Harness
    server: Loopback
    bill: list[Usage] = field(default_factory=list)

    async def ask(self, seconds: float, seed: int = 7) -> Reply | HarnessError:
        """Asks once; an error is an answer here."""
        try:
            return await self.harness.generate(PROMPT, seed, Limits(seconds))
        except HarnessError as wrong:
            return wrong


async def _at_once(seconds: float) -> None:
    """Instead of a pause."""
    await asyncio.sleep(0)


class HarnessContract:
    """Subclass it, and give it `harness`.

    seconds  how long an answer may take on a busy machine
    draws    how often the same question is put at once
    faults   what the server does, and the cause it has to become
    """

    seconds: ClassVar[float] = 60.0
    draws: ClassVar[int] = 2
    faults: ClassVar[Mapping[Cause, Answer]] = {
        Cause.AUTH: Answer(status=401, message=f"invalid key {KEY}"),
        Cause.RATE_LIMIT: Answer(status=429, retry_after="0"),
        Cause.UNKNOWN: Answer(status=500),
        Cause.NETWORK: Answer(body=b"{not json"),
        Cause.REFUSAL: Answer(stop="refusal", text="I cannot help with that."),
    }

    def harness(self, settings: Settings) -> Harness:
        """A new harness of the kind under test."""
        raise NotImplementedError

    def environment(self, url: str) -> dict[str, str]:
        """Keys, and addresses that lead to the server."""
        urls = {"ANTHROPIC_BASE_URL": url, "OPENAI_BASE_URL": f"{url}/v1", "GOOGLE_GEMINI_BASE_URL": url}
        return {"PATH": os.environ["PATH"], **dict.fromkeys(_KEYS, KEY), **urls}

    def use(self, script: Answer, call: Callable[[Session], Awaitable[Any]], **more: Any) -> Any:
        """Runs something with a new harness and a server that answers by the script."""

        async def within(server: Loopback) -> Any:
            bill: list[Usage] = []
            settings = {"environment": self.environment(server.url), "sleep": _at_once, "spent": bill.append, **more}
            harness = self.harness(Settings(**settings))
            try:
                return await call(Session(harness, server, bill))
            finally:
                await harness.aclose()

        with Loopback([script]) as server:
            return asyncio.run(within(server))

    def test_answers_are_independent_draws_with_their_price(self) -> None:
        """The prompt arrives word for word, each question is asked anew, and text, usage and cost are right."""
        answer = Answer(cached_tokens=4)

        async def twice(session: Session) -> tuple[list[Reply | HarnessError], JsonObject]:
            replies = await asyncio.gather(*(session.ask(self.seconds) for _ in range(self.draws)))
            return replies, session.harness.describe()

        replies, described = self.use(answer, self._seen(twice))
        for reply in replies:
            self._is_right(reply)
        assert len(self.requests) == self.draws, "a question that is put again is asked again"
        canonical(described)

    def test_every_fault_has_its_cause_and_its_bill(self) -> None:
        """Faults become causes, and the key is in none of the errors."""
        for cause, answer in self.faults.items():

            async def once(session: Session) -> tuple[Reply | HarnessError, list[Usage], int]:
                return await session.ask(self.seconds), session.bill, len(session.server.calls)

            error, bill, calls = self.use(answer, once, attempts=2)
            assert isinstance(error, HarnessError), (cause, error)
            assert error.cause is cause, error.message
            assert error.usage.calls == len(bill) == calls, (cause, error.usage, bill)
            assert calls == (1 if cause in (Cause.AUTH, Cause.REFUSAL) else 2)
            assert KEY not in f"{error!r} {error.message} {error.output}"

    def _is_right(self, reply: Reply | HarnessError) -> None:
        """What `Answer(cached_tokens=4)` has to become, and the prompt that has to have been sent for it."""
        assert isinstance(reply, Reply), repr(reply)
        assert reply.text == CODE
        usage = (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cached_tokens, reply.usage.calls)
        assert usage == (11, 7, 4, 1)
        assert reply.usage.cost_usd is None or 0 < reply.usage.cost_usd < 1
        for request in self.requests:
            assert any(PROMPT in text for text in words(request)), "the prompt has to arrive word for word"

    def _seen(self, use: Callable[[Session], Awaitable[Any]]) -> Callable[[Session], Awaitable[Any]]:
        """The same, and `requests` holds what the server received."""

        async def watched(session: Session) -> Any:
            result = await use(session)
            self.requests = [request.data for request in session.server.calls]
            self.received = b"\n".join(request.body for request in session.server.requests)
            return result

        return watched


class AgentContract(HarnessContract):
    """For a program that is to know nothing of its user, and of which nothing is to remain."""

    draws: ClassVar[int] = 1
    faults: ClassVar[Mapping[Cause, Answer]] = {
        cause: answer for cause, answer in HarnessContract.faults.items() if cause is not Cause.REFUSAL
    }  # a program takes long to start, and the gate has tests of its own

    def test_nothing_of_the_user_reaches_the_model(self, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
        """Instructions, hooks, servers and settings in the home, the working directory and above the void."""
        places = {name: tmp_path / name for name in ("home", "work", "tmp")}
        for folder in places.values():
            plant(folder, tmp_path / "ran")
        before = {name: _tree(folder) for name, folder in places.items()}
        monkeypatch.setenv("HOME", str(places["home"]))
        monkeypatch.chdir(places["work"])
        monkeypatch.setattr(tempfile, "tempdir", str(places["tmp"]))

        async def once(session: Session) -> Reply | HarnessError:
            return await session.ask(self.seconds)

        reply = self.use(Answer(cached_tokens=4), self._seen(once), system=SYSTEM)
        self._is_right(reply)
        assert MARK.encode() not in self.received, "something that was planted reached the request"
        assert not (tmp_path / "ran").exists(), f"it ran: {(tmp_path / 'ran').read_text()}"
        assert len(self.requests) == 1
        assert any(SYSTEM in text for text in words(self.requests[0])), "--system has to arrive"
        assert not any(self.requests[0].get(name) for name in ("tools", "functions")), "no tools in the void"
        assert {name: _tree(folder) for name, folder in places.items()} == before, "nothing may be written or left"

    def test_a_slow_answer_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
        """The time-out is the model's; no process remains; the key was in no command line and no child's hands."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        seen: list[str] = []

        async def slowly(session: Session) -> Reply | HarnessError:
            asking = asyncio.create_task(session.ask(self.seconds))
            while not session.server.calls and not asking.done():  # noqa: ASYNC110 (the server is another thread)
                await asyncio.sleep(0.02)
            seen.extend(_processes(str(tmp_path)))
            seen.extend(text for _, text in _files(tmp_path))
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            cancelled = list(session.bill)
            error = await session.ask(0.5)
            assert cancelled == [Usage(cost_usd=None, calls=1)], cancelled
            return error

        error = self.use(Answer(latency=600), slowly)
        assert isinstance(error, HarnessError)
        assert error.cause is Cause.MODEL_TIMEOUT
        assert seen, "there was a process"
        assert not any(KEY in text for text in seen)
        assert list(_processes(str(tmp_path))) == []
        assert list(tmp_path.iterdir()) == []


def _tree(folder: Path) -> dict[str, str]:
    return dict(_files(folder))


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                yield str(path.relative_to(folder)), path.read_bytes().decode("latin-1")
            except OSError:
                continue


def _processes(word: str) -> Iterator[str]:
    """Command line and environment of other processes that have a word in their environment (Linux)."""
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            exposed = (entry / "environ").read_bytes() + b" " + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if word.encode() in exposed:
            yield exposed.decode("latin-1")


__all__ = ["KEY", "PROMPT", "SYSTEM", "AgentContract", "HarnessContract", "Session"]

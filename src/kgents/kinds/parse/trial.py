"""`parse`: a trial is one malformed input, whose truth is known, given to one strategy.

Arms are strategies, and all of them face the same inputs. Trials that are in flight together go to the process that
parses in batches; the truth stays here. Trial 0 of an arm also carries the controls of its strategy, and the first trial of
each new way to fail carries the smallest input that fails in this way.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

from kgents.domain.outcome import Cause, Outcome
from kgents.domain.ports import Slot
from kgents.errors import KgentsError, UsageError
from kgents.kinds.parse.data import ParseConfig
from kgents.parsing.controls import ControlsData, control, shown
from kgents.parsing.corpora import Corpus, Given, built_in
from kgents.parsing.credit import credit_of
from kgents.parsing.isolation import Isolation
from kgents.parsing.keywords import Keywords
from kgents.parsing.mutator import chosen
from kgents.parsing.oracle import GOOD, HONEST, KINDS, OUTCOMES, SILENT, Answer, Judged, ParseOutcome, judge
from kgents.parsing.shrink import shrink
from kgents.parsing.source import Input, Source, input_to_data

CHILD = "kgents.kinds.parse.child"  # the module that a process that parses begins with
KEPT = 20_000  # characters of a text in the record
AT_ONCE = 32  # inputs of a batch: what a batch came to is recorded before the next one begins
_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # no keys, no secrets
CAUSES = {
    ParseOutcome.GUESS: Cause.PARTIAL_GUESS,
    ParseOutcome.REJECTED: Cause.REJECTED,
    ParseOutcome.INCOMPLETE: Cause.REJECTED,
    ParseOutcome.UNDECODED: Cause.UNDECODED,
    ParseOutcome.CORRUPTED: Cause.CORRUPTED,
    ParseOutcome.CRASHED: Cause.EXCEPTION,
    ParseOutcome.HUNG: Cause.TIMEOUT,
}


def corpus_of(config: ParseConfig) -> Corpus:
    """The corpus that a configuration names or holds."""
    if config["documents"] is not None:
        return Given([(name, value) for name, value in config["documents"]], config["language"])
    if config["generated"]:
        from kgents.parsing.corpora.conforming import conforming

        return conforming(cast(Keywords, config["schema"] or {}))
    return built_in(config["corpus"] or "")


def source_of(config: ParseConfig) -> Source:
    """Where the inputs of a configuration come from."""
    mutators = chosen(",".join(config["mutators"]), config["language"])
    return Source(corpus_of(config), mutators, config["weights"], tuple(config["severities"]))


class Parse:
    """Runs trials of parsing, as many at once as are in flight."""

    def __init__(self, config: ParseConfig, environment: Mapping[str, str]) -> None:
        self._config = config
        self._source = source_of(config)
        self._stacks = {mutator.name: mutator for mutator in chosen(None, config["language"])}
        self._mutators = list(self._stacks)
        self._waiting: list[tuple[Slot, asyncio.Future[Outcome]]] = []
        self._working: asyncio.Task[None] | None = None
        self._seen: dict[int, set[tuple[str, ...]]] = {}
        kept = {name: environment[name] for name in _ENVIRONMENT if name in environment}
        job = {
            "parsers": config["strategies"], "language": config["language"], "schema": config["schema"],
            "seconds": config["seconds"], "memory_mb": config["memory_mb"],
        }  # fmt: skip
        self._isolation = Isolation(job, {**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}, CHILD)

    async def start(self) -> None:
        """Starts the process that parses; UsageError where a parser cannot be loaded."""
        await self._isolation.start()
        for number, arm in enumerate(self._config["strategies"]):
            if "parser" in arm:
                (answer,) = await self._isolation.answers([(number, self._source.clean(self._config["seed"]).text)])
                if answer.error.startswith(("NoData: ", "TypeError: ")):
                    await self._isolation.aclose()
                    raise UsageError(f"--parser {arm['name']} cannot be asked: {answer.error.partition(': ')[2]}",
                                     "it gets a text (or a text and a schema) and returns plain data, a pydantic model or a "
                                     "dataclass")  # fmt: skip

    async def run_trial(self, slot: Slot) -> Outcome:
        """The outcome of the batch that this trial is in."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((slot, future))
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._work())
        return await future

    async def aclose(self) -> None:
        """Ends the process that parses."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working])
        await self._isolation.aclose()

    async def _work(self) -> None:
        while self._waiting:
            most = AT_ONCE * len(self._config["strategies"])
            batch, self._waiting = self._waiting[:most], self._waiting[most:]
            try:
                outcomes = await self._outcomes([slot for slot, _ in batch])
            except (KgentsError, OSError) as wrong:
                outcomes = [Outcome.failed(Cause.SANDBOX, str(wrong)) for _ in batch]
            except Exception as bug:  # noqa: BLE001 - whoever waits has to be told
                for _, future in batch:
                    if not future.done():
                        future.set_exception(bug)
                continue
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)

    async def _outcomes(self, slots: Sequence[Slot]) -> list[Outcome]:
        inputs: dict[int, Input] = {}
        for slot in slots:
            if slot.index not in inputs:
                inputs[slot.index] = self._source.input(slot.seed)
        answers: dict[Slot, Answer] = {}
        for arm in sorted({slot.arm for slot in slots}):  # a batch of its own: nobody writes results for another
            mine = [slot for slot in slots if slot.arm == arm]
            got = await self._isolation.answers([(arm, inputs[slot.index].text) for slot in mine])
            answers.update(zip(mine, got, strict=True))
        outcomes = []
        for slot in slots:
            answer = answers[slot]
            case = inputs[slot.index]
            judged = judge(case, answer, self._config["schema"])
            extra: dict[str, object] = {}
            if slot.index == 0 and self._config["controls"]:
                extra["controls"] = await self._controls(slot)
            small = await self._shrunk(slot.arm, case, judged, answer)
            if small is not None:
                extra["shrunk"] = small
            outcomes.append(self._outcome(case, answer, judged, extra))
        return outcomes

    async def _controls(self, slot: Slot) -> ControlsData:
        async def ask(texts: Sequence[str]) -> list[Answer]:
            return await self._isolation.answers([(slot.arm, text) for text in texts])

        async def timed(texts: Sequence[str]) -> list[Answer]:
            return await self._isolation.answers([(slot.arm, text) for text in texts], values=False)

        controls = await control(self._source, ask, slot.seed, self._config["controls"], timed)
        return {**controls.to_data(), "confinement": list(self._isolation.confinement)}

    async def _shrunk(self, arm: int, case: Input, judged: Judged, answer: Answer) -> dict[str, object] | None:
        """The smallest input of a new way to fail; None where this way is known, or there are enough."""
        if judged.outcome in GOOD or judged.outcome in HONEST:
            return None
        seen = self._seen.setdefault(arm, set())
        sign = (judged.outcome.value, judged.kind, case.family)
        alike = sum(other[0] == sign[0] for other in seen)
        if sign in seen or alike >= self._config["examples"]:
            return None
        seen.add(sign)

        async def ask(texts: Sequence[str]) -> list[Answer]:
            return await self._isolation.answers([(arm, text) for text in texts])

        stack = [self._stacks[name] for name in case.mutators]
        small = await shrink(case, stack, judged, answer, ask, self._config["schema"])
        return {**input_to_data(small.input), "expected": expected(small.input), "got": _got(small.answer)}

    def _outcome(self, case: Input, answer: Answer, judged: Judged, extra: Mapping[str, object]) -> Outcome:
        outcome = judged.outcome
        metadata = {**_metadata(case, answer, judged), **extra}
        lead = next(name for name in case.mutators if self._stacks[name].family == case.family)
        score = (
            int(outcome in SILENT),
            OUTCOMES.index(outcome),
            KINDS.index(judged.kind),
            self._mutators.index(lead),
            case.severity,
        )
        text = "" if answer.status != "returned" else shown(answer.value, KEPT)
        seconds = answer.micros / 1e6
        if outcome in GOOD:
            confidence = max(0.0, 1 - 0.1 * len(answer.repairs)) if answer.complete else 0.5
            return Outcome.passed(
                text, metadata=metadata, score=score, seconds=seconds, repairs=answer.repairs, confidence=confidence
            )
        metadata["expected"] = expected(case)
        why = f"{outcome.value}{f' ({judged.kind})' if judged.kind else ''}: {lead}"
        return Outcome.failed(
            CAUSES[outcome],
            f"{why}: {answer.error}" if answer.error else why,
            text,
            metadata=metadata,
            score=score,
            seconds=seconds,
            repairs=answer.repairs,
            confidence=0.0,
        )


def _metadata(case: Input, answer: Answer, judged: Judged) -> dict[str, object]:
    """What the record says of an input and of what became of it."""
    metadata: dict[str, object] = {
        "input": case.text[:KEPT], "outcome": judged.outcome.value, "class": case.family, "mutators": list(case.mutators),
        "level": case.level.value, "document": case.document,
    }  # fmt: skip
    if judged.kind:
        metadata["kind"] = judged.kind
    if case.whole is not None and answer.status == "returned":
        metadata["credit"] = round(credit_of(case, answer.value), 4)
    if case.redrawn:
        metadata["redrawn"] = case.redrawn
    if answer.errors:
        metadata["errors"] = dict(answer.errors)
    return metadata


def expected(case: Input) -> str | None:
    """The right answer as text; None where there is none."""
    return None if case.level.value == "none" else shown(case.truth, KEPT)


def _got(answer: Answer) -> str:
    return shown(answer.value, KEPT) if answer.status == "returned" else f"{answer.status}: {answer.error}"

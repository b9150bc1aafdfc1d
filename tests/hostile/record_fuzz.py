"""Hostile bytes to what reads them: `python tests/hostile/record_fuzz.py --rounds 2000 --seed 1`.

Three readers: the decoder of answers that a candidate sends, the reader of marks, and imports of experiments. A reader may
refuse with the error that it documents; anything else is a breach, as is an import whose record does not verify afterwards.
"""

import argparse
import asyncio
import base64
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import kgents as kg
from kgents.domain.mark import ORIGIN, Mark, digest, mark_id, read_mark
from kgents.errors import TamperedRecord, UsageError
from kgents.sandbox.inside.values import decode, encode
from kgents.store.archive import Archive, export_experiment, import_experiment
from kgents.store.sql import SqlStore
from kgents.store.witness import verify

VALUES: tuple[Any, ...] = (
    [1, 2.5, "a", None, True], (1, (2, 3)), {1, 2.5}, frozenset({"x"}), {"k": [1, {2: "v"}]}, b"\x00\xff", 1 + 2j, 10**40,
)  # fmt: skip
ATOMS: tuple[Any, ...] = (
    None, True, -1, 10**400, 1e308, "", "\ud800", "exp-a", "ledger", "../../x", "\x1b[2J", [], {}, [[]], {"s": [[]]},
    {"t": 3}, {"m": [[1]]}, {"x": "1e999999999"}, {"who": {"tags": 3}}, "A" * 5000,
)  # fmt: skip


def mutated(random: Random, data: Any) -> Any:
    """JSON data in which one part is another atom, is left out, is there twice, or is nested deeper."""
    if isinstance(data, list | dict) and data and random.random() < 0.85:
        keys: list[Any] = list(range(len(data))) if isinstance(data, list) else list(data)
        key = random.choice(keys)
        copy: Any = list(data) if isinstance(data, list) else dict(data)
        choice = random.random()
        if choice < 0.1:
            del copy[key]
        elif choice < 0.2 and isinstance(copy, list):
            copy.append(copy[key])
        else:
            copy[key] = mutated(random, copy[key])
        return copy
    return [data] if random.random() < 0.1 else random.choice(ATOMS)


def spoilt(random: Random, content: bytes) -> bytes:
    """Bytes of which some are others, are missing, or are there twice."""
    array = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at, choice = random.randrange(len(array) + 1), random.random()
        end = at + random.randint(1, 40)
        if choice < 0.4 and at < len(array):
            array[at] = random.randrange(256)
        elif choice < 0.7:
            del array[at:end]
        else:
            array[at:at] = array[at:end]
    return bytes(array)


def rechained(lines: list[dict[str, Any]], random: Random) -> bytes:
    """An export of which one mark says something else, or the text of its names does, under a chain that holds."""
    marks = [json.loads(line["mark"]) for line in lines if "mark" in line]
    texts = [line for line in lines if "text" in line]
    if random.random() < 0.2:
        names = next(line for line in texts if line["text"] == marks[0]["data"]["names"])
        content = json.dumps(mutated(random, json.loads(base64.b64decode(names["base64"])))).encode()
        names.update(text=digest(content), base64=base64.b64encode(content).decode())
        marks[0]["data"]["names"] = names["text"]
    else:
        mark = marks[0] if random.random() < 0.5 else random.choice(marks)
        mark["data"] = mutated(random, mark["data"])
    head, bodies = ORIGIN, []
    for mark in marks:
        bodies.append(json.dumps({**mark, "prev": head}, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        head = mark_id(bodies[-1].encode("utf-8", "surrogatepass"))
    whole = [{**lines[0], "size": len(bodies), "head": head}, *({"mark": body} for body in bodies), *texts, lines[-1]]
    return "".join(json.dumps(line) + "\n" for line in whole).encode()


class Campaign:
    """Counts what the readers did: `outcomes` by reader and result, `breaches` as sentences."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.breaches: list[str] = []

    def _read(self, reader: str, read: Callable[[], Any], material: Any) -> None:
        try:
            read()
            self.outcomes[f"{reader} read"] += 1
        except ValueError:
            self.outcomes[f"{reader} refused"] += 1
        except Exception as wrong:  # noqa: BLE001 - this is what is looked for
            self.breaches.append(f"{reader}: {type(wrong).__name__}: {wrong} for {str(material)[:200]}")

    def answer(self) -> None:
        """One answer of a candidate."""
        data = json.loads(json.dumps(encode(self._random.choice(VALUES))))
        for _ in range(self._random.randint(1, 3)):
            data = mutated(self._random, data)
        self._read("answer", lambda: decode(data), data)

    def mark(self, body: bytes) -> None:
        """One mark."""
        evil = spoilt(self._random, body)
        self._read("mark", lambda: read_mark(evil), evil)

    async def file(self, honest: bytes, folder: Path) -> None:
        """One import into a new record; what is let in has to verify."""
        path = folder / "evil.jsonl"
        path.write_bytes(self._file(honest))
        (folder / "fuzz.db").unlink(missing_ok=True)
        store = await SqlStore.open(f"sqlite:///{folder / 'fuzz.db'}")
        try:
            await import_experiment(store, Archive(path), datetime.now(UTC))
            problems = [problem async for checked in verify(store) for problem in checked.problems]
            self.breaches += [f"import: {problem}" for problem in problems]
            self.outcomes["import read"] += 1
        except (UsageError, TamperedRecord):
            self.outcomes["import refused"] += 1
        except Exception as wrong:  # noqa: BLE001 - this is what is looked for
            self.breaches.append(f"import: {type(wrong).__name__}: {wrong}")
        finally:
            await store.aclose()

    def _file(self, honest: bytes) -> bytes:
        if self._random.random() < 0.3:
            return spoilt(self._random, honest)
        lines = [json.loads(line) for line in honest.splitlines()]
        if self._random.random() < 0.7:
            return rechained(lines, self._random)
        number = self._random.randrange(len(lines))
        lines[number] = mutated(self._random, lines[number])
        return "".join(json.dumps(line) + "\n" for line in lines).encode()


async def _honest(url: str, path: Path) -> list[Mark]:
    store = await SqlStore.open(url)
    try:
        (experiment,) = [name for name in await store.logs() if name != "ledger"]
        await export_experiment(store, experiment, path, with_user=True)
        return [mark async for mark in store.marks(experiment)]
    finally:
        await store.aclose()


def run(rounds: int, seed: int) -> Campaign:
    """A campaign: so many answers and marks, and a twentieth as many imports."""
    campaign = Campaign(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'honest.db'}"
        kg.decide(lambda: (True, "an output"), target=0.5, name="honest", tags=["a", "b"], seed=1, database=url)
        marks = asyncio.run(_honest(url, folder / "honest.jsonl"))
        honest = (folder / "honest.jsonl").read_bytes()
        for number in range(rounds):
            campaign.answer()
            campaign.mark(marks[number % len(marks)].body)
            if number % 20 == 0:
                asyncio.run(campaign.file(honest, folder))
    return campaign


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.process_time()
    campaign = run(options.rounds, options.seed)
    seconds = time.process_time() - begun
    sys.stdout.write(f"{dict(campaign.outcomes)}; {len(campaign.breaches)} breaches; {seconds:.1f} s CPU\n")
    for breach in campaign.breaches[:20]:
        sys.stdout.write(f"  {breach}\n")
    sys.exit(bool(campaign.breaches))


if __name__ == "__main__":
    main()

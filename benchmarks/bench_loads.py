"""`kgents.parsing.loads` measured: valid JSON beside json.loads, repairs beside json_repair, streaming, long and hostile texts.

Run: python benchmarks/bench_loads.py

Times are processor seconds, the least of several runs; each row has its peer, measured in turn with it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from kgents.parsing import Partial, Rejected, loads
from kgents.parsing.malformed import published

RUNS = 5


def seconds(call: Callable[[], object], runs: int = RUNS) -> float:
    """The least processor time of several calls."""
    found = []
    for _ in range(runs):
        begun = time.process_time()
        call()
        found.append(time.process_time() - begun)
    return min(found)


def document(kilobytes: int) -> str:
    """A valid document of about this size."""
    row = {
        "id": 1,
        "name": "Ann Lee",
        "tags": ["a", "b"],
        "score": 0.75,
        "note": "a line\nand another",
        "ok": True,
        "next": None,
    }
    count = kilobytes * 1024 // len(json.dumps(row))
    return json.dumps({"rows": [{**row, "id": number} for number in range(count)]})


def schema() -> Any:
    """The model of those documents."""
    from pydantic import BaseModel

    class Row(BaseModel):
        id: int
        name: str
        tags: list[str]
        score: float
        note: str
        ok: bool
        next: None

    class Rows(BaseModel):
        rows: list[Row]

    return Rows


def valid() -> Iterator[tuple[str, float, float]]:
    """Valid JSON of 494 KB, with and without a schema."""
    text, model = document(494), schema()
    yield "valid, 494 KB, beside json.loads", seconds(lambda: loads(text)), seconds(lambda: json.loads(text))
    peer = seconds(lambda: model.model_validate(json.loads(text)))
    yield "valid, with a model, beside json.loads + pydantic", seconds(lambda: loads(text, model)), peer


def repairs() -> Iterator[tuple[str, float, float]]:
    """Broken texts beside json_repair: those of the published corpus, and one of 100 KB."""
    import json_repair

    texts = [line["text"] for line in published() if line["level"] in ("exact", "ambiguous", "prefix")]
    large = document(100)[:-1].replace('"ok": true', "ok: True") + ",}"

    def every(parse: Callable[[str], object], among: list[str]) -> None:
        for text in among:
            try:
                parse(text)
            except (Rejected, ValueError, RecursionError):
                continue

    for name, among in ((f"{len(texts)} broken texts, beside json_repair", texts), ("broken, 100 KB", [large])):
        yield (
            name,
            seconds(lambda among=among: every(loads, among), 2),
            seconds(lambda among=among: every(json_repair.loads, among), 2),
        )


def streaming() -> Iterator[tuple[str, float, float]]:
    """1 MB fed byte by byte beside 1 MB fed at once."""
    text = document(1024)

    def fed(step: int) -> None:
        partial = Partial()
        for start in range(0, len(text), step):
            partial.feed(text[start : start + step])
        assert partial.complete

    yield "1 MB byte by byte, beside at once", seconds(lambda: fed(1), 2), seconds(lambda: fed(len(text)), 2)


def growth() -> Iterator[tuple[str, float, float]]:
    """Hostile texts of double size beside those of the size: 2 is linear, 4 quadratic."""
    shapes: dict[str, Callable[[int], str]] = {
        "unclosed <think>": lambda size: "<think>" * size,
        "opening brackets": lambda size: "[" * size,
        "quotes in a string": lambda size: '{"a": "' + 'x "y" ' * size + '"}',
        "fences": lambda size: "```json\n{\n" * size,
        "commas": lambda size: '{"a": 1' + "," * size + "}",
    }

    def tried(text: str) -> None:
        try:
            loads(text)
        except Rejected:
            return

    for name, shape in shapes.items():
        small, large = shape(8000), shape(16000)
        yield (
            f"{name}, 16 000 beside 8 000",
            seconds(lambda large=large: tried(large), 2),
            seconds(lambda small=small: tried(small), 2),
        )


def imported() -> float:
    """Processor seconds of `import kgents.parsing` beyond those of the interpreter."""
    code = "import time; begun = time.process_time(); import kgents.parsing; print(time.process_time() - begun)"
    return min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(RUNS))


def main() -> None:
    """Prints milliseconds and ratios."""
    for rows in (valid(), repairs(), streaming(), growth()):
        for name, mine, peer in rows:
            print(f"{name:52} {1000 * mine:9.1f} ms {1000 * peer:9.1f} ms {mine / peer:6.2f} x", flush=True)
    print(f"{'import kgents.parsing':52} {1000 * imported():9.1f} ms")


if __name__ == "__main__":
    main()

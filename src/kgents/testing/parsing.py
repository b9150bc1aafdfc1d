"""For the tests that `kg experiment parse --export` writes: one input, one parser, one assertion."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any

from kgents.kinds.parse.trial import CHILD
from kgents.parsing.isolation import Isolation
from kgents.parsing.oracle import Answer, ParseOutcome, judge
from kgents.parsing.source import input_from_data

WRONG = frozenset({ParseOutcome.CORRUPTED, ParseOutcome.GUESS, ParseOutcome.CRASHED, ParseOutcome.HUNG})


def survives(data: Mapping[str, Any]) -> None:
    """AssertionError where the parser gets this input wrong; what is right, and a clean rejection, pass."""
    case = input_from_data(data)
    answer = asyncio.run(_ask(data))
    judged = judge(case, answer, data["schema"])
    shown = answer.error or repr(answer.value)[:500]
    expected = "" if data.get("expected") is None else f"; right would be {data['expected'][:500]}"
    assert judged.outcome not in WRONG, f"{judged.outcome} {judged.kind}: {case.text[:500]!r} became {shown}{expected}"


async def _ask(data: Mapping[str, Any]) -> Answer:
    job = {"parsers": [data["parser"]], "language": data["language"], "schema": data["schema"],
           "seconds": data["seconds"], "memory_mb": data["memory_mb"]}  # fmt: skip
    isolation = Isolation(job, dict(os.environ), CHILD)
    try:
        (answer,) = await isolation.answers([(0, data["text"])])
    finally:
        await isolation.aclose()
    return answer

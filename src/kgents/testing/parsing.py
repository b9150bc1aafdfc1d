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


def survives(given: Mapping[str, Any]) -> None:
    """AssertionError where the parser gets this input wrong; what is right, and a clean rejection, pass."""
    found = input_from_data(given)
    answer = asyncio.run(_ask(given))
    judged = judge(found, answer, given["schema"])
    shown = answer.error or repr(answer.value)[:500]
    expected = "" if given.get("expected") is None else f"; right would be {given['expected'][:500]}"
    assert judged.outcome not in WRONG, f"{judged.outcome} {judged.kind}: {found.text[:500]!r} became {shown}{expected}"


async def _ask(given: Mapping[str, Any]) -> Answer:
    job = {"parsers": [given["parser"]], "language": given["language"], "schema": given["schema"],
           "seconds": given["seconds"], "memory_mb": given["memory_mb"]}  # fmt: skip
    isolation = Isolation(job, dict(os.environ), CHILD)
    try:
        (answer,) = await isolation.answers([(0, given["text"])])
    finally:
        await isolation.aclose()
    return answer

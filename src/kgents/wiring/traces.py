"""`laws` of recorded traces put together: a file of traces becomes a request. No model is asked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgents.domain.json import digest_of
from kgents.domain.plan import Layout
from kgents.domain.ports import Kind
from kgents.errors import UsageError
from kgents.experiments.coherence import Traces
from kgents.laws.cores import needs_z3
from kgents.stats import Design, Prior, Rule
from kgents.wiring.conduct import Request
from kgents.wiring.settings import Settings

_KEYS = ("trace", "text", "solution", "output")


def request(path: Path, run: Mapping[str, Any]) -> Request:
    """A request for the coherence of the traces of a file. UsageError names a bad line, and a missing Z3."""
    needs_z3("--traces")
    traces = _read(path)
    config = {"type": "coherence", "traces": traces}
    arms = tuple(trace["name"] for trace in traces)
    return Request(
        "coherence", config, Design(Rule.FIXED, None, 0.95, 1, Prior(), 0.0), arms=arms, layout=Layout.BLOCKS,
        oracle="exact arithmetic, Z3", facts={"spec": digest_of(traces), "decider": "verdicts"},
        boundary_digest=digest_of("one examination per trace"), **run,
    )  # fmt: skip


def _read(path: Path) -> list[dict[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"--traces {path}: {wrong}", "name a file of UTF-8 text that can be read") from wrong
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as wrong:
            raise UsageError(f"--traces {path}, line {number}: not JSON: {wrong}") from wrong
        text = next((data[key] for key in _KEYS if key in data), None) if isinstance(data, dict) else None
        if not isinstance(text, str):
            raise UsageError(f"--traces {path}, line {number}: there is no text under {', '.join(_KEYS)}")
        found.append({"name": f"trace {number}", "text": text})
    if not found:
        raise UsageError(f"--traces {path}: there is no trace in it")
    return found


async def builder(experiment: str, config: Mapping[str, Any], settings: Settings) -> Kind:
    """The kind that a recorded configuration stands for."""
    return Traces(config)

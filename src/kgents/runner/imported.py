"""Experiments that were read from a file: what they would run is somebody else's until the user says otherwise."""

import json
from collections.abc import Iterator
from typing import Any

from kgents.domain.mark import LEDGER
from kgents.domain.ports import Store
from kgents.errors import UsageError
from kgents.store.ledger import read_ledger

_RUN = ("argv", "command", "parser", "object", "path", "base_url", "candidates")


async def refuse_untrusted(store: Store, experiment: str, config: Any) -> None:
    """UsageError that names what an imported experiment would run, ask or read outside the sandbox."""
    if experiment not in (await read_ledger(store.marks(LEDGER))).imported:
        return
    commands = list(dict.fromkeys(_commands(config)))
    if commands:
        shown = "; ".join(commands[:5]) + (f" and {len(commands) - 5} more" if len(commands) > 5 else "")
        raise UsageError(
            f"{experiment} was imported, and to go on with it would use {shown}",
            f"if you trust where it came from: kg experiment resume {experiment} --trust-imported",
        )


def _commands(config: Any) -> Iterator[str]:
    """What a configuration names that is run, loaded or asked, one line each, as JSON: nothing in it can be mistaken."""
    match config:
        case dict():
            for name, value in config.items():
                if name in _RUN and value:
                    yield f"{name} {json.dumps(value)[:300]}"
                else:
                    yield from _commands(value)
        case list():
            for value in config:
                yield from _commands(value)

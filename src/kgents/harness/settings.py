"""What a coder is made from: the options of a run and what its kind hands over.

Rule: a coder reads neither the environment nor the configuration itself; everything it may know is here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kgents.domain.outcome import Usage
from kgents.harness.credentials import UNNAMED, Named
from kgents.harness.limiter import Limiters

Sleep = Callable[[float], Awaitable[None]]


def _always(spent: Usage) -> bool:
    """No budget."""
    return True


def _nothing(spent: Usage) -> None:
    """Nobody keeps the books."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Options are None where they were not given.

    environment      variables a coder may look at or hand on; keys are looked up here and nowhere else
    keys             what the user said about which key goes to which server
    executables      agent CLIs that were found: name → path
    references       the right program for a prompt, for the simulated coder
    max_output_tokens, temperature, top_p, system   how a model is asked
    prompt_style     completion: for the rest of the prompt; None: for an answer to it
    requests_per_minute, tokens_per_minute   shared by all trials that use one key
    attempts         how often one question is put before its error counts
    may_spend        asked before each paid attempt, with what this question has consumed so far: is there budget left?
    spent            told what each attempt consumed as soon as it ends, also when it failed or was cancelled
    limiters         shared by all coders of a run, so that one key has one limiter
    """

    harness: str | None = None
    model: str | None = None
    base_url: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    system: str | None = None
    prompt_style: str | None = None
    keys: Named = UNNAMED
    candidates: Path | None = None
    command: str | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    attempts: int = 4
    environment: Mapping[str, str] = field(default_factory=dict)
    executables: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    may_spend: Callable[[Usage], bool] = _always
    spent: Callable[[Usage], None] = _nothing
    limiters: Limiters = field(default_factory=Limiters)
    sleep: Sleep = asyncio.sleep

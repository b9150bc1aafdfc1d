"""Which coder a run asks, and how it is made again from the record on resume."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from kgents.domain.ports import Harness, HarnessError
from kgents.errors import UsageError
from kgents.harness.choice import AGENTS, Choice, choose
from kgents.harness.model_name import check_url, without_user
from kgents.harness.registry import make
from kgents.harness.settings import Settings as CoderSettings
from kgents.harness.user_config import named_in_record, remember_key
from kgents.harness.void_harness import VoidHarness
from kgents.kinds.kind import RunContext

FIELDS = ("base_url", "api_key_env", "temperature", "top_p", "max_output_tokens", "system", "candidates", "command",
          "requests_per_minute", "tokens_per_minute")  # fmt: skip


@runtime_checkable
class Asks(Protocol):
    """A coder that knows which settings reach its model."""

    async def honoured(self) -> Mapping[str, bool]:
        """Seed, temperature and max_tokens: whether requests carry them. Raises HarnessError."""


def executables(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Agent CLIs on the PATH."""
    path = environment.get("PATH", "")
    return {name: where for name in AGENTS if (where := shutil.which(name, path=path))}


def models_installed() -> bool:
    """Whether the extra kgents[models] is there; nothing is imported."""
    return importlib.util.find_spec("pydantic_ai") is not None


def choose_coder(harness: str | None, model: str | None, context: RunContext) -> Choice:
    """The coder that options, environment and machine ask for."""
    return choose(
        harness,
        model,
        context.environment,
        {key: str(value) for key, value in context.project().items() if key in ("harness", "model")},
        list(executables(context.environment)),
        models_installed=models_installed(),
    )


def coder_config(choice: Choice, options: Mapping[str, Any], own: Mapping[str, Any] = {}) -> dict[str, Any]:
    """What the record keeps of a coder: JSON data without secrets.

    own  what this arm says for itself; it goes before the options of the run, and its address takes no key of theirs
    """
    if own.get("base_url") is not None:
        options = {**options, "api_key_env": None}
    options = {**options, **own}
    config: dict[str, Any] = {name: options.get(name) for name in FIELDS if options.get(name) is not None}
    for name in ("requests_per_minute", "tokens_per_minute", "max_output_tokens"):
        if config.get(name, 1) < 1:
            raise UsageError(f"--{name.replace('_', '-')} {config[name]}: at least 1")
    if not 0 <= config.get("temperature", 0) <= 100:
        raise UsageError(f"--temperature {config['temperature']:g}: from 0 up; most models take 0 to 2")
    if options.get("candidates") is not None:
        config["candidates"] = str(Path(options["candidates"]).resolve())
    if config.get("base_url") is not None:
        check_url(config["base_url"], f"--base-url {without_user(config['base_url'])}")
    if not 0 < config.get("top_p", 1) <= 1:
        raise UsageError(f"top_p = {config['top_p']:g}: above 0 and at most 1", "such as top_p=0.9")
    variable = config.get("api_key_env")
    if variable is not None and not variable.isidentifier():
        raise UsageError("--api-key-env: that is no name of a variable", "name the variable, never the key itself")
    prompt = {"prompt": own["prompt"]} if "prompt" in own else {}
    coder = {"harness": choice.harness, "model": choice.model, **config, **prompt}
    remember_key(coder)
    return coder


def question_for(coder: Mapping[str, Any], question: str) -> str:
    """What a recorded coder is asked: the question of the run, in a prompt of its own where it has one."""
    return str(coder.get("prompt", "{spec}")).replace("{spec}", question)


async def described(coders: Sequence[Harness]) -> list[dict[str, Any]]:
    """What the plan says of coders: how each describes itself, and which settings its requests really carry.

    The coders are closed. What is unusual about one is said on stderr.
    """
    try:
        known = [await _honoured(coder) for coder in coders]
        doubts = [coder.doubt() if isinstance(coder, VoidHarness) else None for coder in coders]
        for doubt in filter(None, doubts):
            print(f"warning: {doubt}", file=sys.stderr)  # noqa: T201
        unusual = [{"doubt": doubt} if doubt else {} for doubt in doubts]
        told = zip(coders, known, unusual, strict=True)
        return [{**coder.describe(), **more, **doubt} for coder, more, doubt in told]
    finally:
        for coder in coders:
            await coder.aclose()


async def _honoured(coder: Harness) -> dict[str, object]:
    if not isinstance(coder, Asks):
        return {}
    try:
        return {"honoured": dict(await coder.honoured())}
    except HarnessError:
        return {}  # the first trial says what is wrong, and the record keeps it


def make_coder(config: Mapping[str, Any], context: RunContext, references: Mapping[str, str]) -> Harness:
    """The coder of a recorded configuration."""
    candidates = config.get("candidates")
    if candidates and not Path(candidates).is_file():
        raise UsageError(f"--candidates {candidates}: there is no such file")
    fields = {name: config[name] for name in FIELDS if config.get(name) is not None and name != "api_key_env"}
    if candidates:
        fields["candidates"] = Path(candidates)
    made = CoderSettings(
        harness=config["harness"],
        model=config.get("model"),
        keys=named_in_record(config),
        environment=context.environment,
        executables=executables(context.environment),
        references=references,
        may_spend=context.ledger.may_spend,
        spent=context.ledger.spent,
        limiters=context.limiters,
        **fields,
    )
    return make(config["harness"], made)

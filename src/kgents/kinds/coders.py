"""Which coder a run asks, and how it is made again from the record on resume."""

import importlib.util
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from kgents.domain.notice import tell
from kgents.domain.ports import Harness, HarnessError
from kgents.errors import HarnessUnavailable, UsageError
from kgents.harness.askable import check_askable
from kgents.harness.choice import AGENTS, Choice, choose
from kgents.harness.completions import MOST_TOKENS
from kgents.harness.model_name import check_url, without_user
from kgents.harness.registry import make
from kgents.harness.settings import Settings
from kgents.harness.user_config import named_in_record, remember_key
from kgents.kinds.kind import RunContext
from kgents.kinds.options import ArmOptions, AskedArm, CoderConfig, CoderOptions, picked

NOTHING_SAID = ArmOptions()
NO_REFERENCES: Mapping[str, str] = {}
NO_MODEL = ("simulated", "replay")  # nobody behind them says what a setting may be


@runtime_checkable
class Asks(Protocol):
    """A coder that knows which settings reach its model."""

    async def honoured(self) -> Mapping[str, bool]:
        """Seed, temperature and max_tokens: whether requests carry them. Raises HarnessError."""


@runtime_checkable
class Doubts(Protocol):
    """A coder that may be doubtful, and says of what."""

    def doubt(self) -> str | None:
        """What is unusual about it, in one line; None where nothing is."""


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


def coder_config(choice: Choice, options: CoderOptions, own: ArmOptions = NOTHING_SAID) -> CoderConfig:
    """What the record keeps of a coder: JSON data without secrets.

    own  what this arm says for itself; it goes before the options of the run, and its address takes no key of theirs
    """
    key = {"api_key_env": None} if own.get("base_url") is not None else {}
    coder = picked(CoderConfig, options, {"name": None}, key, own)
    coder["harness"], coder["model"] = choice.harness, choice.model
    if "candidates" in coder:
        coder["candidates"] = str(Path(coder["candidates"]).resolve())
    _check(coder)
    _check_style(choice, coder)
    remember_key(coder)
    return coder


def _check(coder: CoderConfig) -> None:
    """UsageError for a number out of its range, an address that none can be, and a key in place of a variable."""
    for flag, count in (
        ("requests-per-minute", coder.get("requests_per_minute", 1)),
        ("tokens-per-minute", coder.get("tokens_per_minute", 1)),
        ("max-output-tokens", coder.get("max_output_tokens", 1)),
    ):
        if count < 1:
            raise UsageError(f"--{flag} {count}: at least 1", f"such as --{flag} 1000, or leave it out")
    if not 0 <= coder.get("temperature", 0) <= 100:
        raise UsageError(f"--temperature {coder['temperature']:g}: from 0 up; most models take 0 to 2", "such as 0.7")
    if coder["harness"] in NO_MODEL and coder.get("temperature", 0) > 2:
        raise UsageError(f"--temperature {coder['temperature']:g}: models take 0 to 2", "such as 0.7")
    if "base_url" in coder:
        check_url(coder["base_url"], f"--base-url {without_user(coder['base_url'])}")
    if not 0 < coder.get("top_p", 1) <= 1:
        raise UsageError(f"top_p = {coder['top_p']:g}: above 0 and at most 1", "such as top_p=0.9")
    if not coder.get("api_key_env", "none").isidentifier():
        raise UsageError("--api-key-env: that is no name of a variable", "name the variable, never the key itself")


def coders_of(
    arms: Mapping[str, AskedArm], options: CoderOptions, context: RunContext
) -> tuple[Mapping[str, Choice], list[CoderConfig]]:
    """(the choice of each arm, what the record keeps of their coders)."""
    choices: dict[str, Choice] = {}
    coders: list[CoderConfig] = []
    for name, arm in arms.items():
        with _said_of(name):
            choices[name] = choose_coder(arm.harness, arm.model, context)
            coder = coder_config(choices[name], options, arm.own)
        coder["name"] = name
        coders.append(coder)
    return choices, coders


@contextmanager
def _said_of(arm: str) -> Iterator[None]:
    """What cannot be done is said of the arm that asks for it; the one arm of a run that compares nothing has no name."""
    try:
        yield
    except (UsageError, HarnessUnavailable) as wrong:
        if not arm:
            raise
        raise type(wrong)(f"--arm {arm}: {wrong}", wrong.hint) from wrong


def make_coders(
    coders: Sequence[CoderConfig], context: RunContext, references: Mapping[str, str] = NO_REFERENCES
) -> list[Harness]:
    """The coders of a run, which say now what is missing. Made once: they describe themselves, and answer its trials.

    references  the right program for a prompt, which may come in until the first trial
    """
    made = []
    for coder in coders:
        with _said_of(coder.get("name", "")):
            made.append(make_coder(coder, context, references))
    return made


async def close(coders: Sequence[Harness]) -> None:
    """Closes coders that no trial will ask."""
    for coder in coders:
        await coder.aclose()


def own_seeds(arms: Mapping[str, AskedArm]) -> dict[str, list[int | None]]:
    """The fact of a plan whose arms have roots of seeds of their own; empty where none has."""
    seeds = [arm.own.get("seed") for arm in arms.values()]
    return {"seeds": seeds} if any(seed is not None for seed in seeds) else {}


def only_arm(options: CoderOptions) -> Mapping[str, AskedArm]:
    """The one arm of a run that compares nothing."""
    return {"": AskedArm(options.get("model"), options.get("harness"))}


def _check_style(choice: Choice, coder: CoderConfig) -> None:
    """Completions are for models without a chat: an answer gets a cap. UsageError for what a base model does not take."""
    if "prompt_style" not in coder:
        return
    if "system" in coder:
        raise UsageError(
            "--system and --prompt-style completion contradict each other", "a base model has no system prompt"
        )
    if choice.harness in AGENTS:
        raise UsageError(f"--prompt-style completion: {choice.harness} chats", "name a base model: --model, --base-url")
    if choice.harness == "api":
        coder.setdefault("max_output_tokens", MOST_TOKENS)


def question_for(coder: CoderConfig, question: str) -> str:
    """What a recorded coder is asked: the question of the run, in a prompt of its own where it has one."""
    return str(coder.get("prompt", "{spec}")).replace("{spec}", question)


async def described(coders: Sequence[Harness]) -> list[dict[str, object]]:
    """What the plan says of coders: how each describes itself, and which settings its requests really carry.

    What is unusual about one is said on stderr. Where one cannot say it, all are closed.
    """
    try:
        known = [await _honoured(coder) for coder in coders]
    except BaseException:
        await close(coders)
        raise
    doubts = [coder.doubt() if isinstance(coder, Doubts) else None for coder in coders]
    for doubt in filter(None, doubts):
        tell("coder", doubt, "warning")
    unusual = [{"doubt": doubt} if doubt else {} for doubt in doubts]
    told = zip(coders, known, unusual, strict=True)
    return [{**coder.describe(), **more, **doubt} for coder, more, doubt in told]


async def _honoured(coder: Harness) -> dict[str, object]:
    if not isinstance(coder, Asks):
        return {}
    try:
        return {"honoured": dict(await coder.honoured())}
    except HarnessError:
        return {}  # the first trial says what is wrong, and the record keeps it


def check_coders(
    arms: Mapping[str, AskedArm], options: CoderOptions, context: RunContext, usd: str | None = None
) -> None:
    """Raises what is wrong with the coders that are asked for, as far as it shows without making them.

    usd  the budget, which needs a price
    """
    for coder in coders_of(arms, options, context)[1]:
        if usd is not None and coder["harness"] == "api" and "base_url" in coder:
            raise UsageError(
                f"--budget-usd would never stop this run: nobody knows the prices of {without_user(coder['base_url'])}",
                "use --budget-tokens or --budget-seconds",
            )
        with _said_of(coder.get("name", "")):
            check_askable(coder["harness"], _settings_of(coder, context, NO_REFERENCES))


def make_coder(config: CoderConfig, context: RunContext, references: Mapping[str, str]) -> Harness:
    """The coder of a recorded configuration."""
    return make(config["harness"], _settings_of(config, context, references))


def _settings_of(config: CoderConfig, context: RunContext, references: Mapping[str, str]) -> Settings:
    """What a coder is made from."""
    candidates = config.get("candidates")
    if candidates and not Path(candidates).is_file():
        raise UsageError(
            f"--candidates {candidates}: there is no such file", "paths are relative to the working directory"
        )
    return Settings(
        harness=config["harness"],
        model=config.get("model"),
        base_url=config.get("base_url"),
        temperature=config.get("temperature"),
        top_p=config.get("top_p"),
        max_output_tokens=config.get("max_output_tokens"),
        system=config.get("system"),
        prompt_style=config.get("prompt_style"),
        candidates=Path(candidates) if candidates else None,
        command=config.get("command"),
        requests_per_minute=config.get("requests_per_minute"),
        tokens_per_minute=config.get("tokens_per_minute"),
        keys=named_in_record(config),
        environment=context.environment,
        executables=executables(context.environment),
        references=references,
        may_spend=context.ledger.may_spend,
        spent=context.ledger.spent,
        limiters=context.limiters,
    )

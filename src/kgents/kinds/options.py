"""What several kinds are asked by a command line, and what the record keeps of it: names and types, which mypy checks.

Rule: a kind reads no option that its class of options does not name; the command line has a class for each of its commands,
which extends those of the kinds that it asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict, TypeVar, cast

from kgents.domain.plan import Budget, Errors, Layout

D = TypeVar("D", bound=Mapping[str, object])


class CoderOptions(TypedDict, total=False):
    """Who is asked. Absent or None: not said.

    candidates   a file with an answer a line, for the coder `replay`
    api_key_env  the variable whose key goes to the server of `base_url`
    """

    harness: str | None
    model: str | None
    base_url: str | None
    api_key_env: str | None
    temperature: float | None
    max_output_tokens: int | None
    system: str | None
    prompt_style: str | None
    candidates: Path | None
    command: str | None
    requests_per_minute: int | None
    tokens_per_minute: int | None


class ArmOptions(TypedDict, total=False):
    """What an arm says for itself. `prompt` has {spec} once: there goes the question of the run. `seed` is the root of the
    arm's seeds, which it else shares with the others. `python` is the path of the interpreter that runs its candidates.
    """

    temperature: float
    top_p: float
    seed: int
    max_output_tokens: int
    system: str
    prompt: str
    base_url: str
    api_key_env: str
    python: str


@dataclass(frozen=True, slots=True)
class AskedArm:
    """One arm of models: a model and a harness, as far as they are named, and what it says for itself."""

    model: str | None
    harness: str | None
    own: ArmOptions = field(default_factory=ArmOptions)


class CoderConfig(TypedDict):
    """What the record keeps of a coder: no secrets, and of what was not said nothing."""

    harness: str
    model: str | None
    name: NotRequired[str]
    base_url: NotRequired[str]
    api_key_env: NotRequired[str]
    temperature: NotRequired[float]
    top_p: NotRequired[float]
    max_output_tokens: NotRequired[int]
    system: NotRequired[str]
    prompt_style: NotRequired[str]
    candidates: NotRequired[str]
    command: NotRequired[str]
    requests_per_minute: NotRequired[int]
    tokens_per_minute: NotRequired[int]
    prompt: NotRequired[str]
    python: NotRequired[str]


class SandboxOptions(TypedDict):
    """Where candidates run, and what they can import there; as options and in the record."""

    allow_weak_sandbox: bool
    sandbox: NotRequired[str | None]
    packages: NotRequired[str | None]
    module_path: NotRequired[str | None]
    python: NotRequired[str | None]


class CodersConfig(SandboxOptions):
    """What the records of kinds that ask for code have in common."""

    coders: list[CoderConfig]


class RunSettings(TypedDict):
    """What a Request has of the options that every command of trials has."""

    seed: int
    name: str | None
    tags: tuple[str, ...]
    errors: Errors
    budget: Budget
    max_errors: int | None
    with_user: bool
    capped_by_default: bool


class LaidOutSettings(RunSettings):
    """With a layout of the trials."""

    layout: Layout


class PairedSettings(LaidOutSettings):
    """With the rule of a comparison."""

    boundary_digest: str


def picked(shape: type[D], *options: Mapping[str, object]) -> D:
    """The members that `shape` names, each of the last options that have it; without those that are None."""
    merged = {name: value for each in options for name, value in each.items()}
    return cast(D, {name: merged[name] for name in shape.__annotations__ if merged.get(name) is not None})


def as_written(shape: type[D], config: Mapping[str, object]) -> D:
    """A recorded configuration in the shape in which its kind writes it: the record's digest says that it is the one.

    Nothing is checked here: what an older version did not write is absent, and its kind says so by NotRequired.
    """
    return cast(D, config)

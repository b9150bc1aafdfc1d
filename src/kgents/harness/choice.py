"""Which coder is asked when none is named.

Rule: a pure function of what was given and found. What costs money is chosen only where its key is there and its
client is installed; what is simulated is never chosen without a warning.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kgents.errors import UsageError
from kgents.harness.simulated import WARNING

KEYS: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
}
DEFAULT_MODELS: Mapping[str, str] = {
    "anthropic": "anthropic:claude-sonnet-5-5",
    "openai": "openai:gpt-6.1-terra",
    "google": "google:gemini-3.8-flash",
}
AGENTS: Mapping[str, tuple[str, ...]] = {
    "claude": ("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"),
    "codex": ("CODEX_API_KEY", "OPENAI_API_KEY"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "opencode": ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "llm": ("OPENAI_API_KEY", "LLM_OPENAI_KEY"),
}  # agent CLIs that passed the contract test, and the variables their key may be in
EXTRA = "pip install 'kgents[models]'"


@dataclass(frozen=True, slots=True)
class Choice:
    """The coder to ask: harness and model as the options spell them, why, and what has to be said about it."""

    harness: str
    model: str | None
    why: str
    warning: str | None = None


def choose(
    harness: str | None,
    model: str | None,
    environment: Mapping[str, str],
    config: Mapping[str, str],
    installed: Collection[str],
    *,
    models_installed: bool,
) -> Choice:
    """Options first, then KGENTS_MODEL and [tool.kgents], then an API key, then an agent CLI, then the simulation.

    config            the table [tool.kgents]; of it `harness` and `model` are read
    found             names of agent CLIs that are on the PATH
    models_installed  whether the extra kgents[models] is there
    """
    sources = (
        ("--harness" if harness else "--model", harness, model),
        ("KGENTS_HARNESS" if environment.get("KGENTS_HARNESS") else "KGENTS_MODEL",
         environment.get("KGENTS_HARNESS"), environment.get("KGENTS_MODEL")),
        ("[tool.kgents]", config.get("harness"), config.get("model")),
    )  # fmt: skip
    for why, named, asked in sources:
        if named or asked:
            return _given(why, named, asked)
    return _by_key(environment, models_installed) or _by_cli(environment, installed) or _simulated(environment)


def _given(why: str, harness: str | None, model: str | None) -> Choice:
    if harness is None:
        harness = "simulated" if (model or "").partition(":")[0].partition(",")[0] == "simulated" else "api"
    if harness == "simulated":
        return Choice(harness, model or "simulated", why, WARNING)
    if harness == "api" and not model:
        raise UsageError("--harness api: which model?", "name it: --model anthropic:claude-sonnet-5-5")
    return Choice(harness, model, why)


def _by_key(environment: Mapping[str, str], models_installed: bool) -> Choice | None:
    if not models_installed:
        return None
    for vendor, variables in KEYS.items():
        for variable in variables:
            if environment.get(variable):
                return Choice("api", DEFAULT_MODELS[vendor], f"{variable} is set")
    return None


def _by_cli(environment: Mapping[str, str], installed: Collection[str]) -> Choice | None:
    """An agent CLI with a key of its own: the user's login stays outside of the void."""
    for name, variables in AGENTS.items():
        for variable in variables:
            if name in installed and environment.get(variable):
                return Choice(name, None, f"{name} was found and {variable} is set")
    return None


def _simulated(environment: Mapping[str, str]) -> Choice:
    key = next((name for names in KEYS.values() for name in names if environment.get(name)), None)
    why = f"{key} is set, but the client is not installed: {EXTRA}" if key else "no model, key or agent CLI was found"
    return Choice("simulated", "simulated", why, WARNING)

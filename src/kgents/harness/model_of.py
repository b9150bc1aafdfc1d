"""The model that settings name, behind an API; nothing that asks it is loaded."""

import importlib.util
from dataclasses import replace

from kgents.errors import UsageError
from kgents.harness.choice import EXTRA
from kgents.harness.completions import SPEAKING
from kgents.harness.model_name import ModelName, resolve
from kgents.harness.settings import Settings


def model_of(settings: Settings) -> ModelName:
    """The model behind an API, and its key. UsageError where there is none; HarnessUnavailable: the key is not set."""
    if settings.model is None:
        raise UsageError("--harness api: which model?", "name it: --model anthropic:claude-sonnet-5-5")
    if importlib.util.find_spec("pydantic_ai") is None:
        raise UsageError(f"--model {settings.model}: the client is not installed", EXTRA)
    name = resolve(settings.model, settings.base_url, settings.environment, settings.keys)
    if settings.prompt_style is None:
        return name
    if name.vendor not in SPEAKING:
        raise UsageError(f"--prompt-style completion: {name.vendor} only chats", "leave it out, or --base-url")
    return replace(name, vendor="openai-chat") if name.vendor == "openai" else name

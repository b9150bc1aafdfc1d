"""Names of models as `vendor:model`, and the variable that holds the key of each vendor.

Rule: what is wrong with a name is said before trial 1 and without importing any client.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from kgents.errors import HarnessUnavailable, UsageError

# Vendors of pydantic-ai and the variables their key may be in; () where the client finds its credentials itself.
VENDORS: Mapping[str, tuple[str, ...]] = {
    "alibaba": ("ALIBABA_API_KEY", "DASHSCOPE_API_KEY"),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "azure": ("AZURE_OPENAI_API_KEY",),
    "bedrock": (),
    "cerebras": ("CEREBRAS_API_KEY",),
    "cohere": ("CO_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY",),
    "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "google-cloud": (),
    "groq": ("GROQ_API_KEY",),
    "heroku": ("HEROKU_INFERENCE_KEY",),
    "huggingface": ("HF_TOKEN",),
    "litellm": (),
    "meta": (),
    "mistral": ("MISTRAL_API_KEY",),
    "moonshotai": ("MOONSHOTAI_API_KEY",),
    "nebius": ("NEBIUS_API_KEY",),
    "ollama": (),
    "openai": ("OPENAI_API_KEY",),
    "openai-chat": ("OPENAI_API_KEY",),
    "openai-responses": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "ovhcloud": ("OVHCLOUD_API_KEY",),
    "sambanova": ("SAMBANOVA_API_KEY",),
    "together": ("TOGETHER_API_KEY",),
    "vercel": ("VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"),
    "vllm": (),
    "xai": ("XAI_API_KEY",),
    "zai": ("ZAI_API_KEY",),
}
BASE_URLS: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_BASE_URL",
    "openai": "OPENAI_BASE_URL",
    "openai-chat": "OPENAI_BASE_URL",
    "openai-responses": "OPENAI_BASE_URL",
    "google": "GOOGLE_GEMINI_BASE_URL",
    "ollama": "OLLAMA_BASE_URL",
    "vllm": "VLLM_BASE_URL",
}
_RENAMED = {"google-gla": "google", "google-vertex": "google-cloud", "gemini": "google", "claude": "anthropic"}
_FAMILIES = {"claude": "anthropic", "gpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "gemini": "google",
             "mistral": "mistral", "deepseek": "deepseek", "grok": "xai", "command": "cohere"}  # fmt: skip
NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class ModelName:
    """A vendor, a model of it, and how it is reached.

    key       the value of its key; None where the client finds its credentials itself
    base_url  None for the vendor's own address
    own_url   the address was given with --base-url: a server of the user's, whose prices nobody knows
    """

    vendor: str
    model: str
    key: str | None
    base_url: str | None = None
    own_url: bool = False

    def __str__(self) -> str:
        return f"{self.vendor}:{self.model}"

    def __repr__(self) -> str:
        return f"ModelName({self})"


def resolve(model: str, base_url: str | None, environment: Mapping[str, str]) -> ModelName:
    """What a `--model` stands for. UsageError: no such vendor; HarnessUnavailable: its key is not set."""
    head, colon, name = model.partition(":")
    vendor = canonical_vendor(head)
    if base_url is not None:
        check_url(base_url)
        if not colon or vendor not in VENDORS:
            vendor, name = "openai-chat", model
        elif vendor == "openai":
            vendor = "openai-chat"
    elif not colon or not name or vendor not in VENDORS:
        raise UsageError(f"--model {model}: no such model", _hint(model, vendor))
    url = base_url or environment.get(BASE_URLS.get(vendor, "")) or None
    return ModelName(vendor, name, _key(vendor, environment, base_url), url, base_url is not None)


def canonical_vendor(vendor: str) -> str:
    """The vendor by the name it has here."""
    return _RENAMED.get(vendor, vendor)


def without_user(url: str) -> str:
    """An address without the name and password that may be in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def _key(vendor: str, environment: Mapping[str, str], base_url: str | None) -> str | None:
    variables = VENDORS[vendor]
    for variable in variables:
        if environment.get(variable):
            return environment[variable]
    if base_url is not None:
        return NO_KEY
    if variables:
        raise HarnessUnavailable(f"--model {vendor}:…: {variables[0]} is not set", f"export {variables[0]}=…")
    return None


def check_url(url: str) -> None:
    """UsageError where this is not an address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(
            f"--base-url {url}: not an address of http or https", "as in --base-url http://localhost:8000/v1"
        )
    if parts.password is not None:
        raise UsageError(
            f"--base-url {without_user(url)}: a password in an address would be recorded",
            "put the key into a variable, such as OPENAI_API_KEY",
        )


def _hint(model: str, vendor: str) -> str:
    family = next((name for start, name in _FAMILIES.items() if model.startswith(start)), None)
    if ":" not in model and family:
        return f"did you mean --model {family}:{model}?"
    near = difflib.get_close_matches(vendor, [*VENDORS, "simulated"], 1, 0.6)
    if near:
        return f"did you mean --model {near[0]}:{model.partition(':')[2] or 'MODEL'}?"
    return "name vendor and model: --model anthropic:claude-sonnet-5-5; for a server of your own add --base-url"

"""Names of models as `vendor:model`, and the variable that holds the key of each vendor.

Rule: what is wrong with a name is said before trial 1 and without importing any client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from kgents.errors import UsageError, nearest
from kgents.harness.credentials import UNNAMED, Named, bind
from kgents.harness.origin import origin_of

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
    "cohere": "CO_BASE_URL",
    "groq": "GROQ_BASE_URL",
    "heroku": "HEROKU_INFERENCE_URL",
    "moonshotai": "MOONSHOTAI_BASE_URL",
    "sambanova": "SAMBANOVA_BASE_URL",
}
_RENAMED = {"google-gla": "google", "google-vertex": "google-cloud", "gemini": "google", "claude": "anthropic"}
_FAMILIES = {"claude": "anthropic", "gpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "gemini": "google",
             "mistral": "mistral", "deepseek": "deepseek", "grok": "xai", "command": "cohere"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelName:
    """A vendor, a model of it, and how it is reached.

    key       the value of its key; None where the client finds its credentials itself
    variable  that the key came from
    base_url  None for the vendor's own address
    own_url   the address was given with --base-url: a server of the user's, whose prices nobody knows
    """

    vendor: str
    model: str
    key: str | None
    base_url: str | None = None
    own_url: bool = False
    variable: str = ""

    def __str__(self) -> str:
        return f"{self.vendor}:{self.model}"

    def __repr__(self) -> str:
        return f"ModelName({self})"


def resolve(model: str, base_url: str | None, environment: Mapping[str, str], named: Named = UNNAMED) -> ModelName:
    """What a `--model` stands for, and its key. UsageError: no such vendor, no key named for this address;
    HarnessUnavailable: the key is not set.
    """
    head, colon, name = model.partition(":")
    vendor = canonical_vendor(head)
    if base_url is not None:
        if not colon or vendor not in VENDORS:
            vendor, name = "openai-chat", model
        elif vendor == "openai":
            vendor = "openai-chat"
    elif not colon or not name or vendor not in VENDORS:
        raise UsageError(f"--model {model}: no such model", _hint(model, vendor))
    url, asked = address_of(vendor, base_url, environment)
    bound = bind(vendor, VENDORS[vendor], url, named, environment, asked or f"--model {vendor}:…")
    return ModelName(vendor, name, bound.key, url, base_url is not None, bound.variable)


def address_of(vendor: str, base_url: str | None, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """(an address that was given, what gave it); (None, "") for the vendor's own. UsageError where it is none."""
    variable = BASE_URLS.get(vendor, "")
    url = base_url or environment.get(variable) or None
    if url is None:
        return None, ""
    asked = f"--base-url {without_user(url)}" if base_url is not None else f"{variable}={without_user(url)}"
    check_url(url, asked)
    return url, asked


def canonical_vendor(vendor: str) -> str:
    """The vendor by the name it has here."""
    return _RENAMED.get(vendor, vendor)


def without_user(url: str) -> str:
    """An address without the name and password that may be in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def check_url(url: str, asked: str) -> None:
    """UsageError where this is not an address; `asked` is the option or variable that gave it."""
    try:
        origin_of(url)
    except ValueError as error:
        raise UsageError(
            f"{asked}: not an address of http or https", "as in --base-url http://localhost:8000/v1"
        ) from error
    if "@" in urlsplit(url).netloc:
        raise UsageError(
            f"{asked}: a user or password in an address would be recorded",
            "put the key into a variable, and name it: --api-key-env NAME",
        )


def _hint(model: str, vendor: str) -> str:
    family = next((name for start, name in _FAMILIES.items() if model.startswith(start)), None)
    if ":" not in model and family:
        return f"did you mean --model {family}:{model}?"
    near = nearest(vendor, [*VENDORS, "simulated"])
    if near:
        return f"did you mean --model {near}:{model.partition(':')[2] or 'MODEL'}?"
    return "name vendor and model: --model anthropic:claude-sonnet-5-5; for a server of your own add --base-url"

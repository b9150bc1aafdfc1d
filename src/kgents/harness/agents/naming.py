"""Which model an agent CLI is to ask, and with which key."""

from collections.abc import Mapping

from kgents.errors import HarnessUnavailable, UsageError
from kgents.harness.agents.agent import Agent
from kgents.harness.choice import DEFAULT_MODELS
from kgents.harness.model_name import BASE_URLS, NO_KEY, VENDORS, ModelName, canonical_vendor, check_url
from kgents.harness.settings import Settings


def named(agent: Agent, settings: Settings) -> tuple[ModelName, str]:
    """The model and the variable of its key. UsageError: not a model of this agent; HarnessUnavailable: no key."""
    head, colon, rest = (settings.model or "").partition(":")
    vendor = canonical_vendor(head)
    if colon and vendor in VENDORS:
        model = rest
        if vendor not in agent.vendors:
            known = ", ".join(f"{name}:…" for name in agent.vendors)
            raise UsageError(f"--model {settings.model}: {agent.name} does not ask {vendor}", f"it asks {known}")
    else:
        vendor, model = _vendor(agent, settings), settings.model or ""
    if settings.base_url is not None:
        check_url(settings.base_url)
        if vendor == "openai" and "openai-chat" in agent.vendors:
            vendor = "openai-chat"
        if not model:
            raise UsageError(f"--harness {agent.name} --base-url: which model?", "name it: --model NAME")
    variable, key = _key(agent, vendor, settings)
    url = settings.base_url or settings.environment.get(BASE_URLS.get(vendor, "")) or None
    model = model or DEFAULT_MODELS[vendor.removesuffix("-chat")].partition(":")[2]
    return ModelName(vendor, model, key, url, settings.base_url is not None), variable


def _vendor(agent: Agent, settings: Settings) -> str:
    """The vendor of a model without one: the first whose key is there; a server of one's own speaks as OpenAI does."""
    if settings.base_url is not None and "openai-chat" in agent.vendors:
        return "openai-chat"
    with_key = (vendor for vendor, keys in agent.vendors.items() if _first(keys, settings.environment))
    return next(with_key, next(iter(agent.vendors)))


def _key(agent: Agent, vendor: str, settings: Settings) -> tuple[str, str]:
    variables = agent.vendors[vendor]
    variable = _first(variables, settings.environment)
    if variable is not None:
        return variable, settings.environment[variable]
    if settings.base_url is not None:
        return variables[0], NO_KEY
    raise HarnessUnavailable(
        f"--harness {agent.name}: {' or '.join(variables)} is not set (a login does not reach into the void)",
        f"export {variables[0]}=…",
    )


def _first(variables: tuple[str, ...], environment: Mapping[str, str]) -> str | None:
    return next((name for name in variables if environment.get(name)), None)

"""Which model an agent CLI is to ask, and with which key."""

from collections.abc import Mapping

from kgents.errors import UsageError
from kgents.harness.agents.agent import Agent
from kgents.harness.choice import DEFAULT_MODELS
from kgents.harness.credentials import bind
from kgents.harness.model_name import VENDORS, ModelName, address_of, canonical_vendor
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
        if vendor == "openai" and "openai-chat" in agent.vendors:
            vendor = "openai-chat"
        if not model:
            raise UsageError(f"--harness {agent.name} --base-url: which model?", "name it: --model NAME")
    url, asked = address_of(vendor, settings.base_url, settings.environment)
    variables = agent.vendors[vendor]
    bound = bind(vendor, variables, url, settings.keys, settings.environment, asked or _login(agent, variables))
    model = model or DEFAULT_MODELS[vendor.removesuffix("-chat")].partition(":")[2]
    name = ModelName(vendor, model, bound.key, url, settings.base_url is not None, bound.variable)
    return name, bound.variable if bound.variable in variables else variables[0]


def _login(agent: Agent, variables: tuple[str, ...]) -> str:
    return f"--harness {agent.name} (a login does not reach into the void; it takes {' or '.join(variables)})"


def _vendor(agent: Agent, settings: Settings) -> str:
    """The vendor of a model without one: the first whose key is there; a server of one's own speaks as OpenAI does."""
    if settings.base_url is not None and "openai-chat" in agent.vendors:
        return "openai-chat"
    with_key = (vendor for vendor, keys in agent.vendors.items() if _first(keys, settings.environment))
    return next(with_key, next(iter(agent.vendors)))


def _first(variables: tuple[str, ...], environment: Mapping[str, str]) -> str | None:
    return next((name for name in variables if environment.get(name)), None)

"""Which key goes to which server.

| address                                                    | key                                                      |
|------------------------------------------------------------|----------------------------------------------------------|
| the vendor's own (none was given)                          | the vendor's, or the one that --api-key-env names        |
| given, and --api-key-env names a variable                  | of that variable                                         |
| given, and a `[hosts."…"]` table of the user names one     | of that variable                                         |
| given, one of the vendor's own                             | the vendor's                                             |
| given, on this machine or its network                      | none                                                     |
| given, any other                                           | refused before anything is asked, with what to add       |

Rule: a key is bound to an origin (scheme, name, port); nothing but the user's own words names a key for another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kgents.errors import HarnessUnavailable, UsageError
from kgents.harness.origin import Origin, origin_of

NO_KEY = "none"
VENDOR_HOSTS: Mapping[str, tuple[str, ...]] = {
    "alibaba": ("dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com", "dashscope-us.aliyuncs.com"),
    "anthropic": ("api.anthropic.com",),
    "azure": ("*.openai.azure.com", "*.cognitiveservices.azure.com", "*.services.ai.azure.com"),
    "cerebras": ("api.cerebras.ai",),
    "cohere": ("api.cohere.com", "api.cohere.ai"),
    "deepseek": ("api.deepseek.com",),
    "fireworks": ("api.fireworks.ai",),
    "google": ("generativelanguage.googleapis.com",),
    "groq": ("api.groq.com",),
    "heroku": ("us.inference.heroku.com", "eu.inference.heroku.com"),
    "huggingface": ("router.huggingface.co", "api-inference.huggingface.co"),
    "mistral": ("api.mistral.ai",),
    "moonshotai": ("api.moonshot.ai", "api.moonshot.cn"),
    "nebius": ("api.studio.nebius.com", "api.tokenfactory.nebius.com"),
    "openai": ("api.openai.com", "eu.api.openai.com", "us.api.openai.com"),
    "openrouter": ("openrouter.ai",),
    "ovhcloud": ("oai.endpoints.kepler.ai.cloud.ovh.net",),
    "sambanova": ("api.sambanova.ai",),
    "together": ("api.together.xyz", "api.together.ai"),
    "vercel": ("ai-gateway.vercel.sh",),
    "xai": ("api.x.ai",),
    "zai": ("api.z.ai", "open.bigmodel.cn"),
}  # names of servers, all https at port 443; `*.` stands for one name or more


@dataclass(frozen=True, slots=True)
class Named:
    """What the user has said about keys.

    variable  of --api-key-env; None where it was not given, "none" for no key at all
    hosts     origin → variable, out of the user's own configuration
    config    where that configuration is, for messages
    """

    variable: str | None = None
    hosts: Mapping[Origin, str] | None = None
    config: str = "config.toml (see kg config path)"


UNNAMED = Named()


@dataclass(frozen=True, slots=True)
class Bound:
    """A key (None where the client finds its credentials itself), and the variable that it came from."""

    key: str | None
    variable: str


def is_vendors(vendor: str, origin: Origin) -> bool:
    """Whether a server is one of the vendor's own."""
    names = VENDOR_HOSTS.get(_family(vendor), ())
    secure = origin.scheme == "https" and origin.port == 443
    return secure and any(
        origin.host.endswith(name[1:]) if name.startswith("*.") else origin.host == name for name in names
    )


def bind(
    vendor: str, variables: tuple[str, ...], url: str | None, named: Named, environment: Mapping[str, str], asked: str
) -> Bound:
    """The key for an address (None: the vendor's own). UsageError: none is named; HarnessUnavailable: it is not set.

    variables  that may hold the vendor's key, the first choice first; () where the client finds its credentials itself
    asked      the option that leads there, for messages: `--base-url https://…`
    """
    if url is None:
        variable = named.variable or next((name for name in variables if environment.get(name)), None)
        if variable is None and not variables:
            return Bound(None, "")
        return Bound(_value(variable or variables[0], environment, asked), variable or variables[0])
    origin = origin_of(url)
    variable = named.variable or (named.hosts or {}).get(origin)
    if variable is not None:
        return Bound(_value(variable, environment, asked), variable)
    if variables and is_vendors(vendor, origin):
        return bind(vendor, variables, None, named, environment, asked)
    if origin.private:
        return Bound(NO_KEY, "")
    raise unnamed(origin, next((name for name in variables if environment.get(name)), None), named, asked)


def unnamed(origin: Origin, variable: str | None, named: Named, asked: str) -> UsageError:
    """What is said where a key is wanted and none was named for this server."""
    name = variable or "MY_KEY"
    return UsageError(
        f"{asked}: no key was named for {origin}, and no other is sent there",
        f"add --api-key-env {name} (or --api-key-env none, to ask without a key); for all runs, write to {named.config}:"
        f' [hosts."{origin}"] key-env = "{name}"',
    )


def _value(variable: str, environment: Mapping[str, str], asked: str) -> str:
    if variable == NO_KEY:
        return NO_KEY
    if not environment.get(variable):
        raise HarnessUnavailable(f"{asked}: {variable} is not set", f"export {variable}=…")
    return environment[variable]


def _family(vendor: str) -> str:
    return "openai" if vendor.startswith("openai-") else vendor

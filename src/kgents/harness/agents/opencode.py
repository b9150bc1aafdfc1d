"""opencode: `opencode run --format json`, JSON lines; it asks models of several vendors."""

import json
from collections.abc import Mapping
from typing import ClassVar

from kgents.harness.agents.agent import Agent, Errand, Start, Unreadable
from kgents.sandbox.process import Ended

_CLIENTS = {
    "anthropic": ("@ai-sdk/anthropic", "/v1"),
    "openai": ("@ai-sdk/openai", ""),
    "openai-chat": ("@ai-sdk/openai-compatible", ""),
    "google": ("@ai-sdk/google", "/v1beta"),
}  # the client library that comes with it, and what its base URL ends with


class Opencode(Agent):
    """opencode."""

    name = "opencode"
    vendors: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "anthropic": ("ANTHROPIC_API_KEY",),
        "openai": ("OPENAI_API_KEY",),
        "google": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        "openai-chat": ("OPENAI_API_KEY",),
    }
    install = "npm install -g opencode-ai"
    proven = ("1.18.33",)

    def start(self, errand: Errand) -> Start:
        client, ending = _CLIENTS[errand.name.vendor]
        model = errand.name.model
        provider = {
            "npm": client,
            "name": "void",
            "options": {"baseURL": errand.url + ending, "apiKey": errand.permit},
            "models": {model: {"name": model}},
        }
        off = {"share": "disabled", "autoupdate": False, "snapshot": False, "tools": {"*": False}}
        agent = {"agent": {"build": {"prompt": errand.system}}} if errand.system is not None else {}
        named = f"void/{model}"
        config = {"provider": {"void": provider}, "model": named, "small_model": named, **off, **agent}
        flags = ("OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_DISABLE_MODELS_FETCH", "OPENCODE_DISABLE_LSP_DOWNLOAD",
                 "OPENCODE_DISABLE_DEFAULT_PLUGINS", "OPENCODE_DISABLE_CLAUDE_CODE", "OPENCODE_DISABLE_PROJECT_CONFIG",
                 "OPENCODE_DISABLE_EXTERNAL_SKILLS")  # fmt: skip
        return Start(
            ["run", "--pure", "--format", "json", "--title", "void", "--model", named],
            {**dict.fromkeys(flags, "1"), "OPENCODE_CONFIG_CONTENT": json.dumps(config)},
        )

    def read(self, ended: Ended) -> str:
        texts, errors = [], []
        for line in ended.stdout.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("type") == "text":
                texts.append(event["part"]["text"])
            if event.get("type") == "error":
                errors.append(json.dumps(event.get("error"))[:300])
        if not texts:
            raise Unreadable("; ".join(errors) or "no text")
        return _joined(texts)


def _joined(turns: list[str]) -> str:
    """One text of several turns: each begins on a line of its own, so that a fence is not glued to what came before."""
    ended = [turn if turn.endswith("\n") else f"{turn}\n" for turn in turns[:-1]]
    return "".join([*ended, *turns[-1:]])


AGENT = Opencode()

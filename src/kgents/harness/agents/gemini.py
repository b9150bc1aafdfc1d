"""Gemini CLI: `gemini --output-format json`, one JSON object."""

import json
from collections.abc import Mapping
from typing import ClassVar

from kgents.harness.agents.agent import Agent, Errand, Start, Unreadable
from kgents.sandbox.process import Ended

_SETTINGS = {
    "security": {"auth": {"selectedType": "gemini-api-key"}},
    "telemetry": {"enabled": False},
    "privacy": {"usageStatisticsEnabled": False},
    "general": {"disableAutoUpdate": True, "enableAutoUpdate": False, "maxAttempts": 1},
    "tools": {"core": []},
    "mcpServers": {},
    "context": {"fileName": ["there-is-no-such-file"]},
}


class Gemini(Agent):
    """Gemini CLI."""

    name = "gemini"
    vendors: ClassVar[Mapping[str, tuple[str, ...]]] = {"google": ("GEMINI_API_KEY", "GOOGLE_API_KEY")}
    install = "npm install -g @google/gemini-cli"
    proven = ("0.61.0",)

    def start(self, errand: Errand) -> Start:
        folder = errand.home / ".gemini"
        folder.mkdir()
        (folder / "settings.json").write_text(json.dumps(_SETTINGS), encoding="utf-8")
        environment = {
            "GEMINI_API_KEY": errand.permit,
            "GOOGLE_GEMINI_BASE_URL": errand.url,
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
            "GEMINI_CLI_SYSTEM_SETTINGS_PATH": str(folder / "none.json"),
            "GEMINI_CLI_SYSTEM_DEFAULTS_PATH": str(folder / "none.json"),
        }
        if errand.system is not None:
            path = folder / "system.md"
            path.write_text(errand.system, encoding="utf-8")
            environment["GEMINI_SYSTEM_MD"] = str(path)
        return Start(["-m", errand.name.model, "--output-format", "json", "-e", "none"], environment)

    def read(self, ended: Ended) -> str:
        out = ended.stdout.decode("utf-8", "replace")
        try:
            data = json.loads(out[out.index("{") :])
            text = data["response"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"no JSON with a response ({error})") from error
        if not isinstance(text, str):
            raise Unreadable(str(data.get("error")))
        return text


AGENT = Gemini()

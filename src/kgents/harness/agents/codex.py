"""Codex: `codex exec --json`, JSON lines."""

import json
from collections.abc import Mapping
from typing import ClassVar

from kgents.harness.agents.agent import Agent, Errand, Start, Unreadable
from kgents.sandbox.process import Ended

_OFF = ("shell_tool", "unified_exec", "apps", "plugins", "hooks", "multi_agent", "browser_use", "computer_use",
        "image_generation", "view_image", "skill_search", "enable_request_compression")  # fmt: skip


class Codex(Agent):
    """Codex."""

    name = "codex"
    vendors: ClassVar[Mapping[str, tuple[str, ...]]] = {"openai": ("CODEX_API_KEY", "OPENAI_API_KEY")}
    install = "npm install -g @openai/codex"
    proven = ("0.169.0",)

    def start(self, errand: Errand) -> Start:
        folder = errand.home / ".codex"
        folder.mkdir()
        provider = {"name": "void", "base_url": errand.url, "env_key": "VOID_KEY", "wire_api": "responses"}
        table = ", ".join(f"{key} = {json.dumps(value)}" for key, value in provider.items())
        numbers = "request_max_retries = 0, stream_max_retries = 0, stream_idle_timeout_ms = 86400000"
        settings = [
            'model_provider="void"',
            f"model_providers.void={{{table}, {numbers}, supports_websockets = false}}",
            "project_doc_max_bytes=0",
            'web_search="disabled"',
            "analytics.enabled=false",
            "check_for_update_on_startup=false",
            'history.persistence="none"',
            *(f"features.{name}=false" for name in _OFF),
        ]
        if errand.system is not None:
            path = folder / "system.md"
            path.write_text(errand.system, encoding="utf-8")
            settings.append(f"model_instructions_file={json.dumps(str(path))}")
        words = ["exec", "--json", "--ephemeral", "--skip-git-repo-check", "-s", "read-only", "-m", errand.name.model]
        return Start(
            [*words, *(word for setting in settings for word in ("-c", setting)), "-"],
            {"CODEX_HOME": str(folder), "VOID_KEY": errand.permit},
        )

    def read(self, ended: Ended) -> str:
        text, errors = None, []
        for line in ended.stdout.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            item = event.get("item") or {}
            if event.get("type") == "item.completed" and item.get("type") == "agent_message":
                text = item["text"]
            if event.get("type") in ("error", "turn.failed"):
                errors.append(str(event.get("message") or (event.get("error") or {}).get("message")))
        if text is None:
            raise Unreadable("; ".join(errors) or "no message of the agent")
        return str(text)


AGENT = Codex()

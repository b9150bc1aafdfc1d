"""Claude Code: `claude -p`, one JSON object."""

import json
from collections.abc import Mapping
from typing import ClassVar

from kgents.harness.agents.agent import Agent, Errand, Start, Unreadable
from kgents.sandbox.process import Ended


class Claude(Agent):
    """Claude Code."""

    name = "claude"
    vendors: ClassVar[Mapping[str, tuple[str, ...]]] = {"anthropic": ("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")}
    install = "npm install -g @anthropic-ai/claude-code"
    proven = ("2.1.331",)
    permit = "sk-ant-void-"

    def start(self, errand: Errand) -> Start:
        system = ["--system-prompt", errand.system] if errand.system is not None else []
        words = ["-p", "--output-format", "json", "--model", errand.name.model, "--tools", "", "--strict-mcp-config",
                 "--no-session-persistence", "--setting-sources", "", "--disable-slash-commands", *system]  # fmt: skip
        flags = (
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
            "CLAUDE_CODE_DISABLE_AUTO_MEMORY",
            "CLAUDE_CODE_DISABLE_CLAUDE_MDS",
            "DISABLE_TELEMETRY",
            "DISABLE_AUTOUPDATER",
        )
        return Start(
            words,
            {
                **dict.fromkeys(flags, "1"),
                "CLAUDE_CODE_MAX_RETRIES": "0",
                "CLAUDE_CONFIG_DIR": str(errand.home / ".claude"),
                "ANTHROPIC_BASE_URL": errand.url,
                errand.variable: errand.permit,
            },
        )

    def read(self, ended: Ended) -> str:
        try:
            data = json.loads(ended.stdout)
            text, wrong = data["result"], data["is_error"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"no JSON with a result ({error})") from error
        if wrong or not isinstance(text, str):
            raise Unreadable(str(text))
        return text


AGENT = Claude()

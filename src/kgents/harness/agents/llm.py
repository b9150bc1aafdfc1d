"""llm: `llm prompt`, the answer as plain text; without plugins it asks servers that speak Chat Completions."""

import json
from collections.abc import Mapping
from typing import ClassVar

from kgents.harness.agents.agent import Agent, Errand, Start, Unreadable
from kgents.sandbox.process import Ended


class Llm(Agent):
    """llm."""

    name = "llm"
    vendors: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "openai": ("OPENAI_API_KEY", "LLM_OPENAI_KEY"),
        "openai-chat": ("OPENAI_API_KEY", "LLM_OPENAI_KEY"),
    }
    install = "pip install llm"
    proven = ("0.36",)

    def start(self, errand: Errand) -> Start:
        folder = errand.home / "llm"
        folder.mkdir()
        model = {"model_id": "void", "model_name": errand.name.model, "api_base": errand.url, "api_key_name": "void"}
        (folder / "extra-openai-models.yaml").write_text(json.dumps([model]), encoding="utf-8")  # JSON is YAML
        (folder / "keys.json").write_text(json.dumps({"void": errand.permit}), encoding="utf-8")
        system = ["--system", errand.system] if errand.system is not None else []
        return Start(
            ["prompt", "--model", "void", "--no-log", "--no-stream", *system],
            {"LLM_USER_PATH": str(folder), "LLM_LOAD_PLUGINS": ""},
        )

    def read(self, ended: Ended) -> str:
        if ended.status != 0:
            raise Unreadable(ended.stderr.decode("utf-8", "replace").strip())
        return ended.stdout.decode("utf-8", "replace").removesuffix("\n")


AGENT = Llm()

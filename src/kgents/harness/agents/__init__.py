"""Agent CLIs, one module each: how it is started so that it knows nothing, and how its answer is read.

Rule: an agent is here only if its contract test passes with the real program; `proven` says with which versions.
"""

from importlib import import_module

from kgents.harness.agents.agent import Agent


def agent(name: str) -> Agent:
    """The agent of this name (see `choice.AGENTS`)."""
    module_agent = import_module(f"kgents.harness.agents.{name}").AGENT
    assert isinstance(module_agent, Agent)
    return module_agent

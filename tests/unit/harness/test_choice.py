"""Which coder is asked when none is named."""

import pytest

from kgents.errors import UsageError
from kgents.harness.choice import AGENTS, DEFAULT_MODELS, KEYS, Choice, choose
from kgents.harness.simulated import WARNING

KEY = {"ANTHROPIC_API_KEY": "sk-secret"}


def pick(
    harness: str | None = None,
    model: str | None = None,
    env: dict[str, str] | None = None,
    config: dict[str, str] | None = None,
    found: tuple[str, ...] = (),
    installed: bool = True,
) -> Choice:
    return choose(harness, model, env or {}, config or {}, found, models_installed=installed)


def test_the_order_of_precedence() -> None:
    env = {**KEY, "KGENTS_MODEL": "openai:b"}
    assert pick(model="openai:a", env=env, config={"model": "openai:c"}) == Choice("api", "openai:a", "--model")
    assert pick(env=env, config={"model": "openai:c"}) == Choice("api", "openai:b", "KGENTS_MODEL")
    assert pick(env=KEY, config={"model": "openai:c"}) == Choice("api", "openai:c", "[tool.kgents]")
    assert pick(env=KEY, found=("claude",)).harness == "api"
    assert pick(env=KEY, found=("claude",), installed=False).harness == "claude"
    assert pick(found=("claude",)).harness == "simulated"


def test_a_named_harness_takes_no_model_from_elsewhere() -> None:
    assert pick("claude", env={"KGENTS_MODEL": "openai:b"}) == Choice("claude", None, "--harness")


@pytest.mark.parametrize("variable", [name for names in KEYS.values() for name in names])
def test_a_key_chooses_a_model_of_its_vendor_and_is_not_repeated(variable: str) -> None:
    choice = pick(env={variable: "sk-secret"})
    assert choice.harness == "api"
    assert choice.model in DEFAULT_MODELS.values()
    assert variable in choice.why
    assert "sk-secret" not in repr(choice)


def test_an_empty_key_is_none() -> None:
    assert pick(env={"ANTHROPIC_API_KEY": ""}).harness == "simulated"


def test_a_simulation_always_warns() -> None:
    for choice in (
        pick(),
        pick(model="simulated:0.5"),
        pick(harness="simulated"),
        pick(env={"KGENTS_MODEL": "simulated"}),
    ):
        assert choice.harness == "simulated"
        assert (choice.warning or "").startswith(WARNING)


def test_a_key_that_cannot_be_used_is_mentioned() -> None:
    why = pick(env=KEY, installed=False).why
    assert "ANTHROPIC_API_KEY" in why
    assert "pip install 'kgents[models]'" in why


def test_every_agent_needs_a_key_of_its_own() -> None:
    for name, variables in AGENTS.items():
        assert pick(found=(name,)).harness == "simulated"
        assert pick(found=(name,), env={variables[0]: "x"}, installed=False).harness == name


def test_the_api_without_a_model_is_a_question() -> None:
    with pytest.raises(UsageError, match="which model"):
        pick("api")

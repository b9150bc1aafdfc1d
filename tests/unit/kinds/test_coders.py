"""Coders of one run: what they share."""

import pytest

from kgents.domain.outcome import Usage
from kgents.domain.plan import Budget
from kgents.errors import UsageError
from kgents.harness.api import ApiHarness
from kgents.harness.choice import Choice
from kgents.harness.ledger import Ledger
from kgents.kinds.coders import coder_config, make_coder
from kgents.kinds.kind import RunContext

KEYS = {"ANTHROPIC_API_KEY": "sk-planted-0123456789", "OPENAI_API_KEY": "sk-planted-9876543210"}


def coder(context: RunContext, model: str) -> ApiHarness:
    made = make_coder({"harness": "api", "model": model, "requests_per_minute": 7}, context, {})
    assert isinstance(made, ApiHarness)
    return made


def test_arms_with_one_key_share_one_limiter_and_all_share_the_books() -> None:
    ledger = Ledger(Budget(tokens=10))
    context = RunContext(KEYS, ledger=ledger)
    one, two = coder(context, "anthropic:claude-sonnet-5-5"), coder(context, "anthropic:claude-opus-5")
    other = coder(context, "openai:gpt-6.1-terra")
    assert one._attempts._limiter is two._attempts._limiter
    assert one._attempts._limiter is not other._attempts._limiter
    assert one._attempts._limiter._requests == 7
    other._settings.spent(Usage(10, 0, None, 1))
    assert not one._settings.may_spend(Usage())


@pytest.mark.parametrize(
    "option",
    [{"requests_per_minute": 0}, {"tokens_per_minute": -1}, {"max_output_tokens": 0}, {"temperature": float("nan")}],
)
def test_a_number_out_of_range_names_its_option(option: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="--" + next(iter(option)).replace("_", "-")):
        coder_config(Choice("api", "m", "--model"), option)


@pytest.mark.parametrize("harness", ["simulated", "replay"])
def test_a_temperature_that_no_model_takes_is_refused_where_no_model_is_asked(harness: str) -> None:
    """Where one is asked it says so itself, and a server of the user's own may take more than others."""
    with pytest.raises(UsageError, match="--temperature 9: models take 0 to 2"):
        coder_config(Choice(harness, "m", "--model"), {"temperature": 9.0})
    assert coder_config(Choice("api", "m", "--model"), {"temperature": 9.0})["temperature"] == 9
    assert coder_config(Choice(harness, "m", "--model"), {"temperature": 0.7})["temperature"] == 0.7

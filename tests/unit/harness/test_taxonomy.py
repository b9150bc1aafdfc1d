"""What the errors of servers mean, in the words that the servers use."""

import json
from pathlib import Path

import pytest

from kgents.domain.outcome import Cause
from kgents.harness.taxonomy import cause_of_report, cause_of_status, cause_of_text, is_retried, refused_option

CONTEXT = {
    "llama.cpp": "the request exceeds the available context size (4096 tokens), try increasing it",
    "llama.cpp type": '{"error": {"code": 400, "message": "too long", "type": "exceed_context_size_error"}}',
    "vLLM": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    "vLLM prompt": "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
    "Ollama": "the input length exceeds the context length",
    "LM Studio": "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with "
    "context length of only 4096 tokens",
    "LM Studio keep": "The number of tokens to keep from the initial prompt is greater than the context length",
    "OpenRouter": "This endpoint's maximum context length is 4096 tokens. However, you requested about 5000 tokens",
    "Anthropic": "prompt is too long: 210000 tokens > 200000 maximum",
    "Gemini": "The input token count (5000) exceeds the maximum number of tokens allowed (4096).",
}
OPTIONS = {
    "Unsupported value: 'temperature' does not support 0.2 with this model.": "--temperature",
    "temperature: Input should be less than or equal to 1": "--temperature",
    "`temperature` is deprecated for this model.": "--temperature",
    "Unsupported parameter: 'max_tokens' is not supported with this model.": "--max-output-tokens",
    "max_tokens: 99999 > 8192, which is the maximum allowed number of output tokens": "--max-output-tokens",
    "'max_tokens' is too large: 99999. This model's maximum context length is 8192 tokens": "--max-output-tokens",
    "Developer instruction is not enabled: system role not supported": "--system",
    "Unrecognized request argument supplied: seed": "the seed",
}


@pytest.mark.parametrize("words", CONTEXT.values(), ids=CONTEXT.keys())
def test_every_server_is_understood_where_the_prompt_is_too_long(words: str) -> None:
    """A prompt that is too long is `context_length` in the words of each server."""
    assert cause_of_status(400, words) is Cause.CONTEXT_LENGTH


@pytest.mark.parametrize(("words", "option"), OPTIONS.items(), ids=OPTIONS.values())
def test_a_refused_setting_is_named_and_ends_the_run(words: str, option: str) -> None:
    """A request that is refused for one of its settings names the option and is met by every further trial."""
    cause = cause_of_status(400, words)
    assert (cause, cause.fatal, refused_option(words)) == (Cause.OPTION_REFUSED, True, option)


@pytest.mark.parametrize("words", ["bad request", "the temperature of the room", "invalid JSON in line 1"])
def test_other_refused_requests_do_not_end_the_run(words: str) -> None:
    """A 400 that names no setting, or no refusal of one, stays unknown."""
    assert cause_of_status(400, words) is Cause.UNKNOWN


FLAGGED = {
    "OpenRouter": (403, 'Your chosen model requires moderation and your input was flagged for "violence"'),
    "Azure": (400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."),
    "OpenAI": (400, "Your request was rejected as a result of our safety system."),
    "code": (400, "{'code': 'content_policy_violation', 'message': 'rejected'}"),
    "Anthropic": (403, "Your request violates our usage policies."),
}


@pytest.mark.parametrize(("status", "words"), FLAGGED.values(), ids=FLAGGED.keys())
def test_a_question_that_was_flagged_is_refused_and_no_matter_of_the_key(status: int, words: str) -> None:
    """Moderation before the model is a refusal as that of the model is; it does not end the run."""
    cause = cause_of_status(status, words)
    assert (cause, cause.fatal) == (Cause.REFUSAL, False)


@pytest.mark.parametrize(
    "words",
    [
        "The api key has no access to this resource",
        "Your account has been flagged for potential abuse.",
        "This organization has been disabled: it violated our usage policies.",
    ],
)
def test_a_key_that_may_not_is_still_a_matter_of_the_key(words: str) -> None:
    """Other 403s are, also where not the question but the account was flagged."""
    assert cause_of_status(403, words) is Cause.AUTH


def test_settings_in_the_output_of_a_command_are_no_refusal() -> None:
    """Words without a status of HTTP never end the run over a setting."""
    assert cause_of_text("invalid seed for max_tokens") is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("report", "cause", "again"),
    [
        ({"code": 429, "message": "slow down"}, Cause.RATE_LIMIT, True),
        ({"code": "502", "message": "upstream"}, Cause.OVERLOADED, True),
        ({"code": 401, "message": "no"}, Cause.AUTH, False),
        ({"code": 402, "message": "no"}, Cause.QUOTA, False),
        ({"message": "the model is overloaded"}, Cause.OVERLOADED, True),
        ("prompt is too long", Cause.CONTEXT_LENGTH, False),
    ],
)
def test_an_error_inside_of_an_answer_is_read_by_its_own_code(report: object, cause: Cause, again: bool) -> None:
    """An error inside of an answer has the cause of its code, or of its words where it has none."""
    assert cause_of_report(report) == (cause, again)


ERRORS = [json.loads(line) for line in (Path(__file__).parent / "server_errors.jsonl").read_text().splitlines()]
AGAIN = {"rate_limit": True, "overloaded": True, "unknown": None}


@pytest.mark.parametrize("error", ERRORS, ids=[f"{error['status']} {error['body'][:40]}" for error in ERRORS])
def test_errors_in_the_words_of_servers_have_their_cause(error: dict[str, object]) -> None:
    """OpenAI, Anthropic, Azure, Gemini, Bedrock, Mistral, Groq, DeepSeek, DashScope, Zhipu, OpenRouter, TGI, vLLM, llama.cpp,
    Ollama, LM Studio, Cloudflare and nginx; what is asked again is what may be answered later."""
    status = int(str(error["status"]))
    cause = cause_of_status(status, str(error["body"]))
    assert cause.value == error["cause"]
    expected = AGAIN.get(cause.value, False)
    assert is_retried(cause, status) is (status >= 500 or status in (408, 409) if expected is None else expected)

"""The rest of a text: a base model is asked without instruction or chat template (`/completions` of OpenAI's protocol).

Rule: an answer ends where code leaves the body that was asked for, by the stop sequences that HumanEval is measured
with (Chen et al. 2021; a server takes four); errors are those of chat, so that they mean the same.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

STOPS = ("\nclass ", "\ndef ", "\nif ", "\nprint(")
MOST_TOKENS = 512  # of an answer where nobody says how many: a base model does not stop by itself
SPEAKING = frozenset(
    {"deepseek", "fireworks", "litellm", "ollama", "openai", "openai-chat", "openrouter", "together", "vllm"}
)  # vendors that may have such a model


def stops_for(prompt: str) -> tuple[str, ...]:
    """Where an answer to this prompt ends: for a body at the first statement that is none of it; else nowhere."""
    last = prompt.rstrip().rpartition("\n")[2]
    return STOPS if last.startswith((" ", "\t")) or last.endswith(":") else ()


async def complete(model: Any, prompt: str, settings: Mapping[str, object]) -> "ModelResponse":
    """What follows a prompt. `model` is one of pydantic-ai that speaks OpenAI's protocol; its errors are raised."""
    from openai import APIConnectionError, APIStatusError
    from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError

    stops = stops_for(prompt)
    asked = {**settings, **({"stop": list(stops)} if stops else {})}
    asked.pop("max_retries", None)
    try:
        client = model.client.with_options(max_retries=0)
        answer = await client.completions.create(model=model.model_name, prompt=prompt, **asked)
    except APIStatusError as error:
        headers = dict(error.response.headers)
        raise ModelHTTPError(error.status_code, model.model_name, error.body, headers=headers) from error
    except APIConnectionError as error:
        raise ModelConnectionError(model.model_name, error.message, phase=_phase(error)) from error
    return _response(answer, model.model_name)


def _phase(error: BaseException) -> Any:
    """connect, where the request never left."""
    import httpx2

    return "connect" if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout) else None


def _response(answer: Any, name: str) -> "ModelResponse":
    """The answer as that of a chat."""
    from pydantic_ai.messages import ModelResponse, TextPart
    from pydantic_ai.usage import RequestUsage

    choice = answer.choices[0] if answer.choices else None
    if choice is None:
        raise ValueError("an answer without choices")
    told = answer.usage
    details = getattr(told, "prompt_tokens_details", None)
    usage = RequestUsage(
        input_tokens=getattr(told, "prompt_tokens", None) or 0,
        output_tokens=getattr(told, "completion_tokens", None) or 0,
        cache_read_tokens=getattr(details, "cached_tokens", None) or 0,
    )
    return ModelResponse(
        parts=[TextPart(choice.text or "")],
        usage=usage,
        model_name=answer.model or name,
        provider_details={"finish_reason": choice.finish_reason or ""},
    )

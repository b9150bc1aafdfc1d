"""Answers of status 200 that servers send and client libraries cannot read: errors inside, empty fields.

OpenRouter and other routers report an error of the server behind them with status 200; Snowflake sends an empty
`finish_reason`; a server may leave tokens uncounted (`usage` of nulls, or of what is no count).
"""

import json
from typing import Any

from kgents.domain.outcome import Cause
from kgents.harness.attempts import UNKNOWN, Failed
from kgents.harness.model_name import without_user
from kgents.harness.signs import no_answer, unread
from kgents.harness.taxonomy import cause_of_report


async def read(response: Any) -> None:
    """A hook of the HTTP client: puts readable JSON in place of a body. Raises Failed where it is or reports an error."""
    if response.status_code != 200 or "event-stream" in response.headers.get("content-type", ""):
        return
    body = await response.aread()
    words = unread(body)
    if words is not None:
        url = str(response.request.url).partition("?")[0]
        raise Failed(Cause.NETWORK, no_answer(without_user(url), words), UNKNOWN, again=True)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(data, dict):
        _raise_reported(data)
        if mend(data):
            response._content = json.dumps(data).encode()  # the client has no public way to change what was read


def mend(data: dict[str, object]) -> bool:
    """Takes out the empty fields of an answer of Chat Completions, in place; whether there was one."""
    empty = [choice for choice in _choices(data) if choice.get("finish_reason") == ""]
    for choice in empty:
        choice["finish_reason"] = None
    usage = data.get("usage")
    counts = ("prompt_tokens", "completion_tokens")
    uncounted = isinstance(usage, dict) and any(name in usage and not _is_count(usage[name]) for name in counts)
    if uncounted:
        data["usage"] = None
    return bool(empty) or uncounted


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _raise_reported(data: dict[str, object]) -> None:
    reports = [each["error"] for each in (data, *_choices(data)) if each.get("error")]
    if reports:
        cause, again = cause_of_report(reports[0])
        raise Failed(cause, f"an error inside of an answer of status 200: {_sentence(reports[0])}", UNKNOWN, again)


def _choices(data: dict[str, object]) -> list[dict[str, object]]:
    choices = data.get("choices")
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def _sentence(report: Any) -> str:
    text = report.get("message") or json.dumps(report) if isinstance(report, dict) else str(report)
    return " ".join(str(text).split())[:200]

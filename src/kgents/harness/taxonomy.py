"""What went wrong with a question, from the signs that APIs and CLIs give.

| sign                                              | cause           | asked again | ends the run |
|---------------------------------------------------|-----------------|-------------|--------------|
| 401, 403                                          | auth            | no          | yes          |
| 402, or quota, credit, billing in the body        | quota           | no          | yes          |
| 404, no such model, no executable, no client      | harness_missing | no          | yes          |
| 429                                               | rate_limit      | yes         | no           |
| 502, 503, 504, 529, or overloaded in the body     | overloaded      | yes         | no           |
| 400, 413, 422 that name the context or its length | context_length  | no          | no           |
| 408, 409, 500, other 5xx                          | unknown         | yes         | no           |
| connect, DNS, reset, an answer that is no answer  | network         | yes         | no           |
| our clock                                         | model_timeout   | no          | no           |
| stop reason refusal, content_filter, SAFETY       | refusal         | no          | no (counts)  |
| an answer without text                            | malformed       | no          | no (counts)  |

Rule: only refusal and malformed are the model's own doing and count as its failures; an unreadable sign is `unknown`.
"""

import re

from kgents.domain.outcome import Cause

_QUOTA = re.compile(
    r"(?i)insufficient_quota|quota exceeded|exceeded your current quota|billing|credit balance|spend limit"
)
_RATE = re.compile(r"(?i)per[ _-]?(?:minute|day|second)|retry in|rate.?limit")
_CONTEXT = re.compile(
    r"(?i)context.?(?:length|window)|prompt is too long|maximum context|too many (?:input )?tokens|input token count|"
    r"reduce the length|request_too_large",
)
_KEY = re.compile(r"(?i)api[ _-]?key (?:not valid|is invalid|expired)|invalid[ _-](?:x-)?api[ _-]?key|API_KEY_INVALID")
_OVERLOADED = re.compile(r"(?i)overloaded|over capacity")
_MODEL = re.compile(r"(?i)model_not_found|model .{0,80}(?:not found|does not exist|not supported)|unknown model")
REFUSALS = frozenset({"refusal", "content_filter", "SAFETY", "safety", "PROHIBITED_CONTENT", "BLOCKLIST"})


def cause_of_status(status: int, body: str = "") -> Cause:
    """The cause behind an HTTP status and what the body says."""
    if status in (401, 403):
        return Cause.AUTH
    if status == 402 or (status == 429 and _QUOTA.search(body) and not _RATE.search(body)):
        return Cause.QUOTA
    if status == 429:
        return Cause.RATE_LIMIT
    if status == 404:
        return Cause.HARNESS_MISSING
    if status in (502, 503, 504, 529) or (status >= 500 and _OVERLOADED.search(body)):
        return Cause.OVERLOADED
    return _rejected(body) if status in (400, 413, 422) else Cause.UNKNOWN


def _rejected(body: str) -> Cause:
    """The cause behind a request that was refused as such."""
    if _CONTEXT.search(body):
        return Cause.CONTEXT_LENGTH
    if _KEY.search(body):
        return Cause.AUTH
    if _QUOTA.search(body):
        return Cause.QUOTA
    return Cause.HARNESS_MISSING if _MODEL.search(body) else Cause.UNKNOWN


def cause_of_text(text: str) -> Cause:
    """The cause behind an error that comes without a status: what CLIs print."""
    status = re.search(r"(?i)\b(?:status|error|code|HTTP)\D{0,20}([45]\d\d)\b", text)
    if status:
        return cause_of_status(int(status[1]), text)
    if re.search(
        r"(?i)authentication|unauthorized|not logged in|/login|log ?in to|no api key|missing .{0,30}key", text
    ):
        return Cause.AUTH
    if re.search(r"(?i)rate.?limit|too many requests", text):
        return Cause.RATE_LIMIT
    if _OVERLOADED.search(text):
        return Cause.OVERLOADED
    if re.search(r"(?i)ECONN|ENOTFOUND|connection|network|socket|stream disconnected|fetch failed|getaddrinfo", text):
        return Cause.NETWORK
    return _rejected(text)


def is_refusal(stop: str) -> bool:
    """Whether a vendor's reason for the end of an answer means that the model refused."""
    return stop in REFUSALS


def is_retried_status(status: int) -> bool:
    """Whether asking again may help."""
    return status in (408, 409, 429) or status >= 500

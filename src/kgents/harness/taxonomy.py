"""What went wrong with a question, from the signs that APIs and CLIs give.

| sign                                              | cause           | asked again | ends the run |
|---------------------------------------------------|-----------------|-------------|--------------|
| 401, 403                                          | auth            | no          | yes          |
| 400, 403, 422 that say what was asked is flagged  | refusal         | no          | no (counts)  |
| 402; quota, credit, billing in a 400, 403 or 429  | quota           | no          | yes          |
| 404, 410, no such model, no executable, no client | harness_missing | no          | yes          |
| 429, throttling in the body of 400                | rate_limit      | yes         | no           |
| 502 to 504, 520 to 524, 529, overloaded in a body | overloaded      | yes         | no           |
| 400, 413, 422 that name the context or its length | context_length  | no          | no           |
| 400, 422 that name a setting of the request       | option_refused  | no          | yes          |
| 408, 409, 500, other 5xx                          | unknown         | yes         | no           |
| connect, DNS, reset, an answer that is no answer  | network         | yes         | no           |
| likewise, or 5xx, where it has never answered     | unreachable     | some        | yes          |
| our clock                                         | model_timeout   | no          | no           |
| stop reason refusal, content_filter, SAFETY       | refusal         | no          | no (counts)  |
| an answer cut off at the cap on tokens, not right | truncated       | no          | no (counts)  |
| markers of a chat template in one that is wrong  | chat_markers    | no          | no (counts)  |
| an answer without text                            | malformed       | no          | no (counts)  |

Rule: only refusal, truncated, chat markers and malformed are
the model's own doing and count as its failures; an unreadable sign is `unknown`.
"""

import re
from typing import Any

from kgents.domain.outcome import Cause
from kgents.lazy_pattern import pattern

_QUOTA = pattern(
    r"(?i)insufficient_quota|quota exceeded|exceeded your current quota|billing|credit balance|spend limit|"
    r"insufficient (?:credits|balance)|all available credits|(?:monthly|specified) (?:api )?(?:usage|spending) limit"
)
_RATE = pattern(r"(?i)per[ _-]?(?:minute|day|second)|retry in|rate.?limit")
_THROTTLED = pattern(r"(?i)ThrottlingException|too many (?:requests|tokens)[^.]{0,20}, please wait")
_CONTEXT = pattern(
    r"(?i)context.?(?:length|window|size)|prompt is too long|maximum context|too many (?:input )?tokens|"
    r"input token count|reduce the length|request_too_large|exceed_context_size|larger than the context|"
    r"maximum model length|max_model_len|exceeds? (?:the )?(?:model'?s )?maximum (?:input|sequence) length|"
    r"(?:input|prompt) (?:length )?exceeds|tokens to keep from the initial prompt|longer than the maximum|"
    r"exceeds? context limit|input is too long|inputs` (?:tokens|must have less)|range of input length|"
    r"request too large for model|must be at least 1, got -\d",
)
_KEY = pattern(
    r"(?i)api[ _-]?key (?:not valid|is invalid|expired)|invalid[ _-](?:x-)?api[ _-]?key|API_KEY_INVALID|"
    r"security token included in the request|user location is not supported"
)
_OVERLOADED = pattern(r"(?i)overloaded|over capacity|capacity[ _]exceeded|timed out in processing")
_MODEL = pattern(
    r"(?i)model_not_found|model .{0,80}(?:not found|does not exist|not supported)|(?:unknown|invalid)[ _]model|"
    r"model identifier is invalid|not a valid model|on-demand throughput|no models loaded|model \S{1,80} has been de"
)
_OPTIONS = {
    "--temperature": pattern(r"(?i)\btemperature\b"),
    "--max-output-tokens": pattern(r"(?i)\bmax_?(?:completion_|output_|new_)?tokens\b|maximum tokens you requested"),
    "--system": pattern(
        r"(?i)\b(?:system|developer) (?:role|message|prompt|instruction)|system_instruction|roles must alternate"
    ),
    "the seed": pattern(r"(?i)\bseed\b"),
}
_REFUSED = pattern(
    r"(?i)not support|unsupported|not permitted|not allowed|unrecognized|unknown|invalid|unexpected|deprecated|"
    r"should be|must be|too large|too high|out of range|maximum allowed|exceed the model limit|"
    r"not enabled|cannot both|must alternate"
)
_CAP = pattern(r"(?i)max_?(?:completion_|output_|new_)?tokens\W{0,3} is too large")
_FLAGGED = pattern(
    r"(?i)flagged|content.?(?:policy|filter)|content management policy|safety system|\bmoderat(?:ion|ed)\b|"
    r"usage polic(?:y|ies)|PROHIBITED_CONTENT|data_inspection_failed|inappropriate content|content exists risk"
)
_ACCOUNT = pattern(
    r"(?i)\b(?:account|organi[sz]ation|api key|access)\b.{0,80}"
    r"\b(?:flagged|suspended|terminated|disabled|deactivated|revoked|banned)\b"
)
_BUSY = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 529})
_BUSY_IF_SAID = frozenset({424, 498})
CUT_OFF = frozenset(
    {"length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_length", "model_context_window_exceeded"}
)
REFUSALS = frozenset({"refusal", "content_filter", "SAFETY", "safety", "PROHIBITED_CONTENT", "BLOCKLIST"})


def cause_of_status(status: int, body: str = "") -> Cause:
    """The cause behind an HTTP status and what the body says."""
    if status in (400, 403, 422) and _FLAGGED.search(body) and not _ACCOUNT.search(body):
        return Cause.REFUSAL
    if status in (401, 403):
        return Cause.QUOTA if status == 403 and _QUOTA.search(body) else Cause.AUTH
    if status == 402 or (status == 429 and _QUOTA.search(body) and not _RATE.search(body)):
        return Cause.QUOTA
    if status == 429 or (status == 400 and _THROTTLED.search(body)):
        return Cause.RATE_LIMIT
    if status in (404, 410):
        return Cause.HARNESS_MISSING
    if status in _BUSY or ((status >= 500 or status in _BUSY_IF_SAID) and _OVERLOADED.search(body)):
        return Cause.OVERLOADED
    if status == 500 and _CONTEXT.search(body):
        return Cause.CONTEXT_LENGTH
    if status not in (400, 413, 422):
        return Cause.UNKNOWN
    cause = _rejected(body)
    return Cause.OPTION_REFUSED if cause is Cause.UNKNOWN and refused_option(body) else cause


def _rejected(body: str) -> Cause:
    """The cause behind a request that was refused as such."""
    if _CONTEXT.search(body) and not _CAP.search(body):
        return Cause.CONTEXT_LENGTH
    if _KEY.search(body):
        return Cause.AUTH
    if _QUOTA.search(body):
        return Cause.QUOTA
    return Cause.HARNESS_MISSING if _MODEL.search(body) else Cause.UNKNOWN


def refused_option(body: str) -> str:
    """The option behind the setting that a refused request names; empty where it names none."""
    if not _REFUSED.search(body):
        return ""
    return next((option for option, names in _OPTIONS.items() if names.search(body)), "")


def cause_of_report(report: Any) -> tuple[Cause, bool]:
    """The cause behind an error inside of an answer of status 200, and whether asking again may help."""
    code = str(report.get("code") or report.get("status") or "") if isinstance(report, dict) else ""
    if re.fullmatch(r"[45]\d\d", code):
        cause = cause_of_status(int(code), str(report))
        return cause, is_retried(cause, int(code))
    cause = cause_of_text(str(report))
    return cause, cause in (Cause.RATE_LIMIT, Cause.OVERLOADED, Cause.NETWORK, Cause.UNKNOWN)


def cause_of_text(text: str) -> Cause:
    """The cause behind an error that comes without a status: what CLIs print."""
    status = re.search(r"(?i)\b(?:status|error|code|HTTP)\D{0,20}([45]\d\d)\b", text)
    if status:
        return cause_of_status(int(status[1]), text)
    if re.search(
        r"(?i)authentication|unauthorized|not logged in|/login|log ?in to|no api key|missing .{0,30}key", text
    ):
        return Cause.AUTH
    if re.search(r"(?i)rate.?limit|too many requests", text) or _THROTTLED.search(text):
        return Cause.RATE_LIMIT
    if _OVERLOADED.search(text):
        return Cause.OVERLOADED
    if re.search(r"(?i)ECONN|ENOTFOUND|connection|network|socket|stream disconnected|fetch failed|getaddrinfo", text):
        return Cause.NETWORK
    return _rejected(text)


def is_refusal(stop: str) -> bool:
    """Whether a vendor's reason for the end of an answer means that the model refused."""
    return stop in REFUSALS


def is_cut_off(stop: str) -> bool:
    """Whether a vendor's reason for the end of an answer means that it reached the cap on tokens."""
    return stop in CUT_OFF


def is_retried(cause: Cause, status: int) -> bool:
    """Whether asking again may help: where much was asked at once, and where the status says so of what is not understood."""
    if cause in (Cause.RATE_LIMIT, Cause.OVERLOADED):
        return True
    return cause is Cause.UNKNOWN and (status in (408, 409) or status >= 500)

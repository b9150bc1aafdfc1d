"""One question to a model, to know how it answers before a run asks it hundreds: `kg doctor --model`."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from http.client import HTTPException
from urllib.request import urlopen

from kgents.domain.outcome import Cause
from kgents.domain.ports import HarnessError, Limits, Reply
from kgents.errors import KgentsError
from kgents.harness.extraction.reasoning import marker_in
from kgents.harness.origin import origin_of
from kgents.harness.taxonomy import is_cut_off
from kgents.kinds.coders import choose_coder, coder_config, make_coder
from kgents.kinds.kind import RunContext
from kgents.kinds.options import CoderOptions
from kgents.runner.diagnosis import Finding

QUESTION = "Reply with the one word: ready"
SECONDS = 120.0  # that the answer may take
LEAST_TIMEOUT, MOST_TIMEOUT = 30.0, 3600.0
CAP = 64  # tokens of the answer: a base model, or one that thinks, does not end with a word
TIMES = 20  # a program takes longer than a word: so many times the time of this answer
ELSEWHERE = 4  # trials at once where a vendor is asked


async def probe(
    options: CoderOptions, context: RunContext, clock: Callable[[], float] = time.monotonic
) -> list[Finding]:
    """Asks once; what came back, how long it took, and what that suggests. UsageError for a model that there is none of."""
    choice = choose_coder(options.get("harness"), options.get("model"), context)
    name, config = choice.model or choice.harness, coder_config(choice, options)
    if choice.harness == "api":
        config.setdefault("max_output_tokens", CAP)
    coder = make_coder(config, context, {})
    begun = clock()
    try:
        reply = await coder.generate(QUESTION, 1, Limits(SECONDS))
    except HarnessError as wrong:
        if wrong.cause is not Cause.TRUNCATED:
            return [Finding(f"model {name}", "missing", f"{wrong.cause.value.replace('_', ' ')}: {wrong.message}")]
        reply = Reply("", wrong.usage, stop="length")  # it thinks before it answers
    except KgentsError as wrong:
        return [Finding(f"model {name}", "missing", wrong.message)]
    finally:
        await coder.aclose()
    taken = clock() - begun
    if choice.harness == "simulated":
        return [_answer(reply, taken, name)]
    slots = await asyncio.to_thread(slots_of, config.get("base_url"))
    return [_answer(reply, taken, name), *_advice(taken, slots, config.get("base_url"))]


def _answer(reply: Reply, taken: float, name: str) -> Finding:
    usage = reply.usage
    words = " ".join(reply.text.split())
    shown = repr(f"{words[:60]}…" if len(words) > 60 else words) if words else "nothing yet"
    if is_cut_off(reply.stop or ""):
        shown += f" (cut at {usage.output_tokens} tokens: it thinks, or does not end by itself)"
    marker = marker_in(reply.text)
    if marker is not None:
        shown += f" (chat markers, {marker}: a base model? --prompt-style completion)"
    cost = "price unknown" if usage.cost_usd is None else f"{usage.cost_usd:.6f} USD"
    detail = f"answered {shown} after {taken:.2f} s; {usage.input_tokens} + {usage.output_tokens} tokens, {cost}"
    return Finding(f"model {name}", "ok", detail)


def _advice(taken: float, slots: int | None, base_url: str | None) -> list[Finding]:
    own = base_url is not None and origin_of(base_url).private
    at_once = slots or (1 if own else ELSEWHERE)
    told = (
        f"{slots} slots" if slots else "the server does not say how many slots it has" if own else "a vendor's server"
    )
    limit = suggested_timeout(taken)
    return [
        Finding("concurrency", "ok", f"--concurrency {at_once} ({told})"),
        Finding("time-out", "ok", f"--timeout {limit:g} ({TIMES} times this answer, {LEAST_TIMEOUT:g} s at least)"),
    ]


def suggested_timeout(taken: float) -> float:
    """Seconds for a trial, from those of one short answer: rounded up to whole tens."""
    return min(MOST_TIMEOUT, max(LEAST_TIMEOUT, 10.0 * math.ceil(TIMES * taken / 10)))


def slots_of(base_url: str | None) -> int | None:
    """How many questions a server of one's own takes at once, where it says so as llama.cpp does; no key is sent."""
    if base_url is None or not origin_of(base_url).private:
        return None
    try:
        with urlopen(f"{origin_of(base_url)}/props", timeout=3) as answer:
            slots = json.loads(answer.read(1_000_000)).get("total_slots")
    except (OSError, ValueError, AttributeError, HTTPException):
        return None
    return slots if isinstance(slots, int) and 0 < slots <= 1024 else None

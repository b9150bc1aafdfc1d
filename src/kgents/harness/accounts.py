"""Who is asked with which key: one limiter for each, and what a person has to do where it does not open."""

import hashlib
from collections.abc import Callable

from kgents.domain.outcome import Cause
from kgents.harness.limiter import Limiter
from kgents.harness.model_name import ModelName
from kgents.harness.settings import Settings


def limiter_of(name: ModelName, settings: Settings, clock: Callable[[], float]) -> Limiter:
    """The limiter that all questions with this key share."""

    def new() -> Limiter:
        return Limiter(settings.requests_per_minute, settings.tokens_per_minute, clock=clock, sleep=settings.sleep)

    return settings.limiters.of(_account(name), new)


def _account(name: ModelName) -> str:
    """Who is asked with which key, without the key."""
    return hashlib.sha256(f"{name.vendor.partition('-')[0]}|{name.base_url}|{name.key}".encode()).hexdigest()


def remedy(cause: Cause, variable: str) -> str:
    """What to do about a cause that ends the run, as a sentence; empty where there is nothing to do."""
    match cause:
        case Cause.AUTH:
            return f". Check {variable}."
        case Cause.QUOTA:
            return f". Add credit to the account of {variable}, or use another key."
        case Cause.HARNESS_MISSING:
            return ". Check --model and --base-url."
        case Cause.OPTION_REFUSED:
            return ". Leave the option out or change it, or ask another --model."
    return ""

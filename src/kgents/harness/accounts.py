"""Who is asked with which key: one limiter for each."""

import hashlib
from collections.abc import Callable

from kgents.harness.limiter import Limiter
from kgents.harness.model_name import ModelName
from kgents.harness.origin import origin_of
from kgents.harness.settings import Settings


def limiter_of(name: ModelName, settings: Settings, clock: Callable[[], float]) -> Limiter:
    """The limiter that all questions with this key share."""

    def new() -> Limiter:
        limits = settings.requests_per_minute, settings.tokens_per_minute
        return Limiter(*limits, clock=clock, sleep=settings.sleep, proven=settings.limiters.proven)

    if name.base_url is not None and origin_of(name.base_url).private:
        settings.limiters.is_own = True
    return settings.limiters.of(_account(name), new)


def _account(name: ModelName) -> str:
    """Who is asked with which key, without the key."""
    return hashlib.sha256(f"{name.vendor.partition('-')[0]}|{name.base_url}|{name.key}".encode()).hexdigest()

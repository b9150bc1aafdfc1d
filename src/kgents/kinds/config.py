"""The configuration of an experiment, read from its record."""

import json
from typing import Any

from kgents.domain.plan import Plan
from kgents.domain.ports import Store
from kgents.errors import StoreUnavailable, UsageError
from kgents.kinds.kind import Config


async def config_of(store: Store, plan: Plan) -> Config:
    """The configuration; empty where it was erased. StoreUnavailable where it is damaged."""
    return recorded_config(plan, await store.blob(plan.config))


def recorded_config(plan: Plan, content: bytes | None) -> Config:
    """What a plan's configuration says; empty where it was erased (None). StoreUnavailable where it is damaged."""
    if content is None:
        return {}
    loaded: Any = json.loads(content)
    if not isinstance(loaded, dict):
        raise StoreUnavailable(
            f"the configuration of {plan.experiment} is damaged", f"kg witness verify {plan.experiment}"
        )
    return loaded


def readable_config(content: bytes | None) -> Config:
    """A configuration as far as it can be read; empty where it was erased, or is damaged, which `witness verify` says."""
    try:
        loaded: Any = json.loads(content or b"{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


async def load_config(store: Store, plan: Plan) -> Config:
    """The configuration; UsageError where it was erased."""
    if await store.blob(plan.config) is None:
        raise UsageError(f"the texts of {plan.experiment} were erased; it cannot be run again", None)
    return await config_of(store, plan)

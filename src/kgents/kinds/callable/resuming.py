"""Whether the functions that a caller holds are those that an experiment was begun with."""

import warnings
from collections.abc import Mapping

from kgents.domain.ports import Store
from kgents.errors import UsageError
from kgents.kinds.callable.function import TrialFunction, identity_of
from kgents.kinds.callable.options import CallableConfig, FunctionConfig
from kgents.kinds.config import load_config
from kgents.kinds.options import as_written


async def checked_arms(
    store: Store, experiment: str, functions: Mapping[str, TrialFunction]
) -> Mapping[str, TrialFunction]:
    """The functions by arm. UsageError for another kind, other arms, or a lambda; a UserWarning where a source differs."""
    plan = (await store.summary(experiment)).plan
    if plan.kind != "callable":
        raise UsageError(
            f"{experiment} is no experiment of Python functions but of kind {plan.kind}", "kg experiment resume"
        )
    config = as_written(CallableConfig, await load_config(store, plan))
    recorded = {arm["name"]: arm for arm in config["arms"]}
    if set(recorded) != set(functions):
        names = ", ".join(name or "one function" for name in recorded)
        raise UsageError(f"trial: {experiment} was begun with {names}", "give each of them, by name")
    for name, function in functions.items():
        _compare(experiment, recorded[name], function)
    return functions


def _compare(experiment: str, recorded: FunctionConfig, function: TrialFunction) -> None:
    now = identity_of(function)
    if "<lambda>" in now.name or "<lambda>" in recorded["function"]:
        raise UsageError(
            f"trial: {experiment} cannot be resumed with a lambda: nothing says that it is the one it was begun with",
            "give the function a name (def) and begin anew",
        )
    if now.to_data() != {"function": recorded["function"], "digest": recorded["digest"]}:
        warnings.warn(
            f"{now.name} is not the code that {experiment} was begun with ({recorded['function']}): "
            "its earlier trials are of another program",
            UserWarning,
            stacklevel=2,
        )

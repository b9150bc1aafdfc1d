"""The process in which the trials of `isolate=True` are called: one trial after another, each a line of JSON in, one out.

Rule: functions are found again by their names and compared with the digests on record; nothing is pickled. What a trial
prints goes to standard error. The process ends when its input does, also in the middle of a trial.
"""

import asyncio
import importlib
import inspect
import json
import os
import queue
import runpy
import sys
import threading
from operator import attrgetter
from types import ModuleType
from typing import Any

from kgents.domain.meter import Meter
from kgents.domain.outcome import Outcome
from kgents.kinds.callable.answer import ScoreRange, outcome_of, outcome_of_error
from kgents.kinds.callable.function import TrialFunction, identity_of, wants_trial
from kgents.kinds.callable.options import Call, FunctionConfig, Job, MainConfig, Reply
from kgents.kinds.callable.trial import INSIDE, MisusedTrial, Trial, metadata_of


def main() -> None:
    """Loads the functions that the job (last argument) names, says so, and serves until standard input ends."""
    job: Job = json.loads(sys.argv[-1])
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    requests = _requests()
    INSIDE.set(job["experiment"])
    try:
        functions = [_function_of(arm, job["main"]) for arm in job["arms"]]
    except BaseException as wrong:  # noqa: BLE001 - told to the program that asked
        _write(sink, {"error": f"{type(wrong).__name__}: {wrong}"})
        return
    _write(sink, {"ready": True})
    while (request := requests.get()) is not None:
        _write(sink, _reply(job, functions, request))


def _requests() -> "queue.SimpleQueue[Call | None]":
    """What arrives on standard input, which no trial can read."""
    source = os.fdopen(os.dup(0), encoding="utf-8")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    arrived: queue.SimpleQueue[Call | None] = queue.SimpleQueue()

    def read() -> None:
        for line in source:
            arrived.put(json.loads(line))
        os._exit(0)  # nobody waits for this trial any more

    threading.Thread(target=read, name="kgents-requests", daemon=True).start()
    return arrived


def _write(sink: Any, reply: Reply) -> None:
    sink.write(json.dumps(reply, default=repr) + "\n")
    sink.flush()


def _function_of(arm: FunctionConfig, main_module: MainConfig | None) -> TrialFunction:
    """The function of an arm. ValueError where the source is another than that on record."""
    name, _, path = arm["function"].partition(":")
    value: Any = attrgetter(path)(_main(main_module) if name == "__main__" else importlib.import_module(name))
    if identity_of(value).digest != arm["digest"]:
        raise ValueError(
            f"the source of {arm['function']} has been changed since it was loaded: start the program anew"
        )
    function: TrialFunction = value
    return function


def _main(main_module: MainConfig | None) -> ModuleType:
    """The program that asked, loaded under the name that multiprocessing gives it: what `if __name__ …` guards is not run."""
    loaded = sys.modules.get("__mp_main__")
    if loaded is not None:
        return loaded
    module = ModuleType("__mp_main__")
    sys.modules["__mp_main__"] = sys.modules["__main__"] = module
    asked = MainConfig() if main_module is None else main_module
    if "name" in asked:
        names = runpy.run_module(asked["name"], run_name="__mp_main__", alter_sys=True)
    else:
        names = runpy.run_path(asked["path"], run_name="__mp_main__")
    module.__dict__.update(names)
    return module


def _reply(job: Job, functions: list[TrialFunction], request: Call) -> Reply:
    meter = Meter()
    trial = Trial(request["index"], request["seed"], job["arms"][request["arm"]]["name"], meter)
    try:
        outcome = _outcome(job, functions[request["arm"]], trial)
    except (MisusedTrial, TypeError, ValueError) as wrong:
        return {"mistake": type(wrong).__name__, "message": str(wrong)}
    cost = meter.usage.cost_usd
    return {
        "success": outcome.success,
        "cause": None if outcome.cause is None else outcome.cause.value,
        "error": outcome.error,
        "output": outcome.output,
        "metadata": dict(outcome.metadata),
        "score": list(outcome.score),
        "usage": (meter.usage.output_tokens, None if cost is None else str(cost), meter.usage.calls),
    }


def _outcome(job: Job, function: TrialFunction, trial: Trial) -> Outcome:
    """What the call comes to. TypeError or ValueError for a value that no trial returns."""
    try:
        value = function(trial) if wants_trial(function) else function()
        if inspect.isawaitable(value):
            value = asyncio.run(_awaited(value))
    except MisusedTrial:
        raise
    except BaseException as raised:  # noqa: BLE001 - whatever the program under test raises is an outcome
        names = {f"{_module(kind)}:{kind.__qualname__}" for kind in type(raised).__mro__}
        of_the_world = (type(raised),) if names & set(job["error_types"]) and isinstance(raised, Exception) else ()
        return outcome_of_error(raised, of_the_world, metadata_of(trial))
    score = job["score"]
    return outcome_of(value, metadata_of(trial), None if score is None else ScoreRange(*map(float, score)))


def _module(kind: type) -> str:
    return "__main__" if kind.__module__ == "__mp_main__" else kind.__module__


async def _awaited(value: Any) -> Any:
    return await value

"""The bench of a worker, reached as the engine reaches it: by texts."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kgents import __version__
from kgents.kinds.callable.function import identity_of
from kgents.runner.cluster.bench import serve
from kgents.runner.cluster.wire import outcome_of, read, write

MODULE = """import asyncio, threading, time
gate, inside = threading.Event(), threading.Event()

async def good(trial):
    trial.cost(usd="0.5", tokens=7)
    return trial.seed == 9

def __getattr__(name):  # looked up while it is built
    if name == "slow":
        time.sleep(0.8)
        return good
    raise AttributeError(name)

async def blocking(trial):
    inside.set()
    gate.wait(60)
    return True

async def endless(trial):
    trial.cost(usd="0.5")
    inside.set()
    await asyncio.Event().wait()
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of trials, importable."""
    (tmp_path / "bench_trials_module.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    import bench_trials_module  # type: ignore[import-not-found]

    yield bench_trials_module
    bench_trials_module.gate.set()
    del sys.modules["bench_trials_module"]


async def say(do: str, experiment: str, **more: Any) -> dict[str, Any]:
    """The bench's answer to a message."""
    return read(await serve(write({"do": do, "version": __version__, "experiment": experiment, **more})))


async def build(experiment: str, function: Any, lease: float = 60.0) -> dict[str, Any]:
    """Has a function built as an experiment."""
    arm = {"name": "", **identity_of(function).to_data()}
    config = {"type": "callable", "arms": [arm], "timeout": None, "error_types": []}
    return await say("build", experiment, kind="callable", config=config, lease=lease, share=[0, 1])


def run(experiment: str, key: str = "k") -> "asyncio.Future[dict[str, Any]]":
    """A trial in flight."""
    return asyncio.ensure_future(say("run", experiment, key=key, arm=0, index=0, seed=9, choice=None))


async def test_a_trial_comes_back_with_what_it_consumed(functions: Any) -> None:
    """And other experiments, versions and code are refused or unknown."""
    assert await build("e1", functions.good) == {}
    outcome = outcome_of((await run("e1"))["outcome"])
    assert (outcome.success, str(outcome.usage.cost_usd), outcome.usage.output_tokens) == (True, "0.5", 7)
    assert await run("e0") == {"unknown": True}
    assert await say("renew", "e0", open=True) == {"unknown": True}
    old = read(await serve(write({"do": "run", "version": "0", "experiment": "e1"})))
    assert old["refused"][1] == f"the worker has kgents {__version__}, the coordinator 0"
    assert read(await serve(write({"do": "inspect", "version": "0"})))["kgents"] == __version__
    await say("close", "e1")
    assert await run("e1") == {"unknown": True}


async def test_a_trial_that_blocks_does_not_keep_the_bench_from_answering(functions: Any) -> None:
    """A coordinator that asks hears that it runs."""
    await build("e2", functions.blocking)
    task = run("e2")
    await asyncio.to_thread(functions.inside.wait, 60)
    assert list((await say("renew", "e2", open=True))["running"]) == ["k"]
    functions.gate.set()
    assert outcome_of((await task)["outcome"]).success is True
    await say("close", "e2")


async def test_an_abandoned_trial_says_what_it_had_consumed(functions: Any) -> None:
    """The answer comes when nothing of it runs any more; one that was not begun yet never is."""
    await build("e3", functions.endless)
    task = run("e3")
    await asyncio.to_thread(functions.inside.wait, 60)
    abandoned = await say("abandon", "e3", keys=["k", "later"])
    assert abandoned["usage"]["k"]["usd"] == "0.5"
    assert (await task)["cancelled"] is True
    assert await run("e3", "later") == {"cancelled": True}
    await say("close", "e3")


async def test_a_lease_that_nobody_renews_ends_the_trials(functions: Any) -> None:
    """The coordinator may be dead: its trials are cancelled, its kind is let go of."""
    await build("e4", functions.endless, lease=0.2)
    assert (await run("e4", "of its own"))["cancelled"] is True
    assert await say("renew", "e4", open=True) == {"unknown": True}


async def test_a_kind_that_takes_longer_to_build_than_the_lease_is_built(functions: Any) -> None:
    """The lease begins when it is there."""
    arm = {**identity_of(functions.good).to_data(), "name": "", "function": f"{functions.__name__}:slow"}
    config = {"type": "callable", "arms": [arm], "timeout": None, "error_types": []}
    assert await say("build", "e5", kind="callable", config=config, lease=0.3, share=[0, 1]) == {}
    assert "outcome" in await run("e5", "slowly built")
    await say("close", "e5")

"""decide, estimate, compare, resume and load: the functions of `import kgents`, with a real record."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kgents as kg

EACH_ALONE = True  # slow, and nothing is shared

TARGET = 0.8
VARIABLE: ContextVar[str] = ContextVar("variable", default="unset")


pytestmark = pytest.mark.usefixtures("own_record")


def fair(trial: kg.Trial) -> bool:
    return trial.rng.random() < 0.5


def always() -> bool:
    return True


def test_importing_kgents_imports_nothing_else() -> None:
    """`import kgents` loads no other module of kgents and no library."""
    program = "import sys; before = set(sys.modules); import kgents; print(sorted(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "['kgents']"


def test_the_stub_names_what_the_module_has() -> None:
    """`__init__.pyi`, which type checkers read, has exactly the names of `__all__`."""
    stub = Path(kg.__file__).with_name("__init__.pyi").read_text()
    names = [
        line.partition("#")[0].rstrip().rpartition(" as ")[2] for line in stub.splitlines() if line.startswith("from ")
    ]
    assert sorted(names) == sorted(kg.__all__)
    assert set(kg.__all__) <= set(dir(kg))


def test_the_json_of_a_result_is_that_of_the_command_line(tmp_path: Path) -> None:
    """to_json() is `kg experiment show ID --json`, byte for byte."""
    result = kg.decide(fair, target=TARGET, seed=1, name="one")
    shown = subprocess.run(
        [sys.executable, "-m", "kgents", "experiment", "show", result.id, "--json"], capture_output=True, check=True
    )
    assert shown.stdout == result.to_json().encode()
    assert result.refuted
    assert result.to_dict()["evidence"]["trials_success"] == result.successes


def test_one_seed_gives_one_result_whatever_the_concurrency() -> None:
    """Verdict, counts and seeds depend on the seed alone."""
    results = [kg.decide(fair, target=0.4, seed=7, concurrency=n, record=False) for n in (1, 4)]
    paths = [[(row["seed"], row["success"]) for row in result.to_dict()["trials"]] for result in results]
    assert paths[0] == paths[1]


@pytest.mark.parametrize(
    ("value", "successes"),
    [(True, 2), ((True, "said"), 2), (np.bool_(True), 2), (np.bool_(False), 0), ((False, {"a": 1}), 0)],
    ids=["bool", "pair", "numpy true", "numpy false", "pair with data"],
)
def test_a_trial_may_return(value: Any, successes: int) -> None:
    """A bool, one of numpy, or (bool, output)."""
    assert kg.estimate(lambda: value, n=2, record=False).successes == successes


@pytest.mark.parametrize("value", [None, 1, "yes", 0.5, (1, "x"), (True, "x", "y"), [True]], ids=repr)
def test_anything_else_is_a_type_error_at_the_first_trial(value: Any) -> None:
    """A wrong return type raises after one call, and the record says how to go on."""
    calls = []

    def trial() -> Any:
        calls.append(1)
        return value

    with pytest.raises(TypeError, match="a trial returned") as caught:
        kg.decide(trial)
    assert len(calls) == 1
    assert "kg.resume" in caught.value.__notes__[0]
    assert kg.load("@latest").status == "interrupted"


def test_exceptions_are_failures_unless_their_type_is_named() -> None:
    """AssertionError: wrong_output; others: exception; those of error_types are not counted, or counted as failures."""

    def trial(trial: kg.Trial) -> bool:
        if trial.index == 0:
            raise AssertionError("off by one")
        if trial.index == 1:
            raise ConnectionError("refused")
        return True

    plain = kg.estimate(trial, n=4, record=False)
    assert [row["cause"] for row in plain.failures()] == ["wrong_output", "exception"]
    assert "off by one" in plain.failures()[0]["metadata"]["traceback"]
    assert __file__ in plain.failures()[1]["metadata"]["traceback"]
    spoilt = kg.estimate(trial, n=4, error_types=(ConnectionError,), record=False)
    assert (spoilt.successes, spoilt.trials) == (2, 3)
    assert [row["cause"] for row in spoilt.to_dict()["trials"] if not row["counted"]] == ["unknown"]
    counted = kg.estimate(trial, n=4, error_types=(ConnectionError,), errors="count", record=False)
    assert (counted.successes, counted.trials) == (2, 4)


def test_sys_exit_of_a_trial_is_a_failure_of_it() -> None:
    """SystemExit neither ends the process nor the experiment."""
    assert kg.estimate(partial(sys.exit, 3), n=2, record=False).failures()[0]["error"] == "SystemExit: 3"


def test_a_trial_that_takes_too_long_is_a_failure() -> None:
    """A coroutine is cancelled at its time-out; a thread is left behind, and its error says so."""
    release = threading.Event()

    async def coroutine() -> bool:
        await asyncio.Event().wait()
        return True

    def thread() -> bool:
        return release.wait()

    try:
        for trial, said in ((coroutine, "no end within"), (thread, "its thread goes on")):
            result = kg.estimate(trial, n=1, timeout=0.05, record=False)
            assert result.failures()[0]["cause"] == "timeout"
            assert said in result.failures()[0]["error"]
    finally:
        release.set()


def test_expect_raises_with_sentence_and_first_failure() -> None:
    """NotSupported is an AssertionError; a supported result is returned."""

    def trial(trial: kg.Trial) -> bool:
        assert trial.index, "the first one fails"
        return fair(trial)

    with pytest.raises(kg.NotSupported, match="the first one fails") as caught:
        kg.decide(trial, target=0.9, record=False).expect()
    assert isinstance(caught.value, AssertionError)
    assert caught.value.result.refuted
    assert kg.decide(always, record=False).expect().supported
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(caught.value.result)


def test_a_comparison_names_the_best_arm() -> None:
    """The better function wins, trials carry their arm, and arms share seeds."""
    seeds: dict[str, list[int]] = {"old": [], "new": []}

    def arm(rate: float, trial: kg.Trial) -> bool:
        seeds[trial.arm].append(trial.seed)
        return trial.rng.random() < rate

    result = kg.compare({"old": partial(arm, 0.4), "new": partial(arm, 0.9)}, seed=1)
    assert result.best == "new"
    assert [entry["name"] for entry in result.arms] == ["old", "new"]
    shared = min(len(taken) for taken in seeds.values())
    assert seeds["old"][:shared] == seeds["new"][:shared]


def test_context_variables_are_copied_into_threads_and_coroutines() -> None:
    """A trial sees the caller's context variables, and cannot change them."""
    VARIABLE.set("mine")

    def plain() -> tuple[bool, str]:
        text = VARIABLE.get()
        VARIABLE.set("changed")
        return True, text

    async def coroutine() -> tuple[bool, str]:
        return plain()

    for trial in (plain, coroutine):
        rows = kg.estimate(trial, n=2, record=False).to_dict()["trials"]
        assert [row["output"] for row in rows] == ["mine", "mine"]
    assert VARIABLE.get() == "mine"


def test_it_works_in_a_running_loop_and_in_threads() -> None:
    """The plain functions may be called where a loop runs; adecide runs a coroutine in that loop; threads do not clash."""
    loops = []

    async def trial() -> bool:
        loops.append(asyncio.get_running_loop())
        return True

    async def main() -> None:
        assert kg.decide(always, record=False).supported
        assert (await kg.adecide(trial, concurrency=4)).supported
        assert set(loops) == {asyncio.get_running_loop()}

    asyncio.run(main())
    results: list[kg.Result] = []
    threads = [threading.Thread(target=lambda: results.append(kg.decide(always))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.supported for result in results] == [True] * 3


def test_a_cancelled_adecide_is_stopped_in_the_record() -> None:
    """Cancelling the task stops the run, which can be resumed."""

    async def main() -> None:
        begun = asyncio.Event()

        async def trial() -> bool:
            begun.set()
            await asyncio.Event().wait()
            return True

        task = asyncio.ensure_future(kg.adecide(trial, name="slow"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert kg.load("slow").status == "interrupted"
    assert kg.load("slow").verdict is None


PROGRAM = """
import asyncio, time
import kgents as kg

def trial(t):
    print("begun", flush=True)
    time.sleep(600)

"""


@pytest.mark.parametrize("running_loop", [False, True])
def test_ctrl_c_stops_at_once_and_says_how_to_go_on(tmp_path: Path, running_loop: bool) -> None:
    """SIGINT during a trial of many seconds ends the program, with and without a running loop around it."""
    work = (
        "async def main(): kg.decide(trial, name='slow')\nasyncio.run(main())"
        if running_loop
        else "kg.decide(trial, name='slow')"
    )
    program = PROGRAM + work + "\n"
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    os.kill(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    assert "kg.resume(" in errors
    assert kg.load("slow").status == "interrupted"


def stops_once(trial: kg.Trial) -> bool:
    trial.cost(usd=1)
    return True


def test_resume_goes_on_with_the_function() -> None:
    """What stopped for its budget goes on; completed trials are kept, and the plan stands."""
    before = kg.decide(stops_once, budget_usd=3, target=0.9, seed=5)
    assert (before.status, before.trials) == ("stopped", 3)
    kept = before.to_dict()["trials"]
    with pytest.raises(kg.UsageError, match="one function"):
        kg.resume(before.id, {"a": stops_once, "b": stops_once})
    again = kg.resume(before.id, stops_once)
    assert again.status == "stopped"  # the budget stands as well
    assert again.trials == 3
    more = kg.resume(before.id, stops_once, budget_usd=7)
    assert (more.status, more.trials) == ("stopped", 7)
    assert more.to_dict()["trials"][:3] == kept
    assert kg.resume(before.id, stops_once, budget_usd=1000).supported


def test_resume_refuses_a_lambda_and_warns_of_another_source() -> None:
    """Nothing tells lambdas apart; another function is called, with a warning."""
    begun = kg.decide(stops_once, budget_usd=2)
    with pytest.raises(kg.UsageError, match="lambda"):
        kg.resume(begun.id, lambda: True)
    with pytest.warns(UserWarning, match="is not the code"):
        kg.resume(begun.id, always)


def test_the_command_line_says_where_a_function_is(kg_command: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """`kg experiment resume` of a Python function names the call that can; history names the function."""
    begun = kg.decide(stops_once, budget_usd=2)
    refused = kg_command("resume", begun.id)
    assert refused.returncode == 2
    assert "kg.resume(" in refused.stderr
    assert "test_decide:stops_once" in kg_command("history").stdout


@pytest.fixture
def kg_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "kgents", "experiment", *words]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"target": 1.0}, "no finite sample"),
        ({"target": 0}, "target"),
        ({"target": "x"}, "target"),
        ({"target": float("nan")}, "target"),
        ({"confidence": 0.4}, "confidence"),
        ({"max_trials": 0}, "max_trials"),
        ({"max_trials": 2.5}, "max_trials"),
        ({"concurrency": 0}, "concurrency"),
        ({"timeout": -1}, "timeout"),
        ({"errors": "ignore"}, "errors"),
        ({"error_types": (AssertionError,)}, "error_types"),
        ({"error_types": (Exception,)}, "error_types"),
        ({"error_types": ("ConnectionError",)}, "error_types"),
        ({"budget_usd": "much"}, "budget_usd"),
        ({"budget_usd": 0}, "budget_usd"),
        ({"seed": "x"}, "seed"),
        ({"tags": "one"}, "tags"),
        ({"record": False, "database": "sqlite:///x.db"}, "record"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_argument_is_named_before_the_first_trial(options: dict[str, Any], named: str) -> None:
    """UsageError names the argument; the function is never called."""
    with pytest.raises(kg.UsageError, match=named):
        kg.decide(pytest.fail, **{"record": False, **options})


def test_what_cannot_be_a_trial_is_refused_before_the_first() -> None:
    """Functions that need arguments, and things that cannot be called."""
    with pytest.raises(TypeError, match="needs arguments that no trial has"):
        kg.decide(lambda a, b: True)
    with pytest.raises(TypeError, match="cannot be called"):
        kg.decide(True)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected keyword argument 'maxtrials'"):
        kg.decide(always, maxtrials=3)  # type: ignore[call-arg]
    with pytest.raises(kg.UsageError, match="two functions or more"):
        kg.compare({"one": always})


def test_an_argument_with_a_default_is_not_the_trial() -> None:
    """`lambda i=i: …` is called without arguments."""
    assert kg.estimate(lambda number=5: number == 5, n=1, record=False).successes == 1


def test_an_experiment_inside_a_trial_is_refused() -> None:
    """Not counted as a failure of the trial: it is raised to the caller."""
    with pytest.raises(kg.UsageError, match="inside a trial"):
        kg.decide(lambda: kg.decide(always).supported)


def test_without_a_record_nothing_is_kept() -> None:
    """record=False leaves the database as it was; the result can still be asked for everything."""
    result = kg.decide(fair, target=0.9, record=False)
    assert len(result.to_dict()["trials"]) == result.trials
    assert "&lt;svg" in result._repr_html_()
    assert len(kg.history()) == 0


def test_history_is_a_table(tmp_path: Path) -> None:
    """Newest first, one row an experiment; files are written by their suffix."""
    kg.decide(always, name="first")
    second = kg.estimate(always, n=5, name="second")
    table = kg.history(since="1d")
    assert [row["name"] for row in table] == ["second", "first"]
    assert table[0]["rate"] == 1.0
    assert [row["name"] for row in kg.history(search="firs")] == ["first"]
    assert [row["id"] for row in kg.history(search=second.id[4:])] == [second.id]
    with pytest.raises(kg.UsageError, match="no such kind"):
        kg.history(kind="flakyness")
    assert "<table>" in table._repr_html_()
    assert second.report(tmp_path / "x.html").read_text().startswith("<!")
    with pytest.raises(kg.UsageError, match="since"):
        kg.history(since="soon")
    with pytest.raises(kg.UsageError, match="no format has this suffix"):
        second.report(tmp_path / "x.gif")

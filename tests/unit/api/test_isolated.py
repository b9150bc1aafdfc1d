"""isolate=True: trials in processes of their own, which import the function and can be killed."""

import gc
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import kgents as kg
from kgents.errors import UsageError
from kgents.kinds.callable.isolated import check_importable

PROGRAM = """
import os, time
import kgents as kg

class World(Exception):
    pass

def trial(t):
    t.note(f"in {os.getpid()}")
    t.cost(usd="0.25", tokens=2)
    print("printed")
    if t.index == 1: os.kill(os.getpid(), 9)
    if t.index == 2: time.sleep(60)
    if t.index == 3: raise KeyError("missing")
    if t.index == 4: raise World("down")
    if t.index == 5: os._exit(3)
    return True, {"seed": t.seed}

async def half(t):
    return 0.5

def wrong(t):
    return "yes"

if __name__ == "__main__":
    import json, sys
    kept = {"record": False, "isolate": True, "seed": 1}
    result = kg.estimate(trial, n=9, timeout=1, error_types=(World,), **kept)
    rows = result.to_dict()["trials"]
    mean = kg.estimate(half, n=2, score=(0, 2), **kept).mean
    try:
        kg.estimate(wrong, n=2, **kept)
    except TypeError as raised:
        told = str(raised)
    print(json.dumps([rows, str(result.usage.cost_usd), mean, told, os.getpid()]))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What PROGRAM prints: [trials, cost, mean of scores, message of a TypeError, process id]."""
    import json

    path = tmp_path_factory.mktemp("isolated") / "program.py"
    path.write_text(PROGRAM)
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_each_end_of_a_process_is_one_outcome(told: Any) -> None:
    """Killed, out of time, an exception, an error of the world and an exit are told apart; the others go on."""
    causes = [row["cause"] for row in told[0][:6]]
    assert causes == [None, "signal", "timeout", "exception", "unknown", "exit_status"]
    assert told[0][2]["error"] == "no end within 1 s; its process was killed"
    assert 'raise KeyError("missing")' in told[0][3]["metadata"]["traceback"]
    assert all(row["success"] for row in told[0][6:])


def test_notes_costs_and_output_come_back(told: Any) -> None:
    """What a trial said is in the record, with the seed it would have had in a thread."""
    first = told[0][0]
    assert first["output"] == f'{{"seed": {first["seed"]}}}'
    (note,) = first["metadata"]["notes"]
    assert note.startswith("in ")
    assert note != f"in {told[4]}"
    assert told[1] == "1.50"  # of the trials that lived to tell: all but the killed ones and the exit


def test_coroutines_and_scores_and_mistakes_are_as_in_threads(told: Any) -> None:
    """A coroutine is awaited there, a score is read, a wrong type is a TypeError of the caller."""
    assert told[2] == 0.5
    assert "a trial returned str, not bool" in told[3]


def test_a_program_without_a_guard_is_told_so(tmp_path: Path) -> None:
    """It would begin its experiment again in every process."""
    path = tmp_path / "unguarded.py"
    path.write_text("import kgents as kg\ndef f(): return True\nkg.decide(f, isolate=True, record=False)\n")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    assert "UsageError: isolate: another process could not import the trial: NestedExperiment" in done.stderr


class _Callable:
    def __call__(self) -> bool:
        return True


@pytest.mark.parametrize("function", [lambda: True, partial(os.path.exists, "/"), _Callable(), _Callable().__call__])
def test_what_no_other_process_can_import_is_refused(function: Any) -> None:
    """Lambdas, partials, objects and bound methods, before the first trial."""
    with pytest.raises(UsageError, match="isolate: "):
        check_importable(function)


def test_ctrl_c_ends_the_process_of_a_trial(tmp_path: Path) -> None:
    """SIGINT during a trial of a minute ends the program at once, and the trial's process with it."""
    path, pid = tmp_path / "long.py", tmp_path / "pid"
    path.write_text(
        "import os, time, pathlib, kgents as kg\n"
        f"def f():\n    pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n    time.sleep(60)\n    return True\n"
        "if __name__ == '__main__':\n    kg.decide(f, isolate=True, record=False)\n"
    )
    program = subprocess.Popen(
        [sys.executable, str(path)], stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells have what they run aside ignore it
    )  # fmt: skip
    while not (pid.is_file() and pid.read_text()):
        assert program.poll() is None
        time.sleep(0.01)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_function_of_a_module_is_imported() -> None:
    """Not only those of the program itself."""
    assert kg.estimate(gc.isenabled, n=1, isolate=True, record=False).trials == 1


def importable() -> bool:
    return True

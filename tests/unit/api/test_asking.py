"""kg.open: ask and tell, in any order, from any process."""

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

import kgents as kg
from kgents.runner import asking

pytestmark = pytest.mark.usefixtures("own_record")


def kgents(*words: str) -> subprocess.CompletedProcess[str]:
    """`kg experiment …` as another process."""
    line = [sys.executable, "-m", "kgents", "experiment", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_outcomes_told_in_any_order_decide_as_a_run_would() -> None:
    """Told backwards, verdict, counts and seeds are those of kg.decide with that seed."""
    e = kg.open(target=0.8, seed=3)
    while not e.done:
        for t in reversed(e.ask(5)):
            e.tell(t, t.rng.random() < 0.95)
    run = kg.decide(lambda t: t.rng.random() < 0.95, target=0.8, seed=3, record=False)
    assert (e.result.verdict, e.result.trials, e.result.successes) == (run.verdict, run.trials, run.successes)
    seeds = [[row["seed"] for row in result.to_dict()["trials"]] for result in (e.result, run)]
    assert seeds[0] == seeds[1]


def test_no_more_is_asked_than_could_be_needed() -> None:
    """ask(1000) at the start gives at most the shortest path to a verdict; nothing more until something is told."""
    e = kg.open(target=0.5, confidence=0.95)
    first = e.ask(1000)
    assert 1 < len(first) < 10
    assert e.ask(1000) == []
    assert len({t.seed for t in first}) == len(first)


def test_telling_twice_is_once_and_another_outcome_is_refused() -> None:
    """Idempotent per index; an outcome cannot be changed, and what nobody asked for cannot be told."""
    e = kg.open(target=0.9, name="queue")
    (t,) = e.ask(1)
    e.tell(t.index, True, output="yes", usd="0.01", tokens=5)
    size = kg.load("queue").to_dict()["witness_head"]["size"]
    e.tell(t.index, True)
    assert kg.load("queue").to_dict()["witness_head"]["size"] == size
    assert float(kg.load("queue").usage.cost_usd or 0) == 0.01
    with pytest.raises(kg.UsageError, match="told before, as pass"):
        e.tell(t.index, False)
    with pytest.raises(kg.UsageError, match="nobody asked for trial 7"):
        e.tell(7, True)
    with pytest.raises(kg.UsageError, match="True, False, or None"):
        e.tell(t.index, 1)  # type: ignore[arg-type]


def test_a_void_trial_is_asked_anew_with_its_seed() -> None:
    """tell(None) gives a trial back; a tell of the attempt that was given up is refused."""
    e = kg.open(target=0.9)
    (t,) = e.ask(1)
    e.tell(t, None)
    with pytest.raises(kg.UsageError, match="trial 0 is void"):
        e.tell(t, True)
    (again,) = e.ask(1)
    assert (again.index, again.seed, again.attempt) == (t.index, t.seed, 2)
    with pytest.raises(kg.UsageError, match="attempt 1 of trial 0 is void"):
        e.tell(t, True)
    e.tell(again, True)


def test_after_its_lease_a_trial_is_void(monkeypatch: pytest.MonkeyPatch) -> None:
    """A late tell is refused and says so; the next ask has the trial again. Without a lease it is waited for."""
    e = kg.open(target=0.9)
    leased, waited = e.ask(1, lease=60)[0], e.ask(1)[0]
    later = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(asking.SystemClock, "now", lambda self: later)
    with pytest.raises(kg.UsageError, match="its lease was over"):
        e.tell(leased, True)
    e.tell(waited, True)
    (again,) = e.ask(1)
    assert (again.index, again.seed, again.attempt) == (leased.index, leased.seed, 2)


def test_several_workers_share_an_experiment() -> None:
    """Threads that ask and tell at once never get one trial twice, and every trial counts once."""
    name, taken = kg.open(target=0.9, name="shared").id, []

    def work() -> None:
        e = kg.open(name)
        while not e.done:
            for t in e.ask(2):
                taken.append(t.index)
                e.tell(t, True)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kg.load(name).verdict == "supported"
    assert sorted(taken) == list(range(kg.load(name).trials))


def test_the_command_line_asks_and_tells() -> None:
    """open prints an id; ask and tell are for every other language; the verdict is what tell prints in the end."""
    opened = kgents("open", "--target", "0.5", "--confidence", "0.8", "--name", "queue")
    assert opened.returncode == 0, opened.stderr
    done = False
    while not done:
        asked = json.loads(kgents("ask", "queue", "--n", "9", "--lease", "600", "--json").stdout)
        for trial in asked["trials"]:
            told = kgents("tell", "queue", str(trial["index"]), "pass", "--text", "yes", "--json")
            done = json.loads(told.stdout)["done"]
    assert kg.load("queue").verdict == "supported"
    assert kgents("tell", "queue", "0", "fail").returncode == 2
    assert "kg experiment ask" in kgents("resume", kg.open().id).stderr
    assert "--lease" in kgents("ask", "queue", "--lease", "-1").stderr


@pytest.mark.parametrize(("n", "lease"), [(0, None), ("x", None), (1, 0), (1, "x")])
def test_bad_arguments_of_ask_are_named(n: object, lease: object) -> None:
    """UsageError names n or lease."""
    with pytest.raises(kg.UsageError, match=r"(n|lease) = "):
        kg.open().ask(n, lease=lease)  # type: ignore[arg-type]


def test_only_an_experiment_that_was_opened_can_be_joined() -> None:
    """One that runs its own trials is refused, an unknown one as well."""
    run = kg.estimate(lambda: True, n=1)
    with pytest.raises(kg.UsageError, match="runs its own trials"):
        kg.open(run.id)
    with pytest.raises(kg.KgentsError, match="no experiment answers"):
        kg.open("nothing-of-this-name")

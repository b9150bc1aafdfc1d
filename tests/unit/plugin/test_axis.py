"""Tests that differ in one argument of parametrize, compared by the plugin."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import kgents as kg

Run = Callable[..., subprocess.CompletedProcess[str]]
SUITE = """
import pytest

RATES = {"old": .5, "new": .95, "same": .5}
class Odd:
    def __init__(self, rate): self.rate = rate

@pytest.fixture(scope="module")
def shared(): yield []

@pytest.mark.experiment(compare="model")
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("model", ["old", "new"])
def test_better(trial, model, size, shared, tmp_path):
    assert not list(tmp_path.iterdir())
    (tmp_path / "x").touch()
    shared.append((size, trial.index, model, trial.seed))
    assert trial.rng.random() < RATES[model], f"the seed was {trial.seed}"

def test_pairs_have_equal_seeds(shared):
    for size in (1, 2):
        old, new = ({i: seed for s, i, m, seed in shared if (s, m) == (size, model)} for model in ("old", "new"))
        assert old == new and len(set(old.values())) == len(old) > 3

@pytest.mark.experiment(compare="model", max_trials=20)
@pytest.mark.parametrize("model", ["old", "same"])
def test_open(trial, model): assert trial.rng.random() < RATES[model]

@pytest.mark.experiment(compare="model", max_trials=20, on_inconclusive="fail")
@pytest.mark.parametrize("model", ["old", "same"])
def test_must_be_told_apart(trial, model): assert trial.rng.random() < RATES[model]

@pytest.mark.experiment(compare="model", max_trials=200, margin=.3)
@pytest.mark.parametrize("model", ["old", "same"])
def test_equal(trial, model): assert trial.rng.random() < RATES[model]

@pytest.mark.experiment(compare="way")
@pytest.mark.parametrize("way", [Odd(.05), Odd(.95), Odd(.05)])
def test_odd(trial, way): assert trial.rng.random() < way.rate
"""
WRONG = """
import pytest

@pytest.mark.experiment(compare="other")
@pytest.mark.parametrize("model", ["a", "b"])
def test_other(model): pass

@pytest.mark.experiment(compare="model")
def test_none(): pass

@pytest.mark.experiment(compare=3)
@pytest.mark.parametrize("model", ["a", "b"])
def test_number(model): pass

@pytest.mark.experiment(compare="model", target=.5)
@pytest.mark.parametrize("model", ["a", "b"])
def test_target(model): pass

@pytest.mark.experiment(compare="model", margin=1)
@pytest.mark.parametrize("model", ["a", "b"])
def test_margin(model): pass

@pytest.mark.experiment(margin=.1)
def test_margin_alone(): pass

@pytest.mark.experiment(compare="model")
@pytest.mark.parametrize("model", ["a", "b"])
def test_broken(model, no_such): pass
"""


def rows(text: str) -> dict[str, tuple[str, str]]:
    """(what became of it, its tally) by test, as the summary prints them."""
    found = re.findall(r"^(\w+) +(\d+ of \d+)  of .+  \S+::(\S+)$", text, re.MULTILINE)
    return {name: (word, tally) for word, tally, name in found}


def test_the_values_of_an_axis_are_compared_pair_by_pair(session: Run) -> None:
    """The worse fails and says which is better; what is open passes unless it has to be decided; seeds are shared."""
    done = session(SUITE, "-v")
    failed = set(re.findall(r"test_it\.py::(\S+) FAILED", done.stdout))
    assert failed == {
        "test_better[old-1]", "test_better[old-2]", "test_must_be_told_apart[old]", "test_must_be_told_apart[same]",
        "test_odd[way0]", "test_odd[way2]",
    }, done.stdout  # fmt: skip
    said = {name: word for name, (word, _) in rows(done.stdout).items()}
    assert [said[f"test_better[{model}-2]"] for model in ("old", "new")] == ["eliminated", "best"]
    assert [said[f"test_equal[{model}]"] for model in ("old", "same")] == ["equivalent"] * 2
    assert [said[f"test_open[{model}]"] for model in ("old", "same")] == ["open"] * 2
    assert "new is better than old; error at most" in done.stdout
    assert "way1 is better than" in done.stdout


def test_a_trial_of_a_comparison_is_repeated_alone(session: Run) -> None:
    """The line that a failure shows runs that trial, with its seed."""
    done = session(SUITE, "-k", "test_better")
    nodeid, index = re.findall(r"--kg-trial '(\S+)::(\d+)'", done.stdout)[0]
    again = session(SUITE, "--kg-trial", f"{nodeid}::{index}")
    assert "1 failed" in again.stdout
    assert re.findall(r"the seed was \d+", again.stdout)[0] == re.findall(r"the seed was \d+", done.stdout)[0]


def test_several_processes_come_to_the_same(session: Run) -> None:
    """Verdicts and counts with -n 2, where the tests of a comparison may be in both."""
    alone, spread = session(SUITE, "-k", "not seeds"), session(SUITE, "-k", "not seeds", "-n", "2")
    assert rows(alone.stdout) == rows(spread.stdout)
    assert len(rows(alone.stdout)) == 13


def test_a_comparison_is_kept_in_the_record(session: Run, tmp_path: Path) -> None:
    """One experiment with the values as arms; `kg.load` reads it."""
    done = session(SUITE, "-k", "test_better and 1", "--kg-record")
    (name,) = set(re.findall(r"kg experiment show (\S+)", done.stdout))
    (record,) = (tmp_path / "data").glob("*.db")
    kept = kg.load(name, database=f"sqlite:///{record}")
    assert (kept.best, [arm["name"] for arm in kept.to_dict()["arms"]]) == ("new", ["old", "new"])
    assert kept.to_dict()["config"]["axis"] == "model"


def test_what_cannot_be_compared_is_refused(session: Run) -> None:
    """An axis that is none, one value alone, arguments that contradict each other; a broken arm ends the comparison."""
    said = session(WRONG).stdout
    for part in (
        "parametrize gives this test no such argument\nits arguments are model",
        "it has no @pytest.mark.parametrize",
        "compare = 3: the name of an argument of parametrize",
        "target and compare contradict each other",
        "margin = 1",
        "margin is about a comparison",
        "the comparison ended with test_it.py::test_broken[a]",
    ):
        assert part in said, part
    one = session(SUITE, "-k", "test_better and old and 1").stdout
    assert "of its values 1 run; a comparison is of 2 to 20" in one

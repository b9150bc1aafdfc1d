"""A kind of experiment of another package runs, resumes, is rechecked and shown without a change in kgents."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Kg = Callable[..., subprocess.CompletedProcess[str]]
MODULE = '''
"""A kind of its own: is a die loaded?"""

import asyncio
import os
import sys
from random import Random

from kgents.domain.fact import Decided, Verdict
from kgents.domain.outcome import Cause, Outcome
from kgents.domain.plan import Budget, Layout
from kgents.domain.versions import Versions
from kgents.kinds.kind import ExperimentKind, Rechecked, Request
from kgents.stats import Design, Rule


class Rolls:
    def __init__(self, config):
        self.config = config

    async def run_trial(self, slot):
        eyes = Random(slot.seed).choices(range(1, 7), self.config["weights"])[0]
        if eyes >= self.config["at_least"]:
            return Outcome.passed(str(eyes), metadata={"eyes": eyes})
        return Outcome.failed(Cause.WRONG_OUTPUT, f"{eyes} is too low", str(eyes), metadata={"eyes": eyes})

    async def aclose(self):
        pass


class Dice(ExperimentKind):
    name = "dice"
    subject = "the rate of high rolls"
    default_concurrency = 3
    needs_trials = True

    def headline(self, config):
        return f"a die, at least {config['at_least']}"

    async def build(self, experiment, config, context, opened=None):
        return Rolls(config)

    def evidence(self, config, summary, trials):
        return {"mean_eyes": sum(trial.metadata["eyes"] for trial in trials) / len(trials)}

    def table(self, config, evidence):
        return [("mean of the eyes", f"{evidence['mean_eyes']:.2f}")]

    async def recheck(self, store, config, summary, context):
        rows = [row async for row in store.trials(summary.plan.experiment)]
        at_least = int(context.environment.get("DICE_AT_LEAST", config["at_least"]))
        high = {row.index: row.metadata["eyes"] >= at_least for row in rows}
        wrong = {(0, row.index): f"trial {row.index} differs" for row in rows if high[row.index] != row.success}
        return Rechecked(different=wrong)


    def decider(self, plan):
        return FirstHigh() if plan.layout is Layout.BLOCKS else super().decider(plan)


class FirstHigh:
    """Supported at the first high roll, refuted by five low ones."""

    def __init__(self):
        self.launched, self.rolls = 0, []

    def propose(self, pending):
        return None if pending[0] else (0, self.launched)

    def launch(self, arm, index):
        self.launched = max(self.launched, index + 1)

    def consume(self, arm, index, success, score):
        self.rolls.append(bool(success))

    def forgive(self):
        pass

    def decision(self):
        if not any(self.rolls) and len(self.rolls) < 5:
            return None
        verdict = Verdict.SUPPORTED if any(self.rolls) else Verdict.REFUTED
        return Decided(verdict, "first high roll", ((len(self.rolls), sum(self.rolls)),))

    def exhausted(self):
        return False

    def state(self):
        return (self.launched, *self.rolls)


KIND = Dice()


async def main(trials):
    from kgents.runner import begin as beginning
    from kgents.runner.begin import begin
    from kgents.runner.session import session

    if "DICE_OLD" in os.environ:
        beginning.CURRENT = Versions()
    config = {"type": "dice", "weights": [1, 1, 1, 1, 1, 5], "at_least": int(os.environ.get("DICE_HIGH", 4))}
    layout = Layout.BLOCKS if "DICE_HIGH" in os.environ else Layout.INDEPENDENT
    design = Design(Rule.FIXED, None, 0.95, 40)
    async with session() as (store, context):
        request = Request("dice", config, design, 7, layout=layout, budget=Budget(seconds=0.0) if trials == 0 else Budget())
        print((await begin(request, store, context)).plan.experiment)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
'''


@pytest.fixture
def path(tmp_path: Path) -> str:
    """PYTHONPATH with an installed package that provides a kind."""
    (tmp_path / "dice.py").write_text(MODULE)
    info = tmp_path / "dice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: dice\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kgents.kinds]\ndice = dice:KIND\n")
    return f"{Path(__file__).parents[2] / 'src'}:{tmp_path}"


def begun(tmp_path: Path, path: str, trials: int, **variables: str) -> str:
    """The id of an experiment that the package itself has begun."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from conftest import clean_environment

    environment = {**clean_environment(tmp_path), "PYTHONPATH": path, **variables}
    done = subprocess.run(
        [sys.executable, "-m", "dice", str(trials)], env=environment, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_runs_and_is_shown(kg: Kg, path: str, tmp_path: Path) -> None:
    """Its own evidence is in the document, its own rows in the text, its subject in the sentence."""
    name = begun(tmp_path, path, 40)
    document = json.loads(kg("experiment", "show", name, "--json", PYTHONPATH=path).stdout)
    assert (document["kind"], document["evidence"]["trials_total"]) == ("dice", 40)
    eyes = [trial["metadata"]["eyes"] for trial in document["trials"]]
    assert document["evidence"]["mean_eyes"] == pytest.approx(sum(eyes) / 40)
    shown = kg("experiment", "show", name, PYTHONPATH=path).stdout
    assert "the rate of high rolls was" in shown
    assert "mean of the eyes" in shown
    assert "a die, at least 4" in kg("experiment", "history", PYTHONPATH=path).stdout


def test_it_is_resumed(kg: Kg, path: str, tmp_path: Path) -> None:
    """What stopped before its first trial goes on to its end."""
    name = begun(tmp_path, path, 0)
    done = kg("experiment", "resume", name, "--budget-seconds", "100", "--json", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["evidence"]["trials_total"] == 40


@pytest.mark.parametrize(("high", "verdict", "most"), [(1, "supported", 1), (7, "refuted", 5)])
def test_it_decides_by_a_rule_of_its_own(kg: Kg, path: str, tmp_path: Path, high: int, verdict: str, most: int) -> None:
    """Begun, resumed, shown and checked by it: seven eyes there are none."""
    for trials in (40, 0):
        name = begun(tmp_path, path, trials, DICE_HIGH=str(high))
        if not trials:
            done = kg("experiment", "resume", name, "--budget-seconds", "100", PYTHONPATH=path)
            assert done.returncode == (10 if verdict == "refuted" else 0), done.stderr
        document = json.loads(kg("experiment", "show", name, "--json", PYTHONPATH=path).stdout)
        assert (document["evidence"]["verdict"], document["evidence"]["trials_total"]) == (verdict, most)
        done = kg("witness", "verify", name, "--recheck", PYTHONPATH=path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_rechecked(kg: Kg, path: str, tmp_path: Path) -> None:
    """`witness verify --recheck` asks the kind."""
    name = begun(tmp_path, path, 40)
    done = kg("witness", "verify", name, "--recheck", PYTHONPATH=path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_judge_that_changed_is_not_damage(kg: Kg, path: str, tmp_path: Path) -> None:
    """What an older judge decided and today's would not is a note that names the trials; what today's decided is damage."""
    old = begun(tmp_path, path, 40, DICE_OLD="1")
    done = kg("witness", "verify", old, "--recheck", "--json", PYTHONPATH=path, DICE_AT_LEAST="6")
    log = json.loads(done.stdout)["logs"][-1]
    assert (done.returncode, log["problems"]) == (0, [])
    assert log["notes"][0].startswith("judged by version 1, answers read by version 1; today's says otherwise: trials ")
    trials = json.loads(kg("experiment", "show", old, "--json", PYTHONPATH=path).stdout)["trials"]
    differing = [str(trial["index"]) for trial in trials if trial["metadata"]["eyes"] in (4, 5)]
    assert log["notes"][0].endswith(f"trials {', '.join(differing)}")
    new = begun(tmp_path, path, 40)
    done = kg("witness", "verify", new, "--recheck", PYTHONPATH=path, DICE_AT_LEAST="6")
    assert done.returncode == 3
    assert "differs" in done.stdout


def test_without_its_package_it_is_still_listed(kg: Kg, path: str, tmp_path: Path) -> None:
    """A record outlives what made it."""
    name = begun(tmp_path, path, 40)
    (tmp_path / "dice-1.0.dist-info" / "entry_points.txt").unlink()
    assert "not installed" in kg("experiment", "history").stdout
    assert kg("experiment", "show", name).returncode == 0

"""The pytest plugin, run in sessions of its own."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

import kgents as kg

SRC = Path(__file__).parents[3] / "src"
Run = Callable[..., subprocess.CompletedProcess[str]]
SUITE = """
import os, pytest
from importlib.util import find_spec
from pathlib import Path

def note(text):
    with open(os.environ["NOTES"], "a") as file: file.write(text + "\\n")

@pytest.fixture(scope="session")
def per_session(): note("session+"); yield; note("session-")

@pytest.fixture(scope="module")
def per_module(): note("module+"); yield; note("module-")

@pytest.fixture
def fresh(): note("fresh+"); yield []; note("fresh-")

@pytest.mark.experiment(target=.7)
def test_good(trial, per_session, per_module, fresh, tmp_path):
    assert fresh == [] and not list(tmp_path.iterdir())
    fresh.append(1); (tmp_path / "x").write_text("")
    assert trial.rng.random() < .99

@pytest.mark.experiment(target=.9)
def test_bad(trial, per_session, fresh):
    assert trial.rng.random() < .5, f"the seed was {trial.seed}"

@pytest.mark.experiment(target=.9, max_trials=5)
def test_open(trial): pass

@pytest.mark.experiment(target=.5)
@pytest.mark.parametrize("rate", [.95, .05])
def test_rate(trial, rate): assert trial.rng.random() < rate

class TestClass:
    @pytest.fixture(scope="class")
    def per_class(self): note("class+"); yield; note("class-")

    @pytest.mark.experiment(target=.5)
    def test_method(self, trial, per_class):
        assert not hasattr(self, "seen"); self.seen = 1

    def test_plain_method(self, per_class): pass

@pytest.mark.experiment(target=.5)
def test_broken(fresh, no_such): pass

@pytest.mark.experiment(target=.5)
def test_skipped(): pytest.skip("no key")

@pytest.mark.experiment(target=.5)
def test_skipped_later(trial):
    if trial.index == 1: pytest.skip("later")

@pytest.mark.xfail
@pytest.mark.experiment(target=.5)
def test_expected(trial): assert trial.rng.random() < .05

def test_plain(): pass
"""


def outcomes(text: str) -> dict[str, str]:
    """Outcome by test, as -v prints it."""
    return dict(re.findall(r"test_it\.py::(\S+) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)", text))


def tallies(text: str) -> dict[str, str]:
    """`supported 28 of 29` by test, as the summary prints it."""
    return {
        name: " ".join(words.split())
        for words, name in re.findall(r"^(\w+ +\d+ of \d+)  target \S+  \S+::(\S+)$", text, re.MULTILINE)
    }


def test_a_marked_test_is_decided_by_trials_and_is_one_test(session: Run, tmp_path: Path) -> None:
    """One outcome each, fresh function fixtures in every trial, all others once, one test case in the JUnit file."""
    done = session(SUITE, "-v", "--junitxml=out.xml")
    assert outcomes(done.stdout) == {
        "test_good": "PASSED", "test_bad": "FAILED", "test_open": "FAILED", "test_rate[0.95]": "PASSED",
        "test_rate[0.05]": "FAILED", "TestClass::test_method": "PASSED", "TestClass::test_plain_method": "PASSED",
        "test_broken": "ERROR", "test_skipped": "SKIPPED", "test_skipped_later": "PASSED", "test_expected": "XFAIL",
        "test_plain": "PASSED",
    }, done.stdout  # fmt: skip
    notes = (tmp_path / "notes").read_text().split()
    for scope in ("session", "module", "class"):
        assert [notes.count(f"{scope}+"), notes.count(f"{scope}-")] == [1, 1]
    trials = {name: int(words.split()[-1]) for name, words in tallies(done.stdout).items()}
    assert notes.count("fresh+") == notes.count("fresh-") >= trials["test_good"] + trials["test_bad"]
    cases = ET.parse(tmp_path / "out.xml").getroot().findall(".//testcase")
    assert len(cases) == 12
    (good,) = [case for case in cases if case.get("name") == "test_good"]
    properties = {entry.get("name"): entry.get("value") for entry in good.iter("property")}
    assert properties["kg.verdict"] == "supported"
    assert int(str(properties["kg.trials"])) == trials["test_good"]


def test_a_failure_shows_the_first_failing_trial_and_how_to_repeat_it(session: Run) -> None:
    """Traceback, sentence, path, and a line that runs that trial alone and fails as it did."""
    done = session(SUITE, "-k", "test_bad")
    assert "the seed was" in done.stdout
    assert "refuted: the rate at which the test passes is not above 0.9" in done.stdout
    (path,) = re.findall(r"^([01]+)$", done.stdout, re.MULTILINE)
    (nodeid, index) = re.findall(r"--kg-trial '(\S+)::(\d+)'", done.stdout)[0]
    assert path.index("0") == int(index)
    again = session(SUITE, "--kg-trial", f"{nodeid}::{index}")
    assert "1 failed" in again.stdout
    assert re.findall(r"the seed was \d+", again.stdout)[0] == re.findall(r"the seed was \d+", done.stdout)[0]
    passed = session(SUITE, "--kg-trial", f"{nodeid}::{path.index('1')}")
    assert "1 passed" in passed.stdout


def test_workers_of_xdist_come_to_the_same_verdicts_and_counts(session: Run) -> None:
    """-n 2 changes neither."""
    alone, shared = session(SUITE), session(SUITE, "-n", "2")
    assert tallies(alone.stdout) == tallies(shared.stdout) != {}
    summary = re.compile(r"trials run \d+, saved \d+")
    assert summary.findall(alone.stdout) == summary.findall(shared.stdout) != []


def test_options_turn_it_off_cap_it_and_choose_seeds(session: Run) -> None:
    """--kg-off: plain tests; --kg-max-trials: a cap for all; --kg-seed: other trials; --kg-explain: words."""
    off = session(SUITE, "--kg-off", "-k", "test_good or test_open")
    assert "2 passed" in off.stdout
    assert "experiments" not in off.stdout
    capped = session(SUITE, "--kg-max-trials", "4", "-k", "test_good", "--kg-explain")
    assert "inconclusive" in capped.stdout
    assert "wrong with probability at most" in capped.stdout
    seeds = {
        re.findall(r"the seed was \d+", session(SUITE, "-k", "test_bad", "--kg-seed", seed).stdout)[0] for seed in "12"
    }
    assert len(seeds) == 2
    unknown = session(SUITE, "--kg-trial", "test_it.py::nothing::3")
    assert "no test has the id" in unknown.stdout + unknown.stderr
    assert "write NODEID::N" in session(SUITE, "--kg-trial", "test_it.py").stderr


def test_an_open_question_fails_passes_or_skips_as_declared(session: Run) -> None:
    """on_inconclusive; the default is a failure that says so."""
    source = "import pytest\n" + "".join(
        f"@pytest.mark.experiment(target=.9, max_trials=5, on_inconclusive={word!r})\ndef test_{word}(): pass\n"
        for word in ("fail", "pass", "skip")
    )
    assert outcomes(session(source, "-v").stdout) == {
        "test_fail": "FAILED",
        "test_pass": "PASSED",
        "test_skip": "SKIPPED",
    }


def test_exceptions_of_error_types_say_nothing(session: Run) -> None:
    """They are not counted; other exceptions are failures; pytest.fail is one."""
    source = (
        "import pytest\n"
        "@pytest.mark.experiment(target=.5, error_types=(ConnectionError,))\n"
        "def test_world(trial):\n    if trial.index % 3 == 1: raise ConnectionError('refused')\n"
        "@pytest.mark.experiment(target=.5)\ndef test_fail(trial): pytest.fail('no')\n"
    )
    done = session(source, "-v")
    assert outcomes(done.stdout) == {"test_world": "PASSED", "test_fail": "FAILED"}
    assert tallies(done.stdout)["test_world"].split()[1] == tallies(done.stdout)["test_world"].split()[3]


IMPOSSIBLE = {
    "target=1.0": "no finite sample shows",
    "target=2": "target = 2",
    "target=.5, max_trials=1": "no verdict can occur within 1 trials",
    "targt=.9": "no argument 'targt'",
    ".9": "by name",
    "on_inconclusive='maybe'": "fail, pass or skip",
    "error_types=(AssertionError,)": "error_types",
    "error_types=5": "error_types = 5",
    "name='a\\x1bb'": "the name 'a\\x1bb' cannot be recorded",
    "budget_usd='nan'": "budget_usd = 'nan'",
    "under=True": "no limit of time",
    "under='fast'": "no limit of time",
    "under='2s@.9', target=.9": "contradict",
}


def test_a_claim_that_cannot_be_made_is_an_error_of_that_test(session: Run) -> None:
    """The message names the argument; no trial is run; other tests of the file run."""
    claims = "".join(
        f"@pytest.mark.experiment({arguments})\ndef test_{number}(): raise SystemExit\n"
        for number, arguments in enumerate(IMPOSSIBLE)
    )
    done = session(f"import pytest\n{claims}def test_plain(): pass\n")
    assert f"1 passed, {len(IMPOSSIBLE)} errors" in done.stdout
    said = re.split(r"^_+ ERROR at setup of test_\d+ _+$", done.stdout, flags=re.MULTILINE)[1:]
    for (arguments, message), error in zip(IMPOSSIBLE.items(), said, strict=True):
        assert message in error.partition("short test summary")[0], arguments


def test_tests_whose_trials_are_not_one_outcome_are_refused(session: Run) -> None:
    """subtests, unittest.TestCase, and an experiment inside of one."""
    source = (
        "import pytest, unittest\n"
        "@pytest.mark.experiment()\ndef test_sub(subtests): pass\n"
        "@pytest.mark.experiment()\ndef test_nested(experiment): pass\n"
        "@pytest.mark.experiment()\nclass TestOld(unittest.TestCase):\n    def test_method(self): pass\n"
    )
    done = session(source)
    assert "3 errors" in done.stdout
    for text in ("cannot use `subtests`", "an experiment inside a trial", "cannot be a unittest.TestCase"):
        assert text in done.stdout


def test_what_a_trial_costs_counts_against_its_budget(
    session: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notes and costs are kept with the trial, secrets are not; an exhausted budget is an open question."""
    source = (
        "import pytest\n"
        "@pytest.mark.experiment(target=.5, budget_usd=3)\ndef test_fail(trial): trial.cost(usd=1)\n"
        "@pytest.mark.experiment(target=.5, budget_usd=3, on_inconclusive='pass')\n"
        "def test_pass(trial): trial.cost(usd=1); trial.note('said')\n"
        "@pytest.mark.experiment(target=.5)\ndef test_key(): assert 0, 'x1y2' * 8\n"
    )
    monkeypatch.setenv("SOME_API_KEY", "x1y2" * 8)
    done = session(source, "-v", "--kg-record")
    assert outcomes(done.stdout) == {"test_fail": "FAILED", "test_pass": "PASSED", "test_key": "FAILED"}
    assert "the money budget is used up" in done.stdout
    assert tallies(done.stdout)["test_pass"] == "stopped 3 of 3"
    monkeypatch.setenv("KGENTS_DATABASE_URL", f"sqlite:///{tmp_path}/data/kgents.db")
    key, passed, _ = kg.history()
    data = kg.load(passed["id"]).to_dict()
    assert (passed["cost_usd"], data["trials"][0]["metadata"]["notes"]) == (3.0, ["said"])
    assert "x1y2" * 8 in done.stdout
    assert "x1y2" * 8 not in kg.load(key["id"]).to_json()


def test_a_mistake_in_a_trial_is_no_evidence(session: Run) -> None:
    """A cost below 0 and an experiment inside of a trial fail the test at once, without a verdict; fixtures may decide."""
    source = (
        "import pytest, kgents as kg\n"
        "@pytest.fixture(scope='session')\ndef decided(): return kg.decide(lambda: True, target=.5, record=False)\n"
        "@pytest.mark.experiment(target=.5)\ndef test_cost(trial): trial.cost(usd=-1)\n"
        "@pytest.mark.experiment(target=.5)\ndef test_inside(): kg.estimate(lambda: True, n=1, record=False)\n"
        "@pytest.mark.experiment(target=.5)\ndef test_fixture(decided): assert decided.supported\n"
    )
    done = session(source, "-v")
    assert outcomes(done.stdout) == {"test_cost": "FAILED", "test_inside": "FAILED", "test_fixture": "PASSED"}
    assert set(tallies(done.stdout)) == {"test_fixture"}
    assert "-1 is no amount of dollars" in done.stdout
    assert "an experiment inside a trial of the test" in done.stdout


def test_the_fixture_decides_by_a_function(session: Run) -> None:
    """Set-up is shared; the summary has its line; expect() fails the test with the first failure."""
    source = (
        "def test_many(experiment):\n    experiment(lambda t: t.rng.random() < .99, target=.8).expect()\n"
        "def test_few(experiment):\n    experiment(lambda t: t.rng.random() < .3, target=.8).expect()\n"
    )
    done = session(source, "-v")
    assert outcomes(done.stdout) == {"test_many": "PASSED", "test_few": "FAILED"}
    assert {name: words.split()[0] for name, words in tallies(done.stdout).items()} == {
        "test_many": "supported",
        "test_few": "refuted",
    }
    assert "NotSupported: refuted" in done.stdout


def test_a_coroutine_has_a_new_loop_in_every_trial(session: Run) -> None:
    """With pytest-asyncio."""
    source = (
        "import asyncio, pytest\n@pytest.mark.asyncio\n@pytest.mark.experiment(target=.5)\nasync def test_loop(trial):\n"
        "    loop = asyncio.get_running_loop(); assert not hasattr(loop, 'seen'); loop.seen = 1\n"
    )
    assert tallies(session(source).stdout)["test_loop"].startswith("supported")


def test_a_latency_gate_is_a_rate_like_any_other(session: Run) -> None:
    """under="60s@0.5": half of the trials within a minute; a limit that nothing keeps is refuted."""
    source = (
        "import pytest\n@pytest.mark.experiment(under='60s@0.5')\ndef test_fast(): pass\n"
        "@pytest.mark.experiment(under='0.000001ms', target=.5)\ndef test_slow(): sum(range(1000))\n"
    )
    done = session(source, "-v")
    assert {name: words.split()[0] for name, words in tallies(done.stdout).items()} == {
        "test_fast": "supported",
        "test_slow": "refuted",
    }
    assert outcomes(done.stdout) == {"test_fast": "PASSED", "test_slow": "FAILED"}


def test_nothing_is_recorded_unless_it_is_asked_for(session: Run, tmp_path: Path) -> None:
    """--kg-record writes chain and texts, which the record then verifies; without it there is no database."""
    session(SUITE, "-k", "test_bad")
    assert not (tmp_path / "data").exists()
    (identity,) = re.findall(r"kg experiment show (exp-\w+)", session(SUITE, "-k", "test_bad", "--kg-record").stdout)
    environment = {**os.environ, "KGENTS_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(SRC)}
    environment.pop("KGENTS_DATABASE_URL", None)
    for words in (["witness", "verify", identity], ["experiment", "show", identity]):
        shown = subprocess.run(
            [sys.executable, "-m", "kgents", *words], env=environment, capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0, shown.stderr
    assert "refuted: the rate at which the test passes" in shown.stdout


def test_first_failure_collect_only_and_the_debugger(session: Run) -> None:
    """-x stops after the test, --collect-only runs none, --pdb stops at the first failing trial."""
    assert "1 failed" in session(SUITE, "-x", "-k", "test_bad or test_open").stdout
    assert "test_good" in session(SUITE, "--collect-only", "-q").stdout
    debugged = session(SUITE, "--pdb", "-k", "test_bad")
    assert debugged.stdout.count("entering PDB") == 1


def test_no_marked_test_no_import(session: Run) -> None:
    """Where no test is marked nothing of kgents but the plugin's own module is imported."""
    source = (
        "import sys\ndef test_a():\n    names = [name for name in sys.modules if name.startswith('kgents')]\n"
        "    assert sorted(names) == ['kgents', 'kgents.plugin']\n"
    )
    done = session(source)
    assert "1 passed" in done.stdout, done.stdout


def test_it_works_beside_other_plugins(session: Run) -> None:
    """Hypothesis in a trial; where they are installed: pytest-timeout times each trial, reruns and --count are kept out."""
    source = (
        "import pytest, time\nfrom hypothesis import given, strategies\n"
        "@pytest.mark.experiment(target=.5)\n@given(strategies.integers())\ndef test_given(number): pass\n"
    )
    expected = {"test_given": "supported"}
    if find_spec("pytest_timeout"):
        source += (
            "@pytest.mark.timeout(.5)\n@pytest.mark.experiment(target=.5, max_trials=9)\ndef test_slow(trial):\n"
            "    time.sleep(0 if trial.index % 2 else 60)\n"
        )
        expected["test_slow"] = "inconclusive"
    options = ("--reruns", "2") if find_spec("pytest_rerunfailures") else ()
    done = session(source, *options)
    assert {name: words.split()[0] for name, words in tallies(done.stdout).items()} == expected, done.stdout
    if find_spec("pytest_repeat"):
        assert "--count makes several experiments" in session(source, "--count", "2", "-k", "given").stdout

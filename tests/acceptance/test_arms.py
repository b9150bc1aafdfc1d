"""Arms of a comparison that are asked differently: each request carries what its own arm says, and the record keeps it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kgents.domain.seeds import seed_of
from kgents.testing.loopback import Loopback

Kg = Callable[..., subprocess.CompletedProcess[str]]


def test_every_arm_is_asked_as_it_says(kg: Kg, tmp_path: Path) -> None:
    """Temperature, system prompt, prompt and address of an arm reach the server; the other arm has those of the run."""
    (tmp_path / "terse.md").write_text("Be terse.\n\n{spec}\n")
    with Loopback() as first, Loopback() as second:
        done = kg(
            "experiment", "compare", "--spec", "def add(a, b): return a + b", "--max-trials", "2", "--temperature", "0.5",
            "--base-url", f"{first.url}/v1", "--concurrency", "1", "--json", "--arm", "plain=some-model", "--arm",
            f"cold=other-model temperature=0 system='You are brief.' prompt=@terse.md base_url={second.url}/v1",
        )  # fmt: skip
        plain, cold = first.calls[0].data, second.calls[0].data
        assert {call.data["model"] for call in first.calls} == {"some-model"}
    assert done.returncode == 11, done.stderr
    assert (plain["model"], plain["temperature"]) == ("some-model", 0.5)
    assert (cold["model"], cold["temperature"]) == ("other-model", 0)
    assert [message["role"] for message in plain["messages"]] == ["user"]
    assert cold["messages"][0]["content"] == "You are brief."
    question = plain["messages"][0]["content"]
    assert cold["messages"][1]["content"].strip() == f"Be terse.\n\n{question}".strip()
    coders = json.loads(done.stdout)["config"]["coders"]
    assert [coder.get("prompt") for coder in coders] == [None, "Be terse.\n\n{spec}\n"]


def test_an_arm_has_a_root_of_seeds_of_its_own(kg: Kg) -> None:
    """`seed=` is what the arm's seeds follow from: they reach the server, stand in the record, and nothing else changes."""
    with Loopback() as server:
        words = ("experiment", "compare", "--spec", "def add(a, b): return a + b", "--max-trials", "2", "--seed", "7",
                 "--base-url", f"{server.url}/v1", "--concurrency", "1", "--json", "--arm", "shared=some-model")  # fmt: skip
        done = kg(*words, "--arm", "own=other-model seed=11", "--arm", "same=third-model seed=11")
        sent = {model: [call.data["seed"] for call in server.calls if call.data["model"] == model]
                for model in ("some-model", "other-model", "third-model")}  # fmt: skip
    document = json.loads(done.stdout)
    seeds = {arm: [row["seed"] for row in document["trials"] if row["arm"] == arm] for arm in ("shared", "own", "same")}
    assert document["config"]["facts"]["seeds"] == [None, 11, 11]
    assert seeds["shared"] == [seed_of(7, index) for index in range(len(seeds["shared"]))]
    assert seeds["own"] == seeds["same"] == [seed_of(11, index) for index in range(len(seeds["own"]))]
    assert sent["other-model"] == sent["third-model"] == [seed & 0x7FFF_FFFF for seed in seeds["own"]]
    assert sent["some-model"] == [seed & 0x7FFF_FFFF for seed in seeds["shared"]]
    assert kg("witness", "verify", "@latest", "--recheck").returncode == 0


WHERE = "import sys\ndef middle(xs):\n    assert 'own-env' in sys.executable\n    return sorted(xs)[len(xs) // 2]\n"
MIDDLE = 'def middle(xs: list[int]) -> int:\n    """The middle one by size."""\n    return sorted(xs)[len(xs) // 2]\n'


def test_an_arm_runs_its_candidates_by_an_interpreter_of_its_own(kg: Kg, tmp_path: Path) -> None:
    """The same answers: right under the interpreter that an arm names, wrong under that of the run; so when judged again."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", tmp_path / "own-env"], check=True)
    (tmp_path / "answers.jsonl").write_text((json.dumps({"text": WHERE}) + "\n") * 40)
    (tmp_path / "middle.py").write_text(MIDDLE)
    own = f"own=replay python={tmp_path}/own-env/bin/python"
    words = (
        "experiment",
        "compare",
        "--spec",
        "@middle.py",
        "--candidates",
        "answers.jsonl",
        "--max-trials",
        "40",
        "--json",
    )
    done = kg(*words, "--arm", own, "--arm", "plain=replay")
    document = json.loads(done.stdout)
    assert {row["name"]: row["success_rate"] for row in document["arms"]} == {"own": 1.0, "plain": 0.0}, done.stderr
    assert document["config"]["coders"][0]["python"] == f"{tmp_path}/own-env/bin/python"
    again = kg("witness", "verify", "@latest", "--recheck")
    assert again.returncode == 0, again.stdout
    assert "today's says otherwise" not in again.stdout


@pytest.mark.parametrize(
    ("python", "said"),
    [("/nowhere/python", "cannot be run"), ("true", "is no CPython")],
)
def test_an_interpreter_of_an_arm_that_cannot_be_used_is_refused(
    kg: Kg, python: str, said: str, tmp_path: Path
) -> None:
    """Before trial 1, and it is said of which arm."""
    (tmp_path / "answers.jsonl").write_text('{"text": "x"}\n')
    done = kg("experiment", "compare", "--spec", MIDDLE, "--candidates", "answers.jsonl", "--arm", f"a=replay python={python}",
              "--arm", "b=replay")  # fmt: skip
    assert done.returncode == 2
    assert f"--arm a: python={python}" in done.stderr
    assert said in done.stderr


def test_an_interpreter_in_which_the_spec_itself_fails_is_refused(kg: Kg, tmp_path: Path) -> None:
    """What the oracle knows came from another one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", tmp_path / "own-env"], check=True)
    (tmp_path / "middle.py").write_text(WHERE.replace("'own-env' in", "'own-env' not in"))
    (tmp_path / "tests.py").write_text(
        "def test_middle():\n    assert middle([3, 1, 2]) == 2\n    assert middle([5]) == 5\n"
    )
    (tmp_path / "answers.jsonl").write_text('{"text": "x"}\n')
    done = kg("experiment", "compare", "--spec", "@middle.py", "--tests", "tests.py", "--candidates", "answers.jsonl", "--arm",
              f"a=replay python={tmp_path}/own-env/bin/python", "--arm", "b=replay")  # fmt: skip
    assert done.returncode == 2
    assert "the solution that the oracle is of fails under it" in done.stderr

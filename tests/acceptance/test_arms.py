"""Arms of a comparison that are asked differently: each request carries what its own arm says, and the record keeps it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

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

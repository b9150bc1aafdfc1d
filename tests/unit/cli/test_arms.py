"""What an arm of a comparison says for itself."""

from pathlib import Path

import pytest

from kgents.cli.arms import KEYS, read_arm
from kgents.errors import UsageError

HARNESSES = frozenset({"claude", "api", "simulated"})


def test_a_model_and_its_keys(tmp_path: Path) -> None:
    """Values are quoted as a shell does, files are read, keys are called as in records; dashes do for underscores."""
    (tmp_path / "a.md").write_text("Be terse.\n{spec}\n")
    what = f"openai:gpt-6 temperature=0 top-p=0.5 system='two words' prompt=@{tmp_path / 'a.md'} key_env=MY_KEY"
    arm = read_arm("cold", what, HARNESSES)
    assert (arm.model, arm.harness) == ("openai:gpt-6", None)
    assert arm.own == {
        "temperature": 0.0,
        "top_p": 0.5,
        "system": "two words",
        "prompt": "Be terse.\n{spec}\n",
        "api_key_env": "MY_KEY",
    }


def test_a_harness_stands_for_itself_or_has_a_model() -> None:
    """A harness alone is one, a harness beside a model is the way to it."""
    assert read_arm("a", "claude", HARNESSES).harness == "claude"
    both = read_arm("a", "opus harness=claude", HARNESSES)
    assert (both.model, both.harness, dict(both.own)) == ("opus", "claude", {})
    assert read_arm("a", "simulated:0.5,latency=0.1", HARNESSES).model == "simulated:0.5,latency=0.1"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("m:x temprature=1", "did you mean temperature? keys: "),
        ("m:x nonsense", ", ".join(KEYS)),
        ("m:x temperature=warm", "not a number"),
        ("m:x max_output_tokens=1.5", "not a whole number"),
        ("m:x prompt=hello", "{spec} 0 times"),
        ("m:x prompt='{spec} {spec}'", "{spec} 2 times"),
        ("m:x system=@nowhere.md", "No such file"),
        ("m:x system='open", "No closing quotation"),
        ("openai:a,openai:b", "has ',': that is no model"),
        ("'openai:a b'", "has a space: that is no model"),
        ("openai:gpt?", "has '?': that is no model"),
    ],
)
def test_what_is_no_arm_is_said(what: str, words: str) -> None:
    """The arm is named, and what to write instead."""
    with pytest.raises(UsageError) as wrong:
        read_arm("cold", what, HARNESSES)
    assert "--arm cold" in wrong.value.message
    assert words in f"{wrong.value.message} {wrong.value.hint}"

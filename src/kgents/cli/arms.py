"""Arms of a comparison: NAME=WHAT, and for models what each arm says for itself, key=value, quoted as a shell does.

Rule: what an arm says goes before the options of the run; a server that an arm names gets no key but one that it names too.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from kgents.cli.texts import read_text
from kgents.errors import UsageError, nearest
from kgents.kinds.options import ArmOptions, AskedArm, picked

SPEC = "{spec}"  # where the question of the run goes, in a prompt of an arm's own


def _number(arm: str, key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--arm {arm}: {key}={text}: not a number", f"such as {key}=0.7") from None


def _whole(arm: str, key: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--arm {arm}: {key}={text}: not a whole number", f"such as {key}=1000") from None


def _text(arm: str, key: str, text: str) -> str:
    """The text itself, or that of a file: it is read once and recorded."""
    return read_text(f"--arm {arm}: {key}", text) if text.startswith("@") else text


def _prompt(arm: str, key: str, text: str) -> str:
    template = _text(arm, key, text)
    if template.count(SPEC) != 1:
        raise UsageError(
            f"--arm {arm}: {key} has {SPEC} {template.count(SPEC)} times",
            f"write {SPEC} once: there goes the question that the other arms get",
        )
    return template


def _word(arm: str, key: str, text: str) -> str:
    return text


def _program(arm: str, key: str, text: str) -> str:
    """A program by its name, or its path from the root, by which the record finds it again."""
    return str(Path(text).expanduser().absolute()) if "/" in text else text


KEYS: Mapping[str, Callable[[str, str, str], str | float]] = {
    "temperature": _number,
    "top_p": _number,
    "seed": _whole,
    "max_output_tokens": _whole,
    "system": _text,
    "prompt": _prompt,
    "base_url": _word,
    "key_env": _word,
    "harness": _word,
    "python": _program,
}
_OPTIONS = {"key_env": "api_key_env"}  # keys that are called otherwise in records


def read_arm(name: str, words_of_arm: str, harnesses: frozenset[str]) -> AskedArm:
    """The arm that MODEL key=value … says. UsageError for what is no model and no key of these."""
    try:
        words = shlex.split(words_of_arm)
    except ValueError as wrong:
        raise UsageError(f"--arm {name}: {wrong}", "quote as a shell does: system='two words'") from wrong
    model = words.pop(0) if words and words[0].partition("=")[0] not in KEYS else None
    own: dict[str, str | float] = {}
    for key, value in (_pair(name, word) for word in words):
        if key in own:
            raise UsageError(f"--arm {name}: {key} is given twice", "an arm has one value of each; name another arm")
        own[key] = value
    if model is not None:
        _check_model(name, model)
    harness = str(own["harness"]) if "harness" in own else None
    if harness is None and model in harnesses and model != "simulated":
        model, harness = None, model
    return AskedArm(model, harness, picked(ArmOptions, own))


def _pair(arm: str, word: str) -> tuple[str, str | float]:
    key, sign, text = word.partition("=")
    key = key.replace("-", "_")
    if key not in KEYS or not sign:
        near = nearest(key, KEYS)
        hint = f"did you mean {near}? " if near else ""
        raise UsageError(f"--arm {arm}: {word}: there is no such key", f"{hint}keys: {', '.join(KEYS)}")
    return _OPTIONS.get(key, key), KEYS[key](arm, key, text)


def _check_model(arm: str, model: str) -> None:
    """Characters that no name of a model has, but a line that was meant otherwise."""
    signs = "? " if model.startswith("simulated") else ",? "
    wrong = next((sign for sign in signs if sign in model), None)
    if wrong is not None:
        sign = "a space" if wrong == " " else repr(wrong)
        raise UsageError(
            f"--arm {arm}: {model!r} has {sign}: that is no model",
            "NAME=MODEL key=value …, as in cold=openai:gpt-6 temperature=0",
        )

"""Transformations of a problem, in tiers.

format    must not change the answers: a law
meaning   keeps the meaning by construction: a law
effect    not neutral by design ("think step by step"): its effect is measured, never called a law
Rule: a transformation keeps every number of the problem; `transform` checks it. An answer that is a letter is compared by
the option that it stands for in the text that was asked, so that options may be moved.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kgents.errors import UsageError


@dataclass(frozen=True, slots=True)
class Transformation:
    """A way to put the same problem differently."""

    name: str
    tier: str
    apply: Callable[[str], str]


def _sentences(text: str) -> str:
    return re.sub(r"(?<=[.!?])\s+", "\n", text)


_OPTION = re.compile(r"(?m)^\s*\(?([A-J])[).:]\s+(.+?)\s*$")


def options_of(text: str) -> dict[str, str]:
    """The options of a problem by their letters: lines such as "A) Paris"."""
    return {letter: " ".join(content.split()).casefold() for letter, content in _OPTION.findall(text)}


def _rotated(text: str) -> str:
    """The same options, each under the letter before its own."""
    options = list(_OPTION.finditer(text))
    if len(options) < 2 or len({match[2] for match in options}) < len(options):
        return text
    parts, at = [], 0
    for number, match in enumerate(options):
        parts += [text[at : match.start(2)], options[(number + 1) % len(options)][2]]
        at = match.end(2)
    return "".join([*parts, text[at:]])


TRANSFORMATIONS = {
    made.name: made
    for made in (
        Transformation("label", "format", lambda text: f"Question: {text}"),
        Transformation("problem-label", "format", lambda text: f"Problem:\n{text}"),
        Transformation("newline", "format", lambda text: f"\n{text}\n\n"),
        Transformation("lines", "format", _sentences),
        Transformation("spaces", "format", lambda text: text.replace(" ", "  ")),
        Transformation("quote", "format", lambda text: f'"""\n{text}\n"""'),
        Transformation("blockquote", "format", lambda text: "\n".join(f"> {line}" for line in text.splitlines())),
        Transformation("bold", "format", lambda text: f"**{text}**"),
        Transformation("fence", "format", lambda text: f"```\n{text}\n```"),
        Transformation("rule", "format", lambda text: f"---\n{text}\n---"),
        Transformation("please", "format", lambda text: f"Please answer the following. {text}"),
        Transformation("thanks", "format", lambda text: f"{text}\nThank you."),
        Transformation("greeting", "meaning", lambda text: f"Hello! I have a question for you. {text}"),
        Transformation("irrelevant", "meaning", lambda text: f"The sky was cloudy that day. {text}"),
        Transformation("afterword", "meaning", lambda text: f"{text}\nThis question was found in an old book."),
        Transformation("recall", "meaning", lambda text: f"Consider the following situation and question. {text}"),
        Transformation("rotate-options", "meaning", _rotated),
        Transformation("step-by-step", "effect", lambda text: f"{text}\nLet's think step by step."),
        Transformation("show-work", "effect", lambda text: f"{text}\nShow your work."),
        Transformation("be-brief", "effect", lambda text: f"{text}\nAnswer at once, without explanation."),
        Transformation("careful", "effect", lambda text: f"{text}\nBe careful: this is harder than it looks."),
    )
}
DEFAULT = ("label", "lines", "please")


def chosen(names: str | None) -> tuple[Transformation, ...]:
    """Transformations by name or tier, with commas. UsageError for an unknown one."""
    known: dict[str, Transformation] = {}
    for word in (names or ",".join(DEFAULT)).split(","):
        members = [made for made in TRANSFORMATIONS.values() if word.strip() in (made.name, made.tier)]
        if not members:
            raise UsageError(
                f"--transform {word.strip()!r}: there is no such transformation", f"one of {', '.join(TRANSFORMATIONS)}"
            )
        known.update({made.name: made for made in members})
    return tuple(known.values())


def transform(made: Transformation, text: str) -> str:
    """The text, transformed. UsageError where numbers were lost: then it is no law to test."""
    result = made.apply(text)
    if sorted(re.findall(r"\d+", result)) != sorted(re.findall(r"\d+", text)):
        raise UsageError(
            f"the transformation {made.name} changes the numbers of the problem", "leave it out of --transform"
        )
    return result

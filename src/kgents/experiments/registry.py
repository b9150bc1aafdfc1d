"""Kinds of experiments by name: how each one describes what it found.

Rule: the store, the engine, the report and the command line never ask which kind they have in hand; they ask its face.
Other packages add kinds through the entry point group `kgents.kinds` (a value is a Face).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from kgents.domain.ports import Trial
from kgents.domain.summary import Summary

Config = Mapping[str, Any]


class Tally(Protocol):
    """Takes the trials of an experiment one by one, in the order (index, arm), and says what they add up to."""

    def add(self, trial: Trial) -> None:
        """Counts a trial."""

    def evidence(self) -> Mapping[str, Any]:
        """What the kind adds to `evidence`."""


def _nothing(config: Config, summary: Summary, trials: Sequence[Trial]) -> Mapping[str, Any]:
    return {}


def _no_input(config: Config, trial: Trial) -> str | None:
    text = trial.metadata.get("input", config.get("prompt"))
    return None if text is None else str(text)


@dataclass(frozen=True, slots=True)
class Face:
    """How a kind shows itself.

    subject   what the rate is a rate of, in a sentence: "the rate of … is above 0.5"
    headline  one line for history: what was tried
    evidence  what the kind adds to `evidence` in the JSON document; called where `needs_trials`, with their texts
              (and checks and metadata) where `needs_texts`
    tally     instead: makes what trials are streamed into, for kinds of very many trials
    input     what a trial was given
    table     further lines for people, each (label, text)
    most_arms with more arms than this there is no line for each
    sentence  what the experiment came to, where the rate alone does not say it
    page      a part of the HTML page
    at_once   trials in flight where nobody says how many
    programs  (title, program) that can be pasted and run: printed without indentation
    """

    name: str
    subject: str
    headline: Callable[[Config], str]
    evidence: Callable[[Config, Summary, Sequence[Trial]], Mapping[str, Any]] = _nothing
    input: Callable[[Config, Trial], str | None] = _no_input
    needs_trials: bool = False
    needs_texts: bool = True
    most_arms: int = 1000
    table: Callable[[Config, Mapping[str, Any]], Sequence[tuple[str, str]]] = lambda config, evidence: ()
    tally: Callable[[Config, Summary], Tally] | None = None
    sentence: Callable[[Summary], str | None] = lambda summary: None
    page: Callable[[Config, Mapping[str, Any]], str] = lambda config, evidence: ""
    at_once: int = 1
    programs: Callable[[Config, Mapping[str, Any]], Sequence[tuple[str, str]]] = lambda config, evidence: ()


_BUILT_IN = {
    "generate": "kgents.experiments.generate",
    "command": "kgents.experiments.command",
    "suite": "kgents.experiments.suite",
    "laws": "kgents.experiments.laws",
    "parse": "kgents.experiments.parse_face",
    "stochastic-law": "kgents.experiments.stochastic",
    "reasoning": "kgents.experiments.reasoning",
    "coherence": "kgents.experiments.coherence",
}


@cache
def face(kind: str) -> Face:
    """The face of a kind; a plain one where the package that made the experiment is gone: its record can still be read."""
    if kind in _BUILT_IN:
        found = import_module(_BUILT_IN[kind]).FACE
        assert isinstance(found, Face)
        return found
    from importlib.metadata import entry_points

    for point in entry_points(group="kgents.kinds", name=kind):
        loaded = point.load()
        if isinstance(loaded, Face):
            return loaded
    return Face(kind, "the rate of success", lambda config: f"({kind}: what made it is not installed)")

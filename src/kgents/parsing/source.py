"""Where inputs come from: (seed) → document → mutators → a text whose truth is known.

Rule: an input is a function of its seed and of the configuration, on every machine and under every version of Python,
so all strategies face the same inputs. The class of the mutator is drawn by the declared weights and the mutator
within its class uniformly, so a rate over inputs is the macro-average that the weights declare.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kgents.errors import UsageError
from kgents.parsing.corpora import Corpus, Given
from kgents.parsing.document import Document, Draft
from kgents.parsing.draw import Draw
from kgents.parsing.mutator import Level, Mutator, mutators
from kgents.parsing.sameness import depth
from kgents.parsing.wire import SHALLOW, flat, nested
from kgents.sandbox.syntax import parse as parse_source

ATTEMPTS = 40
_JUDGED_BY_ITSELF = (Level.NOISE, Level.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Input:
    """A malformed text, and what is known about the right answer.

    truth     what a parser should return (the whole of it, where the level is PREFIX); for code the program
    also      other answers that are as right
    valid     the text before it was broken
    severity  how many mutators were applied
    redrawn   how many documents were tried to which the mutator did not apply
    whole     the paths of the leaves that were complete before the text was cut; None where it was not cut
    cut       the path of the number at which the text was cut
    marked    whether an answer is right only if it is marked as incomplete
    """

    text: str
    truth: Any
    level: Level
    family: str
    mutators: tuple[str, ...]
    document: str
    valid: str
    style: int = 0
    language: str = "json"
    also: tuple[Any, ...] = ()
    hole: tuple[str | int, ...] | None = None
    redrawn: int = 0
    whole: tuple[tuple[str | int, ...], ...] | None = None
    cut: tuple[str | int, ...] | None = None
    marked: bool = False

    @property
    def severity(self) -> int:
        """How many mutators were applied."""
        return len(self.mutators)


@dataclass(slots=True)
class Source:
    """Draws inputs.

    weights     per class, integers; a class that is not named has none
    severities  how many mutators to stack; one of them is drawn
    """

    corpus: Corpus
    chosen: Sequence[Mutator]
    weights: Mapping[str, int]
    severities: Sequence[int] = (1,)
    inapplicable: tuple[str, ...] = ()
    _families: list[str] = field(default_factory=list)
    _by_family: dict[str, list[Mutator]] = field(default_factory=dict)
    _extras: list[Mutator] = field(default_factory=list)

    def __post_init__(self) -> None:
        usable = [mutator for mutator in self.chosen if self._applies(mutator)]
        self.inapplicable = tuple(mutator.name for mutator in self.chosen if mutator not in usable)
        for mutator in usable:
            if self.weights.get(mutator.family, 0) > 0:
                self._by_family.setdefault(mutator.family, []).append(mutator)
        self._families = list(self._by_family)
        if not self._families:
            raise UsageError("no mutator that was asked for applies to any document of the corpus",
                             "choose other --mutators or --weights, or give documents with more in them")  # fmt: skip
        self._extras = [mutator for mutator in mutators(self.corpus.language) if mutator.stacks]

    @property
    def families(self) -> tuple[str, ...]:
        """The classes that are drawn from."""
        return tuple(self._families)

    def _applies(self, mutator: Mutator) -> bool:
        """Whether the mutator applies to a document of the corpus; always true of those that never run out."""
        if not isinstance(self.corpus, Given):
            return True
        for name, value in self.corpus.documents[:200]:
            for style in (0, 1):
                document = Document(name, value, style, self.corpus.language)
                if any(broken(document, (mutator,), mutator, Draw(seed)) is not None for seed in range(3)):
                    return True
        return False

    def input(self, seed: int) -> Input:
        """The input of this seed."""
        draw = Draw(seed)
        severity = draw.pick(self.severities)
        family = self._families[draw.weighted([self.weights[name] for name in self._families])]
        lead = draw.pick(self._by_family[family])
        best: Input | None = None
        redrawn = 0
        for _ in range(ATTEMPTS):
            document = self.corpus.draw(draw)
            case = broken(document, self._stack(lead, severity, draw), lead, draw)
            if case is None:
                redrawn += 1
                continue
            if best is None or case.severity > best.severity:
                best = case
            if best.severity == severity:
                break
        if best is None:
            return self._fallback(draw, lead, redrawn)
        return replace(best, redrawn=redrawn)

    def _stack(self, lead: Mutator, severity: int, draw: Draw) -> tuple[Mutator, ...]:
        """The mutator and `severity` − 1 exact ones of other classes, in the order of their stages."""
        stack, taken = [lead], {lead.family}
        while len(stack) < severity:
            left = [mutator for mutator in self._extras if mutator.family not in taken]
            if not left:
                break
            extra = draw.pick(left)
            stack.append(extra)
            taken.add(extra.family)
        return tuple(sorted(stack, key=lambda mutator: mutator.stage))

    def _fallback(self, draw: Draw, lead: Mutator, redrawn: int) -> Input:
        """Another mutator, where this one applied to no document that was drawn."""
        for mutator in [*self._by_family[lead.family], *(m for group in self._by_family.values() for m in group)]:
            for _ in range(ATTEMPTS):
                case = broken(self.corpus.draw(draw), (mutator,), mutator, draw)
                if case is not None:
                    return replace(case, redrawn=redrawn)
        raise UsageError(
            f"no mutator applies to the documents of the corpus; {lead.name} was the first to be tried",
            "give other documents: --input",
        )

    def clean(self, seed: int) -> Input:
        """A valid document as it is: the control."""
        document = self.corpus.draw(Draw(seed))
        return Input(document.text, document.value, Level.VALID, "clean", (), document.name, document.text,
                     document.style, document.language)  # fmt: skip


def broken(document: Document, stack: Sequence[Mutator], lead: Mutator, draw: Draw) -> Input | None:
    """The document after these mutators (those that applied); None where the leading one did not."""
    draft = Draft(document)
    applied = []
    for mutator in stack:
        if mutator.apply(draft, draw):
            applied.append(mutator.name)
            if mutator is lead and lead.level is Level.VALID and not _settle(draft):
                return None
    text = draft.text
    document = draft.document
    if lead.name not in applied or text == document.text:
        return None
    level, truth = lead.level, draft.truth
    if level in _JUDGED_BY_ITSELF:
        valid, own = own_value(text, document.language)
        level, truth = (Level.VALID, own) if valid else (level, truth)
    return Input(text, truth, level, lead.family, tuple(applied), document.name, document.text, document.style,
                 document.language, tuple(draft.also), draft.hole, whole=None if draft.whole is None else tuple(draft.whole),
                 cut=draft.cut, marked=draft.marked)  # fmt: skip


def _settle(draft: Draft) -> bool:
    """Makes what a valid text says the truth, where the mutator has not said what that is; False where it is not valid."""
    if draft.truth is draft.document.value:
        valid, own = own_value(draft.text, draft.document.language)
        if not valid:
            return False
        draft.truth = own
    return True


def own_value(text: str, language: str = "json") -> tuple[bool, Any]:
    """(whether the text is valid, its value)."""
    try:
        if language == "python":
            parse_source(text)
            return True, text
        return True, json.loads(text, parse_constant=_refuse)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False, None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def input_to_data(case: Input) -> dict[str, object]:
    """An input as JSON data; a truth that is too deep for JSON encoders as a list of steps."""
    data: dict[str, object] = {
        "text": case.text,
        "level": case.level.value,
        "class": case.family,
        "mutators": list(case.mutators),
        "document": case.document,
        "valid": case.valid,
        "style": case.style,
        "language": case.language,
        "hole": case.hole and list(case.hole),
        "whole": None if case.whole is None else [list(path) for path in case.whole],
        "cut": case.cut and list(case.cut),
        "marked": case.marked,
    }
    if depth(case.truth) > SHALLOW:
        return {**data, "truth": None, "steps": flat(case.truth), "also": []}
    return {**data, "truth": case.truth, "also": list(case.also)}


def input_from_data(data: Mapping[str, Any]) -> Input:
    """The inverse of `input_to_data`."""
    truth = nested(data["steps"]) if "steps" in data else data["truth"]
    hole = None if data["hole"] is None else tuple(data["hole"])
    whole, cut = data.get("whole"), data.get("cut")  # earlier corpora do not have them
    return Input(
        data["text"], truth, Level(data["level"]), data["class"], tuple(data["mutators"]), data["document"],
        data["valid"], data["style"], data["language"], tuple(data["also"]), hole,
        whole=None if whole is None else tuple(map(tuple, whole)), cut=None if cut is None else tuple(cut),
        marked=data.get("marked", False),
    )  # fmt: skip

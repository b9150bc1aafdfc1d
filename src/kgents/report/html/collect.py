"""The trials of an experiment, read once: what pictures need, equal answers folded, and the rows of one page of the list."""

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256

from kgents.domain.outcome import Cause, Fault
from kgents.domain.plan import Plan
from kgents.domain.ports import Trial
from kgents.domain.prefix import counted
from kgents.report.html.shown import cut

KEPT = 300  # different answers whose texts are kept
SIGNS = 60  # trials of an arm that are drawn where there are several arms
ARMS = 12  # arms that are told of an answer
ALONE = 1200  # … and of the only arm
TEXTS = 600_000  # characters of texts on a page, together

Content = tuple[bool | None, Cause | None, str | None, str | None]  # success, cause, error, address of the text


@dataclass(slots=True)
class Answer:
    """One answer, however often it was given; `first` is the trial that gave it first, without its texts until `fill`."""

    first: Trial
    sign: str
    count: int = 0
    arms: Counter[str] = field(default_factory=Counter)

    def tell(self, arm: str, times: int) -> None:
        """This arm gave it so many times more; the first arms are told."""
        if arm in self.arms or len(self.arms) < ARMS:
            self.arms[arm] += times

    def join(self, other: "Answer") -> None:
        """The other one is this one, too."""
        self.count += other.count
        for arm, times in other.arms.items():
            self.tell(arm, times)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of trials; `answer` is the key of its folded answer."""

    arm: str
    index: int
    sign: str
    words: str
    milliseconds: float
    answer: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Which trials are listed: so many, after so many."""

    start: int = 0
    length: int = 200


@dataclass(slots=True)
class Collected:
    """What one pass over the trials found.

    path        successes after each trial that counts, of an experiment with one arm
    signs       by arm: + success, - failure, ? not counted
    causes      how often which cause, as the record has it
    answers     the different ones that are kept, by what is the same for equal ones
    others      answers beyond those that are kept
    """

    path: list[int] = field(default_factory=list)
    signs: dict[str, list[str]] = field(default_factory=dict)
    durations: list[tuple[float, bool]] = field(default_factory=list)
    costs: list[tuple[float, bool]] = field(default_factory=list)
    tokens: list[tuple[float, bool]] = field(default_factory=list)
    causes: Counter[Cause] = field(default_factory=Counter)
    answers: dict[Content, Answer] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    characters: int = 0

    def add(self, trial: Trial, plan: Plan, waiting: bool, window: Window) -> None:
        """Takes a trial; `waiting`: it does not count yet."""
        arm, sign = plan.arms[trial.arm], sign_of(trial, plan, waiting)
        signs = self.signs.setdefault(arm, [])
        if len(signs) < (ALONE if len(plan.arms) == 1 else SIGNS):
            signs.append(sign)
        if len(plan.arms) == 1 and sign != "?":
            self.path.append((self.path[-1] if self.path else 0) + (sign == "+"))
        self._measure(trial, sign)
        content = content_of(trial)
        self._fold(trial, sign, arm, content)
        if window.start <= self.total < window.start + window.length:
            milliseconds = trial.duration_us / 1000
            self.rows.append(Row(arm, trial.index, sign, words(trial), milliseconds, key_of(content), waiting))
        self.total += 1

    def _measure(self, trial: Trial, sign: str) -> None:
        self.durations.append((trial.duration_us / 1000, sign == "+"))
        if trial.usage.input_tokens or trial.usage.output_tokens:
            self.tokens.append((float(trial.usage.input_tokens + trial.usage.output_tokens), sign == "+"))
        if trial.usage.cost_usd:
            self.costs.append((float(trial.usage.cost_usd), sign == "+"))
        if trial.cause is not None:
            self.causes[trial.cause] += 1

    def _fold(self, trial: Trial, sign: str, arm: str, content: Content) -> None:
        answer = self.answers.get(content)
        if answer is None:
            if len(self.answers) >= KEPT:
                self.others[sign] += 1
                return
            answer = self.answers[content] = Answer(replace(trial, output=None, candidate=None), sign)
        answer.count += 1
        answer.tell(arm, 1)

    def fill(self, content: Content, first: Trial) -> None:
        """Gives an answer the texts of the trial that gave it first; where a page has no room for them it is not kept."""
        answer = self.answers[content]
        if first.addresses != (None, None) and first.output is None and first.candidate is None:
            self._fold_erased(content)
            return
        size = sum(len(cut(text)[0]) for text in (first.output, first.candidate, first.error))
        if self.characters + size > TEXTS:
            del self.answers[content]
            self.others[answer.sign] += answer.count
            return
        self.characters += size
        answer.first = first

    def _fold_erased(self, content: Content) -> None:
        """Answers whose texts were erased are told apart by nothing: they are one."""
        answer = self.answers.pop(content)
        nameless = replace(answer.first, addresses=(None, None))
        known = self.answers.setdefault(content_of(nameless), Answer(nameless, answer.sign))
        known.join(answer)

    def folded(self, sign: str, most: int) -> list[tuple[str, Answer]]:
        """(key, answer) with this sign, the most frequent first."""
        alike = [(content, answer) for content, answer in self.answers.items() if answer.sign == sign]
        frequent = sorted(alike, key=lambda item: -item[1].count)[:most]
        return [(key_of(content), answer) for content, answer in frequent]


def row_of(trial: Trial, plan: Plan, waiting: bool) -> Row:
    """The line of a trial in the list."""
    sign = sign_of(trial, plan, waiting)
    milliseconds = trial.duration_us / 1000
    return Row(plan.arms[trial.arm], trial.index, sign, words(trial), milliseconds, key_of(content_of(trial)), waiting)


def sign_of(trial: Trial, plan: Plan, waiting: bool) -> str:
    """+ a success, - a failure, ? one that does not count, or not yet."""
    success = None if waiting else counted(trial.success, trial.cause, plan.errors)
    return "?" if success is None else "+" if success else "-"


def content_of(trial: Trial) -> Content:
    """Equal for trials with one outcome, diagnosis and text, whether their texts were read or not.

    What a program printed before it failed differs by a time or an address; where its diagnosis is the same, so is it.
    """
    output, candidate = trial.addresses
    told = trial.cause is Cause.EXIT_STATUS and trial.error
    return trial.success, trial.cause, trial.error, None if told else candidate or output


def key_of(content: Content) -> str:
    """A short name of an answer, by which a page links to it."""
    return sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def words(trial: Trial) -> str:
    """The outcome in a few words."""
    if trial.success:
        return "success"
    fault = trial.cause.fault if trial.cause else Fault.PROGRAM
    return f"{trial.cause}" + ("" if fault is Fault.PROGRAM else f" ({fault.value})")

"""open: an experiment whose trials a scheduler of your own runs; it asks which, and tells what they came to."""

from collections.abc import Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any

from kgents.api.design import TrialSettings, number, sequential, whole
from kgents.api.door import Stop, call
from kgents.api.recorded import opened, reference_of
from kgents.api.records import load
from kgents.api.result import Result
from kgents.errors import UsageError
from kgents.kinds.callable.trial import Trial, refuse_nested


class OpenExperiment:
    """An experiment that is asked for trials and told their outcomes. Between calls nothing is held or locked.

    id    by which `kg.open(id)` joins it from another process
    done  whether no further trial is needed, as of the last call
    """

    def __init__(self, experiment: str, database: str | None, done: bool = False) -> None:
        self.id: str = experiment
        self.done: bool = done
        self._database = database

    def __repr__(self) -> str:
        return f"<OpenExperiment {self.id}{' (done)' if self.done else ''}>"

    def __enter__(self) -> "OpenExperiment":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is to be closed: what was asked for may be told later, by anybody."""

    def ask(self, n: int = 1, *, lease: float | None = None) -> list[Trial]:
        """At most n trials to run now; fewer, or none, where more could turn out to be needless.

        lease  seconds until a trial is void if nothing is told of it; it is then asked anew, with its seed. None: never
        """
        if whole("n", n) < 1:
            raise UsageError(f"n = {n}: at least 1", "ask for as many as can be run at once")
        if lease is not None and not 0 < number("lease", lease) <= 31_536_000:
            raise UsageError(f"lease = {lease:g}: seconds above 0 and at most a year", "None is no lease")
        asked, self.done = self._call(lambda asking: asking.ask(n, lease))
        return [Trial(trial.index, trial.seed, attempt=trial.attempt) for trial in asked]

    def tell(
        self,
        trial: int | Trial,
        success: bool | None,
        *,
        output: Any = "",
        error: str | None = None,
        usd: float | str | Decimal | None = None,
        tokens: int = 0,
        seconds: float | None = None,
    ) -> None:
        """Tells what a trial came to, in any order; telling it twice changes nothing.

        trial    the trial, or its index
        success  True, False, or None: void, it will be asked for anew
        output   kept with it; what is no text is kept as JSON
        error    one line why it failed
        seconds  how long it took; None: since it was asked for

        UsageError where nobody asked for it, where its lease is over, and for an outcome other than the one told before.
        """
        from kgents.runner.asking import told

        outcome = told(success, output, error, usd, tokens, seconds)
        index, attempt = (trial.index, trial.attempt) if isinstance(trial, Trial) else (_index(trial), None)
        self.done = self._call(lambda asking: asking.tell(index, outcome, attempt))

    @property
    def result(self) -> Result:
        """What it has come to so far."""
        return load(self.id, database=self._database)

    def _call(self, use: Any) -> Any:
        async def work(stop: Stop) -> Any:
            from kgents.runner.asking import attached

            async with opened(self._database) as (store, context, _):
                return await use(await attached(self.id, store, context))

        return call(work)


def open(  # noqa: A001 - kgents.open, never imported by its bare name
    reference: str | None = None,
    *,
    target: float = 0.9,
    confidence: float = 0.95,
    max_trials: int | None = None,
    name: str | None = None,
    tags: Sequence[str] = (),
    seed: int | None = None,
    budget_usd: float | str | Decimal | None = None,
    database: str | None = None,
) -> OpenExperiment:
    """Opens an experiment whose trials you run yourself: `ask` says which, `tell` takes outcomes in any order.

    reference  id or name of one that was opened before, in any process: it goes on with its plan, and no other argument
               but `database` has a meaning then. None: a new one

    >>> import kgents as kg
    >>> with kg.open(target=0.9, max_trials=100) as e:
    ...     while not e.done:
    ...         for t in e.ask(8):
    ...             e.tell(t.index, True, output="…")
    >>> e.result.verdict
    'supported'
    """
    refuse_nested()
    design = sequential(target, confidence, max_trials)
    settings = TrialSettings(name=name, tags=tags, seed=seed, budget_usd=budget_usd).request()
    arguments = (target, confidence, max_trials, name, tuple(tags), seed, budget_usd)
    if reference is not None and reference_of(reference) and arguments != (0.9, 0.95, None, None, (), None, None):
        why = f"{reference} was opened with its plan, which stands"
        raise UsageError(why, "kg.open(id) takes no other argument but database")

    if reference is not None:
        return call(lambda stop: _attached(reference, database))
    return call(lambda stop: _begun(design, settings, database))


async def _attached(reference: str, database: str | None) -> OpenExperiment:
    """One that was opened before."""
    from kgents.runner.asking import attached

    async with opened(database) as (store, context, _):
        asking = await attached(reference, store, context)
        return OpenExperiment(asking.experiment, database, await asking.is_over())


async def _begun(design: Any, settings: Any, database: str | None) -> OpenExperiment:
    """A new one."""
    from kgents.kinds.kind import Request
    from kgents.runner.asking import open_told

    async with opened(database) as (store, context, _):
        request = Request("told", {"type": "told"}, design, oracle="told", **settings)
        return OpenExperiment(await open_told(request, store, context), database)


def _index(trial: Any) -> int:
    if whole("trial", trial) < 0:
        raise UsageError(f"trial = {trial}: indices begin at 0", "tell the trial that ask gave")
    return int(trial)

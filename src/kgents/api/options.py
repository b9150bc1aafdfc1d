"""The options that all experiments of Python functions have."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from kgents.api.design import TrialSettings
from kgents.errors import UsageError
from kgents.kinds.callable.function import error_kinds

if TYPE_CHECKING:
    from kgents.runner.cluster.address import Workers


APART = ("record", "database", "workers", "workers_tls")  # options that say where, not how


class RunOptions(TypedDict, total=False):
    """How trials are run and kept.

    concurrency  trials at once; 1
    timeout      seconds that a trial may take, None (no limit); a thread cannot be stopped, only left behind
    isolate      True: trials are called in processes of their own, which import the function and are killed at the time-out
    errors       how trials count that the world spoilt: "exclude" (not at all) or "count" (as failures)
    error_types  exceptions that mean that the world did; all others are failures of the program
    budget_usd   stop, resumably, when trials have said that they cost this much; None
    name, tags   to find the experiment by
    seed         root of all seeds; None: random, recorded
    series       one of many decisions, all of which have the error 1 − confidence together: takes its next share; None
    record       False: nothing is kept once the result is gone
    workers      tls://HOST:PORT of kg cluster: trials run there, each function imported by its path; None: here
    workers_tls  the folder of certificates that kg cluster up made
    database     sqlite:///FILE or postgresql://…; None: KGENTS_DATABASE_URL, or a file in the data directory
    """

    concurrency: int
    timeout: float | None
    isolate: bool
    errors: Literal["exclude", "count"]
    error_types: Sequence[type[Exception]]
    budget_usd: float | str | Decimal | None
    name: str | None
    tags: Sequence[str]
    seed: int | None
    series: str | None
    record: bool
    database: str | None
    workers: str | None
    workers_tls: str | Path | None


def split(options: RunOptions) -> tuple[TrialSettings, bool, str | None]:
    """(settings of the run, whether it is recorded, where). TypeError for an option that there is not."""
    if unknown := sorted(set(options) - set(RunOptions.__annotations__)):
        raise TypeError(
            f"unexpected keyword argument {unknown[0]!r}; there are {', '.join(RunOptions.__annotations__)}"
        )
    record, database = options.get("record", True), options.get("database")
    if not isinstance(record, bool):
        raise UsageError(f"record = {record!r}: True or False", "True is the default")
    if not record and options.get("series") is not None:
        raise UsageError("record=False and series= contradict each other", "a series is kept in the record")
    if not record and database is not None:
        raise UsageError("record=False and database= contradict each other", "leave one of them out")
    run = {name: value for name, value in options.items() if name not in APART}
    run["error_types"] = error_kinds(run.get("error_types", ()))
    return TrialSettings(**run), record, database  # type: ignore[arg-type]


def workers_of(address: str | None, folder: str | Path | None) -> "Workers | None":
    """The workers that `workers` and `workers_tls` name. UsageError."""
    if address is None:
        return None
    if not isinstance(address, str):
        raise UsageError(f"workers = {address!r}: the address of a scheduler is needed", "such as tls://10.0.0.5:8786")
    if not isinstance(folder, str | Path | None):
        raise UsageError(f"workers_tls = {folder!r}: the folder of the certificates is needed", "kg cluster up --dir")
    from kgents.runner.cluster.address import workers_at

    return workers_at(address, folder, insecure=False, name="workers =")

"""Every error that kgents raises on purpose.

KgentsError
├── UsageError              yours: an option, a spec or a file is wrong           exit 2
├── WorldError              the world's: what we depend on is not there           exit 1
│   ├── HarnessUnavailable  no such coder, no key, no executable                  exit 2
│   ├── SandboxUnavailable  candidates cannot be run safely here
│   ├── StoreUnavailable    the database cannot be reached, read or written
│   └── MachineExhausted    no process, no thread or no space on a disk is to be had
├── Busy                    another process holds this experiment                 exit 1
│   └── ShareTaken          another experiment was quicker to take its share of a series
└── RecordError             the record's                                          exit 3
    ├── UnknownExperiment   no experiment answers to this name                    exit 2
    ├── TamperedRecord      bytes, chain or projections do not agree
    └── DamagedRecord       the file of the database is broken

The message says what is wrong and names the option or variable to change; `hint` says what to do.
"""

import errno
from collections.abc import Iterable
from typing import ClassVar


class KgentsError(Exception):
    """The root of the tree."""

    kind: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message: str = message
        self.hint: str | None = hint

    def add(self, text: str) -> None:
        """Says more at the end of the message."""
        self.message += text
        Exception.__init__(self, self.message)


class UsageError(KgentsError):
    """What was asked for cannot be done as it was asked."""

    kind = "usage"
    exit_code = 2


class WorldError(KgentsError):
    """Something outside of kgents does not do its part."""

    kind = "world"
    exit_code = 1


class HarnessUnavailable(WorldError):
    """The coder or model cannot be used: no key, no program, no client. It is found before the first trial."""

    kind = "harness_unavailable"
    exit_code = 2


class SandboxUnavailable(WorldError):
    """Candidates cannot be run as safely as was asked."""

    kind = "sandbox_unavailable"


class StoreUnavailable(WorldError):
    """The record cannot be reached, read or written."""

    kind = "store_unavailable"
    passing = False  # whether it may be gone a moment later
    unreachable = (
        False  # whether nobody answers: in the middle of a run that may pass, at its beginning it is a mistake
    )


class MachineExhausted(WorldError):
    """The machine has no room left: no process, no thread or no space on a disk."""

    kind = "machine_exhausted"


class Busy(KgentsError):
    """Another process holds the experiment."""

    kind = "busy"
    exit_code = 1


class ShareTaken(Busy):
    """Another experiment has taken that share of a series: there is a next one."""


class RecordError(KgentsError):
    """The record cannot answer."""

    kind = "record"
    exit_code = 3


class UnknownExperiment(RecordError):
    """No experiment, or more than one, answers to this name."""

    kind = "unknown_experiment"
    exit_code = 2


class TamperedRecord(RecordError):
    """Bytes, chain, projections or ledger do not agree."""

    kind = "tampered_record"
    exit_code = 3


class DamagedRecord(RecordError):
    """The database says that its own file is broken."""

    kind = "damaged_record"
    exit_code = 3


def exhausted(wrong: Exception) -> MachineExhausted | None:
    """What to say of an error that only means that the machine is full; None for any other."""
    again = "what was stored stays; then go on: kg experiment resume @latest"
    if isinstance(wrong, OSError) and wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f" for {wrong.filename}" if wrong.filename else ""
        return MachineExhausted(f"the disk is full{where} ({wrong.strerror})", f"make room; {again}")
    unstarted = isinstance(wrong, RuntimeError) and "start new thread" in str(wrong)
    if unstarted or (isinstance(wrong, OSError) and wrong.errno == errno.EAGAIN):
        return MachineExhausted(
            f"the system starts no further process or thread ({wrong})",
            f"end others or raise the limit (ulimit -u, pids.max); {again}",
        )
    return None


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The name that somebody who typed this word most likely meant; None where none is near.

    alike  the least similarity that counts, from 0 to 1, as difflib measures it
    """
    import difflib

    return next(iter(difflib.get_close_matches(word, sorted(known), 1, alike)), None)


def suggested(word: str, known: Iterable[str]) -> str:
    """For the end of a sentence: "; did you mean 'X'?", or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""

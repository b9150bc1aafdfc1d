"""The tab of a trial: what it has consumed so far, whoever consumed it and however it ends.

Rule: `open_tab` begins a tab in the context of one trial; `charge` adds to the tab of the context it is called in, and to
none where there is none. So a trial that is cancelled, or breaks, still shows what it cost.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from kgents.domain.outcome import Usage


@dataclass(slots=True)
class Tab:
    """What one trial has consumed, and whether it waits for an answer of which no byte has come."""

    usage: Usage = Usage()
    silent: bool = False


_TAB: ContextVar[Tab | None] = ContextVar("tab", default=None)


def open_tab() -> Tab:
    """A new tab for what runs in this context from now on."""
    tab = Tab()
    _TAB.set(tab)
    return tab


def charge(usage: Usage) -> None:
    """Puts something on the tab of this context."""
    tab = _TAB.get()
    if tab is not None:
        tab.usage += usage


def waits(silent: bool) -> None:
    """Says that the trial of this context begins to wait for an answer, or that the first byte of one has come."""
    tab = _TAB.get()
    if tab is not None:
        tab.silent = silent


def current_tab() -> Tab | None:
    """The tab of this context, for those who charge it from elsewhere."""
    return _TAB.get()

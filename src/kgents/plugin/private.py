"""The parts of pytest that are not public, all of them: what pytest 8.4 and 9 have, checked when a trial needs it.

runtestprotocol   set-up, call and tear-down of an item, with its reports and without announcing them
_setupstate       the stack of collectors whose fixtures are alive
_instance, _obj   the object of the test's class; it is dropped, so that the next trial has a new one
_report_sections  what a trial wrote; it would pile up
callspec          the values of parametrize that an item has
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest


class _Sibling:
    """Stands for a next test in the collector of this one: tear-down then ends the item's own fixtures and no others."""

    def __init__(self, item: pytest.Item) -> None:
        self._chain = item.listchain()[:-1]

    def listchain(self) -> Sequence[Any]:
        return self._chain


def run_once(item: pytest.Item, properties: Sequence[tuple[str, Any]]) -> list[pytest.TestReport]:
    """One full set-up, call and tear-down; fixtures of class, module and session live on."""
    from _pytest.runner import runtestprotocol

    item.user_properties[:] = properties
    item._report_sections[:] = []
    own: Any = item
    if own.__dict__.pop("_instance", None) is not None:
        own.__dict__.pop("_obj", None)
    _arm(item)
    try:
        return runtestprotocol(item, log=False, nextitem=_Sibling(item))  # type: ignore[arg-type]
    finally:
        disarm(item)


def parameters(item: pytest.Item) -> Mapping[str, object]:
    """The values of the arguments of parametrize: of all tests of one function the same objects."""
    called: Any = getattr(item, "callspec", None)
    return {} if called is None else dict(called.params)


def tear_down(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Ends the fixtures that the next test does not share."""
    item.session._setupstate.teardown_exact(nextitem)


def disarm(item: pytest.Item) -> None:
    """Stops the timer of pytest-timeout, which has one for an item: what happens between trials is not timed."""
    hook = item.config.pluginmanager.hook
    if hasattr(hook, "pytest_timeout_cancel_timer"):
        hook.pytest_timeout_cancel_timer(item=item)


def _arm(item: pytest.Item) -> None:
    """Starts it for one trial: it is a trial that has to end in time."""
    hook = item.config.pluginmanager.hook
    if not hasattr(hook, "pytest_timeout_set_timer"):
        return
    from pytest_timeout import _get_item_settings

    settings = _get_item_settings(item)
    if settings.timeout and not settings.func_only:
        hook.pytest_timeout_set_timer(item=item, settings=settings)


def wants_pdb(item: pytest.Item) -> bool:
    """Whether a failure was shown in a debugger, after which nobody wants a further trial."""
    return bool(item.config.getoption("usepdb", False) or item.config.getoption("trace", False))

"""Those who are told while a run goes on: opened before anything is read, told that time passes, closed before the result."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from kgents.cli.option_types import ShownOptions
from kgents.kinds.kind import Config
from kgents.report.live.view import Lively
from kgents.runner.local import Observer

TICK = 0.125  # seconds


@dataclass(frozen=True, slots=True)
class Following:
    """Everybody who is told."""

    observers: Sequence[Observer]

    @property
    def lively(self) -> list[Lively]:
        """Those who show something while nothing happens."""
        return [observer for observer in self.observers if isinstance(observer, Lively)]

    def ask(self, kind: str, config: Config) -> None:
        """Tells what is asked of whom."""
        from kgents.kinds.registry import kind_of

        for view in self.lively:
            view.ask(kind_of(kind).headline(config))

    def close(self) -> None:
        """Leaves standard error as it was: what is printed next is the result."""
        for view in self.lively:
            view.close()


@asynccontextmanager
async def following(options: ShownOptions, title: str) -> AsyncIterator[Following]:
    """Observers as the options ask for them; the picture of a terminal is there at once and gone at the end."""
    watching = Following(_observers(options, title))
    for view in watching.lively:
        view.open()
    ticker = asyncio.create_task(_tick(watching.lively))
    try:
        yield watching
    finally:
        ticker.cancel()
        watching.close()


async def _tick(views: Sequence[Lively]) -> None:
    while views:
        await asyncio.sleep(TICK)
        for view in views:
            view.tick()


def _observers(options: ShownOptions, title: str) -> list[Observer]:
    observers: list[Observer] = []
    if options["ui"]:
        from kgents.cli.ui import OpenPage, check_ui
        from kgents.runner.settings import ProcessSettings

        check_ui()
        observers.append(OpenPage(ProcessSettings.read(options["database"]).database))
    if options["as_jsonl"]:
        from kgents.report.events import EventLines

        observers.append(EventLines(sys.stdout))
    if not options["quiet"]:
        observers.append(_for_people(options, title))
    return observers


def _for_people(options: ShownOptions, title: str) -> Observer:
    from kgents.report.live.terminal import Terminal, can_draw

    if can_draw(sys.stderr, os.environ) and not options["as_jsonl"]:
        from kgents.report.live.view import LiveView

        return LiveView(title, monotonic, Terminal(sys.stderr, os.environ))
    from kgents.report.plain import PlainLines

    return PlainLines(warnings=options["as_json"])

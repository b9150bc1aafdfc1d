"""The pages by their addresses: the list, one experiment, two side by side, a series, and the stream that renews one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from kgents.errors import KgentsError, UnknownExperiment
from kgents.page.compare import compared
from kgents.page.guard import Door, Guard, headers
from kgents.page.history import Asked, history
from kgents.page.live import Stream, pushes
from kgents.page.part import ended, part
from kgents.page.record import Reader
from kgents.report.html.page import render, style
from kgents.report.series import read_series, view_of

Handler = Callable[[Request], Awaitable[Response]]
SCRIPT = Path(__file__).with_name("live.js")


@dataclass(frozen=True, slots=True)
class Pages:
    """Answers every address from one record; `stream` says how often a page may be renewed."""

    reader: Reader
    stream: Stream

    async def index(self, request: Request) -> Response:
        """The list of experiments."""
        rows = await history(await self.reader.store(), Asked.read(request.query_params))
        return _page("index.html", "Experiments", list=rows)

    async def experiment(self, request: Request) -> Response:
        """One experiment; it renews itself while the run goes on."""
        reference = request.path_params["id"]
        experiment = await (await self.reader.store()).resolve(reference)
        if experiment != reference:
            return RedirectResponse(f"/e/{experiment}", 303, headers=headers())
        shown = await self.reader.shown(experiment, _number(request.query_params.get("start", "")))
        live = "" if ended(shown) or shown.window.start else f"/e/{experiment}/events?after={shown.summary.size - 1}"
        title = f"{shown.summary.plan.name or experiment} · {(shown.summary.verdict or shown.summary.status).value}"
        return _page("live.html", title, part=part(shown), live=live)

    async def events(self, request: Request) -> Response:
        """The experiment again and again, as server-sent events, until it has ended."""
        experiment = await (await self.reader.store()).resolve(request.path_params["id"])
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        sent = int(after) if after.isascii() and after.isdigit() else -1
        stream = pushes(self.reader, experiment, sent, self.stream, request.is_disconnected)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers())

    async def compare(self, request: Request) -> Response:
        """Two experiments side by side."""
        store = await self.reader.store()
        ids = [await store.resolve(request.query_params.get(name) or "@latest") for name in ("a", "b")]
        both = [await self.reader.shown(experiment, 0, 0) for experiment in ids]
        return _page("compare.html", "Side by side", both=compared(both))

    async def series(self, request: Request) -> Response:
        """The experiments that a filter names, as a series; filters by what came out make no series and are ignored."""
        asked = Asked.read(request.query_params)
        query = replace(asked.query(), verdict=None, status=None)
        drawn = await read_series(await self.reader.store(), query)
        return _page("series_page.html", f"Series: {drawn.title}", series=view_of(drawn, links=True))

    async def script(self, request: Request) -> Response:
        """The one script."""
        return Response(SCRIPT.read_text(encoding="utf-8"), media_type="text/javascript", headers=headers())


def _number(text: str) -> int:
    return min(int(text), 10**9) if text.isascii() and text.isdigit() else 0


def _page(template: str, title: str, status: int = 200, **values: Any) -> Response:
    return HTMLResponse(render(template, title=title, style=style(), **values), status, headers=headers())


def _told(handler: Handler) -> Handler:
    """What the record raises is said on a page."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except KgentsError as wrong:
            status = 404 if isinstance(wrong, UnknownExperiment) else 503
            return _page("told.html", "kgents", status, message=wrong.message, hint=wrong.hint or "")

    return answer


def application(reader: Reader, door: Door, stream: Stream) -> Guard:
    """The application behind its guard."""
    pages = Pages(reader, stream)
    routes = [
        Route("/", _told(pages.index)),
        Route("/e/{id}", _told(pages.experiment)),
        Route("/e/{id}/events", _told(pages.events)),
        Route("/compare", _told(pages.compare)),
        Route("/series", _told(pages.series)),
        Route("/live.js", pages.script),
    ]
    return Guard(Starlette(routes=routes), door)

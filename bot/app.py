"""The web application: callbacks, health, metrics, and in demo mode the simulator."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics, scheduler
from bot.channels import off, simulator
from bot.channels.api import Api
from bot.channels.callback import Callback
from bot.channels.contract import Channel, Sender, senders
from bot.channels.intake import channel as intake
from bot.channels.robot import channel as robot
from bot.channels.simulator.routes import mount
from bot.channels.wechat import channel as wechat
from bot.channels.wechat.ladder import Ladder
from bot.channels.wecom import channel as wecom
from bot.courier import Courier
from bot.keeping import Keeping
from bot.loopback import is_loopback
from bot.service import Service
from bot.settings import Settings
from storage.book import Shelf
from storage.database import Database
from storage.schema import behind

log = logging.getLogger("xiaoge.app")

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guarded:
    """Every answer says that it is neither to be kept, nor guessed at, nor framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, text in HEADERS.items():
                    headers.setdefault(name, text)
            await send(message)

        await self.app(scope, receive, with_headers)


class Front:
    """The callbacks first, without the layers of the web framework; everything else behind them.

    A delivery that has to be answered within 5 seconds, hundreds of times a second, needs nothing
    of what a page needs: a third of its time would go into middleware.
    """

    def __init__(self, app: FastAPI, callbacks: Sequence[Route]) -> None:
        self.app = app
        self.callbacks = {route.path: route.app for route in callbacks}
        self.state = app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "POST"):
            callback = self.callbacks.get(scope["path"])
            if callback is not None:
                return await callback(scope, receive, send)
        return await self.app(scope, receive, send)


def create(settings: Settings, database: Database) -> Front:
    """The application on a database whose schema is up to date."""
    service = Service(database)
    channels = _channels(settings, database, service.shelf)
    ways = senders(channels)
    courier = Courier(database, service.shelf, ways, settings.media_dir, service.give_way)
    service.stirred = courier.stir
    keeping = Keeping(
        database, service.shelf, settings.media_dir, settings.media_limit, settings.media_days
    )
    timed = scheduler.Timed(service, keeping)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        carrying = asyncio.create_task(courier.run())
        clock = scheduler.start(timed)
        yield
        clock.shutdown(wait=False)
        courier.stop()
        await carrying
        for sender in ways.values():
            await sender.aclose()
        await asyncio.to_thread(database.close)

    app = FastAPI(
        title="小格 xiaoge", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_middleware(Guarded)
    app.state.service = service
    app.state.courier = courier
    app.state.timed = timed
    _health(app, settings, service)
    if settings.demo:
        mount(app, service, timed, courier.round)
    if settings.pages:
        from bot.pages import routes as pages  # templates and codes: memory that others do not need

        pages.mount(app, settings, service, _account(ways))
    routes = [route for each in channels for route in each.routes(service)]
    callbacks = [route for route in routes if isinstance(route.app, Callback)]
    app.router.routes.extend(route for route in routes if route not in callbacks)
    return Front(app, callbacks)


def _account(ways: Mapping[tuple[str, str], Sender]) -> Api | None:
    """公众号's interfaces, if there is a 公众号."""
    ladder = ways.get(("wechat", ""))
    return ladder.sender.api if isinstance(ladder, Ladder) else None


def _channels(settings: Settings, database: Database, shelf: Shelf) -> list[Channel]:
    """The ways in and out. Of two for the same people the later counts."""
    found = [*(simulator.channels() if settings.demo else off.channels())]
    found.append(intake.channel(settings, database, shelf))
    if settings.wechat:
        found.append(wechat.channel(settings, database))
    if settings.wecom:
        found.append(wecom.channel(settings, database))
        found.append(robot.channel(settings, database, shelf))
    return found


def _health(app: FastAPI, settings: Settings, service: Service) -> None:
    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        """The process lives."""
        return PlainTextResponse("ok")

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """It can work: schema, town, database."""
        try:
            missing = await asyncio.to_thread(behind, service.database)
            if missing is None:
                await service.database.aread(service.book)
        except Exception as error:
            missing = type(error).__name__
        return JSONResponse(
            {"ready": missing is None, "missing": missing}, 200 if missing is None else 503
        )

    @app.get("/metrics")
    async def show_metrics(request: Request) -> Response:
        """For Prometheus: from this machine, or with the token."""
        if not _may_measure(request, settings):
            return PlainTextResponse("forbidden", 403)
        return await metrics.show(service)


def _may_measure(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(given.encode(), token.encode())
    return _from_this_machine(request)


def _from_this_machine(request: Request) -> bool:
    """Not passed on by a reverse proxy: then the address would be the proxy's."""
    passed_on = "forwarded" in request.headers or "x-forwarded-for" in request.headers
    return not passed_on and request.client is not None and is_loopback(request.client.host)

"""Starting the service: the town if there is none yet, then the web server."""

from __future__ import annotations

import gc
import logging
import os
from contextlib import suppress
from pathlib import Path

import uvicorn

from bot import logs, town
from bot.app import create
from bot.heap import give_back
from bot.service import Service
from bot.settings import Settings, WrongSettings
from casework.townfile import TownFileError
from storage.book import NoTown
from storage.database import Database, Moment
from storage.methods import keep_shipped
from storage.session import WriteSession
from storage.town import entries

log = logging.getLogger("xiaoge.run")


def serve(settings: Settings, database: Database) -> None:
    """Run until stopped. Raises WrongSettings, which only now can be seen to be wrong."""
    logs.set_up(settings.log_level)
    first_town(settings, database)
    keep_method(database)
    _check_media_dir(settings.media_dir)
    app = create(settings, database)
    _warm_up(app.state.service)
    if settings.demo:
        log.warning("demo mode: http://%s:%s/simulator", settings.host, settings.port)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # as everything else
        access_log=False,  # addresses of callbacks are signed, and say who wrote when
        server_header=False,
        proxy_headers=False,  # nothing here asks for the client's address behind a proxy
        timeout_graceful_shutdown=10,
    )


def _warm_up(service: Service) -> None:
    """The book is opened before the first message comes; and what has been loaded by then stays, so
    the collector need not look through it over and over: that took 70 ms, every few thousand messages."""
    with suppress(NoTown), service.database.reading() as (session, begun):
        service.book(session, begun)
    gc.freeze()
    gc.enable()
    give_back()


def first_town(settings: Settings, database: Database) -> None:
    """A database without a town gets TOWN_FILE, in demo mode the demo town."""
    with database.reading() as (session, _):
        if entries(session).get("town"):
            return
    if settings.town_file is not None:
        text = _read(settings.town_file)
    elif settings.demo:
        text = town.example()
    else:
        log.warning("no town is loaded yet: xiaoge town load FILE.toml")
        return
    try:
        town.load(database, text, by="start")
    except TownFileError as error:
        raise WrongSettings(f"XIAOGE_TOWN_FILE: {settings.town_file}\n{error}") from None


def keep_method(database: Database) -> None:
    """A new release may bring another text of the town's method: cases will name it, so it stays."""

    def work(session: WriteSession, begun: Moment) -> None:
        for row in entries(session).get("town", {}).values():
            keep_shipped(session, row["method"], by="start", now=begun.now)

    database.write("town", work).result()


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        reason = error.strerror
    except UnicodeDecodeError:
        reason = "not UTF-8; save it as UTF-8"
    raise WrongSettings(f"XIAOGE_TOWN_FILE: {file}: {reason}")


def _check_media_dir(folder: Path) -> None:
    """What people send must find its place: known at the start, not with the first photo."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSettings(f"XIAOGE_MEDIA_DIR: {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongSettings(f"XIAOGE_MEDIA_DIR: {folder}: may not be written; see its owner")

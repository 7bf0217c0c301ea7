"""Starting the service: the town if there is none yet, then the web server."""

from __future__ import annotations

import logging
import sys

import uvicorn

from bot import town
from bot.app import create
from bot.settings import Settings
from casework.townfile import TownFileError
from storage.database import Database
from storage.town import entries

log = logging.getLogger("xiaoge.run")


def serve(settings: Settings, database: Database) -> None:
    """Run until stopped."""
    first_town(settings, database)
    app = create(settings, database)
    if settings.demo:
        log.warning("demo mode: http://%s:%s/simulator", settings.host, settings.port)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,  # addresses of callbacks are signed, and say who wrote when
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def first_town(settings: Settings, database: Database) -> None:
    """A database without a town gets TOWN_FILE, in demo mode the demo town."""
    with database.reading() as (session, _):
        if entries(session).get("town"):
            return
    if settings.town_file is not None:
        text = settings.town_file.read_text("utf-8")
    elif settings.demo:
        text = town.example()
    else:
        log.warning("no town is loaded yet: xiaoge town load FILE.toml")
        return
    try:
        town.load(database, text, by="start")
    except TownFileError as error:
        sys.exit(str(error))

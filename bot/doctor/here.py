"""What can be seen on this machine: database, town, disk, clock, scheduler, public address."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.doctor.finding import Finding, bad, hint
from bot.loopback import is_loopback
from bot.media import FREE, MEGABYTE
from bot.settings import Settings
from casework.calendar import SHANGHAI
from casework.townfile import build
from storage import rhythm
from storage.database import Database
from storage.schema import behind
from storage.town import entries

ROOMY = 1000 * MEGABYTE
SKEW = 60.0  # seconds; from 300 on nothing is accepted
STOPPED = timedelta(hours=1)


async def findings(settings: Settings, database: Database) -> list[Finding]:
    return [
        _schema(database),
        *await _rows(database),
        *await _answers(database),
        *_disk(settings),
        await _clock(settings),
        await asyncio.to_thread(_address, settings),
        *_pages(settings),
    ]


def _schema(database: Database) -> Finding:
    missing = behind(database)
    return bad("database", "old", detail=missing) if missing else Finding("database")


async def _rows(database: Database) -> list[Finding]:
    there = await database.aread(lambda session, _: bool(entries(session).get("town")))
    now = (await database.aread(lambda _, begun: begun)).now
    due = await database.aread(lambda session, _: rhythm.soonest(session))
    town = Finding("town") if there else bad("town", "missing")
    if due is None:
        return [town, bad("scheduler", "never")]
    if now - due > STOPPED:
        said = f"{due.astimezone(SHANGHAI):%m-%d %H:%M}"
        return [town, bad("scheduler", "old", detail=said)]
    return [town, Finding("scheduler")]


async def _answers(database: Database) -> list[Finding]:
    """Villagers read an example as one, and what is over not at all."""
    decided = await database.aread(lambda session, _: entries(session))
    if not decided.get("town"):
        return []
    now = (await database.aread(lambda _, begun: begun)).now
    used = [each for each in build(decided).answers.values() if not each.stopped]
    over = [each for each in used if each.expired(now.astimezone(SHANGHAI).date())]
    unchecked = [each for each in used if each.example]
    if over:
        return [hint("answers", "over", detail="、".join(each.name for each in over))]
    if unchecked:
        return [hint("answers", "unchecked", detail=len(unchecked))]
    return [Finding("answers")] if used else [hint("answers", "none")]


def _disk(settings: Settings) -> Iterator[Finding]:
    """The folders of the media and, on SQLite, of the database."""
    folders = {settings.media_dir}
    if settings.database_url.startswith("sqlite:///"):
        folders.add(Path(settings.database_url.removeprefix("sqlite:///")).parent)
    for folder in sorted(folders):
        nearest = next(each for each in (folder, *folder.parents, Path()) if each.exists())
        free = shutil.disk_usage(nearest).free
        if not os.access(nearest, os.W_OK | os.X_OK):
            yield bad("disk", "closed", folder=folder)
        elif free < ROOMY:
            how = bad if free < FREE else hint
            yield how("disk", "small", folder=folder, detail=free // MEGABYTE)
        else:
            yield Finding("disk")


async def _clock(settings: Settings) -> Finding:
    """Against the Date that the platform's answer carries."""
    proxy = settings.proxy or None
    try:
        async with httpx.AsyncClient(proxy=proxy, timeout=5) as client:
            begun = time.time()
            answer = await client.head(settings.wechat_api_base)
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return hint("clock", "unknown", detail=type(error).__name__)
    away = round(theirs - (begun + time.time()) / 2)
    return bad("clock", "wrong", detail=away) if abs(away) > SKEW else Finding("clock")


def _address(settings: Settings) -> Finding:
    url = settings.public_url
    if not url:
        return hint("address", "missing")
    parts = urlsplit(url)
    try:
        socket.getaddrinfo(parts.hostname, parts.port or 443)
    except OSError:
        return bad("address", "unresolved", detail=parts.hostname)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        return bad("address", "plain", detail=url)
    return Finding("address")


def _pages(settings: Settings) -> Iterator[Finding]:
    """Without an address there are none, and that is said already."""
    if settings.public_url:
        yield Finding("pages") if settings.pages else hint("pages", "missing")

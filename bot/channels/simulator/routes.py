"""The simulator's page and what it asks for. Demo mode only."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Literal

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import Base64Bytes, BaseModel, Field

from bot.channels.receiver import Unavailable
from bot.channels.simulator import ACCOUNT, file
from bot.play import Deliver, Played, play
from bot.scheduler import Timed
from bot.service import Service
from casework.calendar import SHANGHAI
from casework.duration import Duration
from handlers import wording
from handlers.message import Attachment, Incoming, Location
from storage import phones
from storage.database import Moment
from storage.session import ReadSession

FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "phone.js": "text/javascript",
    "town.js": "text/javascript",
}
DEMO_VILLAGERS = {"zhang": "张大娘", "wangbo": "王伯", "liuzi": "刘嫂", "xiaochen": "小陈"}
SECURITY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
POLL_SECONDS = 0.5
EVENTS = ("subscribe", "unsubscribe", "scan", "click")
FORMATS = {"image": "jpg", "voice": "amr", "video": "mp4"}


class Say(BaseModel):
    """What a person says on the page."""

    side: Literal["villager", "staff"]
    person: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    kind: Literal[
        "text", "image", "voice", "video", "file", "location", "link",
        "subscribe", "unsubscribe", "scan", "click",
    ] = "text"  # fmt: skip
    text: str = Field("", max_length=5000)
    event_key: str = Field("", max_length=200)
    content: Base64Bytes = Field(b"", max_length=400_000)  # of a file


class Advance(BaseModel):
    advance: str = Field(max_length=20)


class Simulator:
    """The page's questions and answers."""

    def __init__(self, service: Service, timed: Timed, deliver: Deliver) -> None:
        self.service = service
        self.timed = timed
        self.deliver = deliver
        self._numbers = itertools.count(time.time_ns())

    async def people(self) -> dict[str, Any]:
        """Who can be played, and what time it is in the town."""
        return await self.service.database.aread(self._people)

    def _people(self, session: ReadSession, begun: Moment) -> dict[str, Any]:
        town = self.service.book(session, begun).town
        staff = [
            {
                "id": person.userid,
                "name": person.name,
                "title": wording.post_name(town, person.posts[0]) if person.posts else "",
            }
            for person in town.staff.values()
        ]
        seen = phones.villagers(session, ACCOUNT)
        villagers = {**DEMO_VILLAGERS, **{each: DEMO_VILLAGERS.get(each, each) for each in seen}}
        return {
            "town": town.name,
            "villagers": [{"id": key, "name": name} for key, name in villagers.items()],
            "staff": staff,
            "now": begun.now.astimezone(SHANGHAI).isoformat(),
            "offset_seconds": int((begun.now - begun.wall).total_seconds()),
        }

    async def say(self, said: Say) -> dict[str, Any]:
        """One message from a phone, through the same door as a real one."""
        try:
            reply = await self.service.receive(self._incoming(said))
        except Unavailable:
            raise HTTPException(503, "没有存下来，请再发一次") from None
        return {"reply": reply.text if reply is not None else None}

    def _incoming(self, said: Say) -> Incoming:
        channel: Literal["wechat", "wecom"] = "wechat" if said.side == "villager" else "wecom"
        number = next(self._numbers)
        event = said.kind if said.kind in EVENTS else ""
        attachment = None
        if said.kind == "image" or said.kind == "voice" or said.kind == "video":
            attachment = Attachment(said.kind, f"demo-{number}", FORMATS[said.kind])
        elif said.kind == "file":
            attachment = file(said.text, said.content)
        return Incoming(
            channel=channel,
            account=ACCOUNT,
            sender=said.person,
            key=f"{channel}:{ACCOUNT}:{said.person}:{number}-{secrets.token_hex(4)}",
            kind="event" if event else said.kind,  # type: ignore[arg-type]  # pydantic has checked it
            sent_at=datetime.now(UTC),
            text=said.text,
            event=event,
            event_key=said.event_key,
            attachment=attachment,
            location=Location(30.65, 104.06, said.text) if said.kind == "location" else None,
        )

    async def transcript(self, side: str, person: str, after: str) -> dict[str, Any]:
        """What stands on a phone, after a cursor."""
        return await self.service.database.aread(
            lambda session, _: phones.transcript(session, side, person, ACCOUNT, after)
        )

    async def clock(self, wish: Advance) -> dict[str, Any]:
        """Move the town's clock forward, playing what happens on the way."""
        try:
            by = None if wish.advance == "next" else Duration.parse(wish.advance).length
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        if by is not None and not timedelta(0) < by <= timedelta(days=400):
            raise HTTPException(422, "请写 1 分钟到 400 天之间的时间，如 26h、3天")
        played: Played = await play(self.timed, by, self.deliver)
        return {
            "now": played.now.astimezone(SHANGHAI).isoformat(),
            "steps": [
                {
                    "at": at.astimezone(SHANGHAI).isoformat(),
                    "what": f"{count}项到时" if count else "夜里留下的消息发出",
                }
                for at, count in played.steps
            ],
        }

    async def events(self) -> AsyncIterator[str]:
        """Server-sent events: whose phone may have something new."""
        cursor = ""
        yield ": welcome\n\n"
        while True:

            def look(
                session: ReadSession, begun: Moment, after: str = cursor
            ) -> tuple[str, list[str] | None, datetime]:
                return (*phones.changed(session, after), begun.now)

            cursor, people, now = await self.service.database.aread(look)
            if people is not None:
                data = {"people": people, "now": now.astimezone(SHANGHAI).isoformat()}
                yield f"event: changed\ndata: {json.dumps(data)}\n\n"
            await asyncio.sleep(POLL_SECONDS)


def mount(app: FastAPI, service: Service, timed: Timed, deliver: Deliver) -> None:
    """Put the simulator's pages into the application."""
    simulator = Simulator(service, timed, deliver)
    folder = files("bot.channels.simulator")

    @app.get("/", include_in_schema=False)
    @app.get("/simulator")
    async def page() -> HTMLResponse:
        return HTMLResponse((folder / "page.html").read_text("utf-8"), headers=SECURITY)

    @app.get("/simulator/static/{name}")
    async def static(name: str) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        return Response((folder / name).read_bytes(), media_type=FILES[name], headers=SECURITY)

    @app.get("/simulator/people")
    async def people() -> dict[str, Any]:
        return await simulator.people()

    @app.post("/simulator/say")
    async def say(said: Say) -> dict[str, Any]:
        return await simulator.say(said)

    @app.get("/simulator/transcript")
    async def transcript(side: str, person: str, after: str = "") -> dict[str, Any]:
        if side not in ("villager", "staff") or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", person):
            raise HTTPException(422, "没有这个人")
        return await simulator.transcript(side, person, after)

    @app.post("/simulator/clock")
    async def clock(wish: Advance) -> dict[str, Any]:
        return await simulator.clock(wish)

    @app.get("/simulator/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(simulator.events(), media_type="text/event-stream")

"""The conversation in a terminal: the same service, without pages or platforms."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.channels.contract import senders
from bot.channels.simulator import ACCOUNT, channels, file
from bot.courier import Courier
from bot.play import play
from bot.run import first_town
from bot.scheduler import Timed
from bot.service import Service
from bot.settings import Settings
from casework.calendar import SHANGHAI
from casework.duration import Duration
from handlers import wording
from handlers.message import Channel as Name
from handlers.message import Incoming
from storage import phones
from storage.database import Database

LEAVE = ("/quit", "/exit", "/q")


def chat(settings: Settings, database: Database, person: str) -> None:
    """Talk until `/quit` or the end of input."""
    first_town(settings, database)
    asyncio.run(_Terminal(settings, database, person).run())
    database.close()


class _Terminal:
    def __init__(self, settings: Settings, database: Database, person: str) -> None:
        self.database = database
        self.person = person
        self.service = Service(database)
        ways = senders(channels())
        self.courier = Courier(database, self.service.shelf, ways, settings.media_dir)
        self.timed = Timed(self.service)
        self.cursors: dict[str, str] = {}

    async def run(self) -> None:
        typer.echo(
            "/as staff:li 换人 · /as zhang 换回村民 · /clock 26h 拨时间 · /file 名单.xlsx 发文件 · /quit 结束"
        )
        while True:
            try:
                typed = (await asyncio.to_thread(input, f"{self.person}> ")).strip()
            except EOFError:
                return
            if typed in LEAVE:
                return
            if typed.startswith("/as "):
                self.person = typed.removeprefix("/as ").strip()
            elif typed.startswith("/clock "):
                await self._clock(typed.removeprefix("/clock ").strip())
            elif typed.startswith("/file "):
                await self._send(Path(typed.removeprefix("/file ").strip()))
            elif typed:
                await self._say(typed)
            while await self.courier.round():
                pass
            await self._show()

    async def _say(self, text: str) -> None:
        await self.service.receive(line(*self._who(), text))

    async def _send(self, path: Path) -> None:
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            typer.echo(str(error))
            return
        said = line(*self._who(), path.name)
        sent = file(path.name, content)
        await self.service.receive(replace(said, kind="file", attachment=sent))

    async def _clock(self, span: str) -> None:
        try:
            by = None if span == "next" else Duration.parse(span).length
        except ValueError as error:
            typer.echo(str(error))
            return
        played = await play(self.timed, by, self.courier.round)
        typer.echo(f"现在是 {wording.when(played.now, played.now)}")

    async def _show(self) -> None:
        """What is new on this person's phone; their own words stand there already."""
        channel, sender = self._who()
        side = "villager" if channel == "wechat" else "staff"
        after = self.cursors.get(self.person, "")
        found = await self.database.aread(
            lambda session, _: phones.transcript(session, side, sender, ACCOUNT, after)
        )
        self.cursors[self.person] = found["cursor"]
        for message in found["messages"]:
            if message["from"] == "them":
                at = datetime.fromisoformat(message["at"]).astimezone(SHANGHAI)
                typer.echo(f"[{at:%m-%d %H:%M}] {message['text']}\n")

    def _who(self) -> tuple[Name, str]:
        side, _, name = self.person.rpartition(":")
        return ("wecom", name) if side == "staff" else ("wechat", name)


def line(channel: Name, sender: str, text: str) -> Incoming:
    """What was typed, as a message of the simulator's account: each line once."""
    return Incoming(
        channel=channel,
        account=ACCOUNT,
        sender=sender,
        key=f"{channel}:{ACCOUNT}:{sender}:chat-{secrets.token_hex(8)}",
        kind="text",
        sent_at=datetime.now(UTC),
        text=text,
    )

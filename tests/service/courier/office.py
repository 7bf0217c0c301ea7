"""The service and its courier in this process. The rounds are made by hand, so that each answer of
the platform meets the letter it is meant for."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from bot.channels.contract import Sender
from bot.channels.gate import Gate
from bot.channels.robot.send import RobotSender
from bot.channels.wechat.ladder import Ladder, Templates
from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.parse import parse
from bot.channels.wecom.send import WecomSender
from bot.courier import Courier
from bot.platform.api import TencentApi
from bot.platform.cards import Card
from bot.platform.tencent import Wecom
from bot.service import Service
from handlers.message import Attachment, Incoming, Kind
from storage import people
from storage.database import Database
from storage.record import Letter, post
from tests.conftest import AES_KEY

ACCOUNT, CORP = "gh_qingshi", "ww1"
PATIENCE = 5.0  # seconds that a call may take …
IMPATIENCE = 1.0  # … and where the platform will not answer
ZHANG, WANG = "oZhang", "oWang"
SUBSCRIPTION, TEMPLATE = "SUB-1", "TPL-1"
NOTICE = {
    "number": "1001",
    "matter": "诉求·路灯，石墙村三组",
    "state": "待评价",
    "by": "李守田",
    "at": "2026-03-02T10:00:00+08:00",
}
LAMP = "石墙村三组村口路灯坏了，晚上走路害怕"


class PostOffice:
    """The service and its courier on a database of their own, towards the fake Tencent."""

    def __init__(self, file: Path, tencent: TencentApi, base: str) -> None:
        self.tencent = tencent
        self.base = base
        self.media = file.parent / "media"
        self.database = Database(f"sqlite:///{file}")
        self.service = Service(self.database)
        self.courier = self.another_courier()
        self.corp = Wecom(base, "token", AES_KEY, CORP)
        self._numbers = itertools.count(1)

    def another_courier(self, patience: float = PATIENCE) -> Courier:
        senders: dict[tuple[str, str], Sender] = {
            ("wechat", ""): Ladder(
                self.database,
                WechatSender(self.base, "wx1", "app-secret", total=patience),
                Templates(SUBSCRIPTION, TEMPLATE, "https://xiaoge.example.cn"),
            ),
            ("wecom", ""): WecomSender(self.base, CORP, "1000002", "secret", total=patience),
            ("robot", ""): RobotSender(
                self.base, self.database, self.service.shelf, total=patience
            ),
        }
        return Courier(self.database, self.service.shelf, senders, self.media)

    async def posts(
        self,
        recipient: str,
        text: str,
        *,
        channel: Literal["wechat", "wecom"] = "wechat",
        importance: str = "ordinary",
        matters: bool = True,
        allowed: int = 100,
    ) -> None:
        """A letter is put into the outbox. To a villager so much may be sent as `allowed` says."""
        letter = (recipient, text, importance)
        await self.posts_all([letter], channel, matters=matters, allowed=allowed)

    async def posts_all(
        self,
        letters: Iterable[tuple[str, str, str]],
        channel: Literal["wechat", "wecom", "robot"],
        *,
        matters: bool = True,
        allowed: int = 100,
    ) -> None:
        """Letters are put into the outbox: to whom, what, how urgent."""
        account = ACCOUNT if channel == "wechat" else ""

        def work(session: Any, begun: Any) -> None:
            found = []
            for to, text, how in letters:
                number = next(self._numbers)
                if channel == "wechat" and allowed:
                    until = begun.wall + timedelta(days=2, seconds=number)
                    people.meet(
                        session, channel, account, to, begun.now, begun.wall, until, allowed
                    )
                more = {"matters": matters, "notice": {**NOTICE, "text": text}}
                found.append(
                    Letter(channel, account, to, f"l{number}", text, how, begun.now, more=more)
                )
            post(session, found, begun.now, begun.wall)

        await self.database.awrite("test", work)

    async def says(self, sender: str, text: str, kind: Kind = "text", medium: str = "") -> str:
        """Somebody says something; the reply."""
        channel: Literal["wechat", "wecom"] = "wechat" if sender.startswith("o") else "wecom"
        attachment = Attachment(kind, medium) if medium else None  # type: ignore[arg-type]
        reply = await self.service.receive(
            Incoming(
                channel=channel,
                account=ACCOUNT if channel == "wechat" else CORP,
                sender=sender,
                key=f"{sender}:{next(self._numbers)}",
                kind=kind,
                sent_at=datetime.now(UTC),
                text=text,
                attachment=attachment,
            )
        )
        return reply.text if reply else ""

    async def presses(self, card: Card, key: str) -> str:
        """A member presses a button; what they read then comes by the outbox."""
        pressed = self.corp.xml(
            card.userid, "event", Event="template_card_event", EventKey=key, TaskId=card.task_id,
            CardType="button_interaction", ResponseCode=self.tencent.cards.code_for(card),
        )  # fmt: skip
        before = len(self.arrived(card.userid))
        assert await self.service.receive(replace(parse(pressed.encode()), key=self._key())) is None
        await self.sends()
        return "\n".join(self.arrived(card.userid)[before:])

    def card(self, userid: str) -> Card:
        """The newest card on a member's phone."""
        return self.tencent.cards.of(userid)[-1]

    def _key(self) -> str:
        return f"press:{next(self._numbers)}"

    async def taps(self, sender: str, key: str) -> str:
        """Somebody taps on the menu; the reply."""
        return await self.happens(sender, "click", key)

    async def happens(self, sender: str, event: str, key: str) -> str:
        """The platform reports an event; the reply."""
        reply = await self.service.receive(
            Incoming(
                channel="wechat",
                account=ACCOUNT,
                sender=sender,
                key=f"{sender}:{next(self._numbers)}",
                kind="event",
                sent_at=datetime.now(UTC),
                event=event,
                event_key=key,
            )
        )
        return reply.text if reply else ""

    async def sends(self) -> None:
        """Rounds, until nothing more can go out now."""
        while await self.courier.round():
            pass

    async def soon(self) -> None:
        """Until something that is on its way has come to its end, or a moment has passed."""
        lines = self.courier._lines.values()
        if lines:
            await asyncio.wait(lines, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(0.01)

    async def until(self, question: Callable[[], bool]) -> None:
        """Until it is so, and not for ever."""
        deadline = time.monotonic() + 20
        while not question():
            assert time.monotonic() < deadline, "it never came to be so"
            await self.soon()

    async def sets_out(self) -> None:
        """What is not on its way yet sets out; nobody waits for it."""
        await self.courier._begin()

    async def gives_up(self) -> None:
        """What is on its way is broken off."""
        lines = list(self.courier._lines.values())
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def later(self) -> None:
        """What waits for its retry, for the end of a lease, or for a setting that is mended by now,
        has waited long enough."""
        for sender in self.courier.senders.values():
            if isinstance(sender, Ladder | WecomSender):
                sender.gate = Gate()
        await self.change("UPDATE outbox SET retry_at = 0, claimed_until = NULL")

    async def change(self, statement: str) -> None:
        await self.database.awrite("test", lambda session, _: session.execute(sa.text(statement)))

    def rows(self, statement: str) -> list[dict[str, Any]]:
        with self.database.reading() as (session, _):
            found = session.connection.execute(sa.text(statement)).mappings().all()
        return [dict(row) for row in found]

    def letters(self, recipient: str) -> list[dict[str, Any]]:
        return self.rows(f"SELECT * FROM outbox WHERE recipient = '{recipient}' ORDER BY id")

    def arrived(self, recipient: str) -> list[str]:
        return [sent.text for sent in self.tencent.received if sent.recipient == recipient]

    def waits(self, recipient: str) -> float:
        """Seconds until the first letter to somebody is tried again."""
        (row, *_) = self.letters(recipient)
        until: float = row["retry_at"] / 1000 - datetime.now(UTC).timestamp()
        return until

"""The service and its courier in this process. The rounds are made by hand, so that each answer of
the platform meets the letter it is meant for."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from bot.channels.contract import Sender
from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.send import WecomSender
from bot.courier import Courier
from bot.platform.api import TencentApi
from bot.service import Service
from handlers.message import Attachment, Incoming, Kind
from storage.database import Database
from storage.record import Letter, post

ACCOUNT = "gh_qingshi"
PATIENCE = 5.0  # seconds that a call may take …
IMPATIENCE = 0.5  # … and where the platform will not answer
ZHANG, WANG = "oZhang", "oWang"
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
        self._numbers = itertools.count(1)

    def another_courier(self, patience: float = PATIENCE) -> Courier:
        senders: dict[tuple[str, str], Sender] = {
            ("wechat", ""): WechatSender(self.base, "wx1", "app-secret", total=patience),
            ("wecom", ""): WecomSender(self.base, "ww1", "1000002", "secret", total=patience),
        }
        return Courier(self.database, self.service.shelf, senders, self.media)

    async def posts(
        self,
        recipient: str,
        text: str,
        *,
        channel: Literal["wechat", "wecom"] = "wechat",
        importance: str = "ordinary",
    ) -> None:
        """A letter is put into the outbox."""
        number = next(self._numbers)
        account = ACCOUNT if channel == "wechat" else ""

        def work(session: Any, begun: Any) -> None:
            letter = Letter(channel, account, recipient, f"l{number}", text, importance, begun.now)
            post(session, [letter], begun.now, begun.wall)

        await self.database.awrite("test", work)

    async def says(self, sender: str, text: str, kind: Kind = "text", medium: str = "") -> str:
        """Somebody says something; the reply."""
        channel: Literal["wechat", "wecom"] = "wechat" if sender.startswith("o") else "wecom"
        attachment = Attachment(kind, medium) if medium else None  # type: ignore[arg-type]
        reply = await self.service.receive(
            Incoming(
                channel=channel,
                account=ACCOUNT,
                sender=sender,
                key=f"{sender}:{next(self._numbers)}",
                kind=kind,
                sent_at=datetime.now(UTC),
                text=text,
                attachment=attachment,
            )
        )
        return reply.text if reply else ""

    async def sends(self) -> None:
        """Rounds, until nothing more can go out now."""
        while await self.courier.round():
            pass

    async def later(self) -> None:
        """What waits for its retry, or for the end of a lease, has waited long enough."""
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

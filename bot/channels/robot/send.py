"""Words of a robot in its group: markdown, or plain text where the group reads in WeChat.

A letter names the robot; its key, which is all that is needed to speak in the group, is looked up
in the town only when it speaks.
"""

from __future__ import annotations

from datetime import timedelta

from bot.channels.api import NO_TOKEN, TOTAL_TIMEOUT, Answer, Api, Media
from bot.channels.contract import Capabilities
from bot.channels.outcome import Outcome
from bot.channels.sending import Arrived, FetchFailed, send_each, untold
from bot.channels.text import clean, split_text, unmarked, with_buttons
from casework.town import Robot
from handlers.message import Outgoing
from storage.book import Shelf
from storage.database import Database
from storage.limits import Limit

SEND = "/cgi-bin/webhook/send"
TEXT, MARKDOWN = 2048, 4096  # bytes of UTF-8
LIMITS = (Limit("recipient", 20, 60),)
_NOT_TAKEN = Outcome("refused", reason="a robot takes no media")


class RobotSender:
    """群机器人 of a corp at `base`."""

    # a list waits half a day for its group: tomorrow there is another
    capabilities = Capabilities(limits=LIMITS, answers=False, patience=timedelta(hours=12))

    def __init__(
        self,
        base: str,
        database: Database,
        shelf: Shelf,
        *,
        total: float = TOTAL_TIMEOUT,
        proxy: str = "",
    ) -> None:
        self.api = Api(base, NO_TOKEN, total=total, proxy=proxy)
        self.database = database
        self.shelf = shelf

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        """`delivered`: how many parts of a long list arrived when it was tried before."""
        robot, shows = await self._robot(message.recipient)
        if robot is None:
            return Outcome("refused", reason="no such robot in the town file")
        kind, parts = written(with_buttons(message.text, message.buttons), shows)

        async def say(part: str) -> Answer:
            payload = {"msgtype": kind, kind: {"content": part}}
            return await self.api.without_token(SEND, {"key": robot.key}, payload)

        return await send_each(message, parts, say, delivered, arrived)

    async def _robot(self, identity: str) -> tuple[Robot | None, bool]:
        """The robot, and whether its group sees markdown."""
        book = await self.database.aread(
            lambda session, begun: self.shelf.book(session, begun.revision)
        )
        robot = book.town.robots.get(identity)
        return robot, robot is not None and (robot.reads or book.town.reads) == "wecom"

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        return _NOT_TAKEN

    async def fetch(self, media_id: str) -> Media:
        raise FetchFailed(_NOT_TAKEN)

    async def aclose(self) -> None:
        await self.api.aclose()


def written(text: str, shows: bool) -> tuple[str, list[str]]:
    """The kind of message, and its parts: in markdown the title stands out, and the cases."""
    plain = clean(unmarked(text))
    if not shows:
        return "text", split_text(plain, TEXT)
    return "markdown", split_text(_marked(plain), MARKDOWN)


def _marked(text: str) -> str:
    title, *lines = text.splitlines()
    return "\n".join(
        [f"**{title}**", *(f"> {line}" if line[:1].isdigit() else line for line in lines)]
    )

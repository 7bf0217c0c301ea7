"""The simulator: villagers, grid members and admins on one page, without any platform."""

from __future__ import annotations

import base64

from bot.channels.api import Media
from bot.channels.contract import Capabilities, Channel
from bot.channels.outcome import SENT, Outcome
from bot.channels.sending import Arrived, untold
from handlers.message import Attachment, Outgoing

ACCOUNT = "simulator"
_CARRIES = "data:;base64,"


def file(name: str, content: bytes) -> Attachment:
    """A file that somebody sends: there is no platform that keeps it, so it is its own id."""
    carried = _CARRIES + base64.b64encode(content).decode("ascii")
    return Attachment("file", carried, name.rpartition(".")[2].lower(), name)


class SimulatorSender:
    """Delivers at once: the phones of the page read the outbox themselves."""

    def __init__(self, villagers: bool = False) -> None:
        self.capabilities = Capabilities(
            buttons=True, media=True, drops_repetition=True, traced=villagers
        )

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        return SENT

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        return SENT

    async def fetch(self, media_id: str) -> Media:
        """A demo photo, voice or video has no content; a file has its own."""
        carried = media_id.removeprefix(_CARRIES) if media_id.startswith(_CARRIES) else ""
        return Media(base64.b64decode(carried), "application/octet-stream", "")

    async def aclose(self) -> None:
        """Nothing is open."""


def channels() -> tuple[Channel, ...]:
    """Both sides of the simulator, and its groups; a real platform that is on takes its own side's place."""
    villagers, others = SimulatorSender(villagers=True), SimulatorSender()
    return (
        Channel("wechat", villagers, account=ACCOUNT),
        Channel("wechat", villagers),
        Channel("wecom", others),
        Channel("robot", others),
    )

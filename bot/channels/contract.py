"""What a channel is: a folder that takes messages in, sends letters out, and says what it can do.

The service knows channels by this alone; `tests/bot/channels/test_contract.py` holds each to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from starlette.routing import Route

from bot.channels.api import Media
from bot.channels.outcome import Outcome
from bot.channels.receiver import Receiver
from bot.channels.sending import Arrived, untold
from handlers.message import Channel as Name
from handlers.message import Outgoing
from storage.limits import Limit


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the courier and the tests need to know of a way out."""

    buttons: bool = False  # shown as such; elsewhere the text names what they say
    media: bool = False  # what people send can be fetched
    drops_repetition: bool = False  # what may have arrived can be sent again without harm
    gathers: bool = False  # several ordinary letters that wait become one message
    limits: tuple[Limit, ...] = ()
    answers: bool = True  # who is written to can write: with that comes what did not arrive
    returns: bool = False  # who was refused may come back: what need not be phoned waits for that
    traced: bool = False  # each way that was tried for a letter is written down
    patience: timedelta = timedelta(days=3)  # that a letter waits for a setting to be mended


class Sender(Protocol):
    """A channel's way out."""

    capabilities: Capabilities

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        """Say it, in as many parts as it needs; `delivered` of them arrived when it was tried before.
        Of each more of several `arrived` is told before the next one sets out."""
        ...

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        """Hand over a picture, a voice, a video or a file."""
        ...

    async def fetch(self, media_id: str) -> Media:
        """What somebody sent. Raises `FetchFailed`."""
        ...

    async def aclose(self) -> None: ...


@runtime_checkable
class Changing(Protocol):
    """A channel on which a message with buttons can be changed after it was sent."""

    async def change(self, message: Outgoing, receipt: str) -> Outcome:
        """Other buttons, or a word (`message.label`) in their place."""
        ...


def no_way_in(_: Receiver) -> Sequence[Route]:
    return ()


@dataclass(frozen=True, slots=True)
class Channel:
    """`sender` serves `account` of the channel, or all accounts ("")."""

    name: Name
    sender: Sender
    routes: Callable[[Receiver], Sequence[Route]] = no_way_in
    account: str = ""


def senders(channels: Sequence[Channel]) -> dict[tuple[str, str], Sender]:
    """The ways out by channel and account. Of two for the same the later counts."""
    return {(each.name, each.account): each.sender for each in channels}

"""What a channel hands its messages to. The service implements it; the channels only know this."""

from __future__ import annotations

from typing import Protocol

from handlers.message import Incoming, Reply


class Unavailable(Exception):
    """The message could not be stored; the platform shall deliver it again (HTTP 503)."""


class Receiver(Protocol):
    async def receive(self, incoming: Incoming) -> Reply | None:
        """Take one message. Returning means that it is stored.

        None: nothing to say now (the outbox may say it later).
        Raises `Unavailable` if the message was not stored.
        """
        ...

"""The HTTP side of an encrypted channel: the check of the address, and the deliveries.

A plain Starlette route to an ASGI callable, without a request object between: a delivery is
answered within 5 seconds or sent again, three times in all.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.envelope import BODY_LIMIT, Envelope, Refused
from bot.channels.receiver import Receiver, Unavailable
from bot.channels.xml import passive_reply
from handlers.message import Incoming

logger = logging.getLogger(__name__)

Query = Mapping[str, str]
NOT_GUESSED = {"X-Content-Type-Options": "nosniff"}  # the echo of a check is anybody's text


@dataclass(frozen=True, slots=True)
class Callback:
    """One channel's address. `echo` answers the platform's check of it, `open` a delivery."""

    path: str
    envelope: Envelope
    echo: Callable[[Query], str]
    open: Callable[[Query, bytes], Incoming]
    receiver: Receiver

    def routes(self) -> list[Route]:
        return [Route(self.path, self, methods=["GET", "POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = query_of(scope["query_string"])
        try:
            if scope["method"] == "POST":
                response = await self._deliver(query, await _read(scope, receive))
            else:
                response = _plain(self.echo(query))
                logger.info("%s: address verified", self.path)
        except Refused as refused:
            client = (scope.get("client") or "?")[0]
            logger.warning("%s: refused %s from %s", self.path, refused, client)
            response = _plain(refused.reason, refused.status)
        await response(scope, receive, send)

    async def _deliver(self, query: Query, body: bytes) -> Response:
        try:
            incoming = self.open(query, body)
            reply = await self.receiver.receive(incoming)
        except Refused:
            raise
        except Unavailable:
            logger.warning("%s: not stored, to be delivered again", self.path)
            return _plain("", 503)
        except Exception as error:  # whatever it is, the message is not known to be stored
            # No traceback and no message: both may quote what a villager wrote.
            logger.error("%s: %s at %s", self.path, type(error).__name__, _place(error))
            return _plain("", 503)
        if reply is None:
            return _plain("success")
        sealed = self.envelope.seal(passive_reply(incoming, reply))
        return Response(sealed, media_type="application/xml", headers=NOT_GUESSED)


def query_of(given: bytes) -> Query:
    """The parameters that have a value. Nearly all deliveries have nothing to decode."""
    text = given.decode("latin-1")
    if "%" in text or "+" in text:
        return dict(parse_qsl(text))
    pairs = (pair.partition("=") for pair in text.split("&"))
    return {name: value for name, _, value in pairs if value}


async def _read(scope: Scope, receive: Receive) -> bytes:
    """The body, no more of it than is allowed."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > BODY_LIMIT:
            raise Refused(413, "body too large")
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "connection lost")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise Refused(413, "body too large")
    return body


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="text/plain", headers=NOT_GUESSED)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"

"""The ticket with which a page of 公众号 is signed, so that WeChat's script works on it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.channels.api import Api
from bot.channels.sending import ask

LASTS: Final = 7_200  # seconds, if the platform does not say
MARGIN: Final = 300  # seconds before its end from which on it is not used
PAUSE: Final = 60  # seconds until the platform is asked again when it has given none


class Ticket:
    """Anybody may look at a page: however many do, the platform is asked once."""

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._lock = asyncio.Lock()
        self._ticket = ""
        self._until = 0.0

    async def get(self) -> str:
        """The ticket; "": there is none at present."""
        async with self._lock:
            if self._clock() >= self._until:
                await self._renew()
            return self._ticket

    async def _renew(self) -> None:
        call = self._api.get("/cgi-bin/ticket/getticket", {"type": "jsapi"})
        _, answer = await ask("wechat", call)
        data = answer.data if answer is not None else {}
        given, lasts = data.get("ticket"), data.get("expires_in")
        self._ticket = given if isinstance(given, str) else ""
        good_for = (lasts if isinstance(lasts, int) else LASTS) - MARGIN
        self._until = self._clock() + (max(good_for, PAUSE) if self._ticket else PAUSE)


def config(app_id: str, ticket: str, url: str) -> Mapping[str, Any]:
    """What WeChat's script wants to know: the page's address, signed."""
    nonce, stamp = secrets.token_urlsafe(12), int(time.time())
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={stamp}&url={url}"
    return {
        "appId": app_id,
        "timestamp": stamp,
        "nonceStr": nonce,
        "signature": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        "jsApiList": [],
        "openTagList": ["wx-open-subscribe"],
    }

"""Calls to a platform: one async client, one access token, one repetition at most.

The token may be shared: then replicas take it from one place (`Tokens`), and one at a time asks
the platform for a new one.

Neither secret nor token gets into an exception or a log: both travel in addresses, so httpx's own
exceptions and log lines, which quote addresses, end here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from bot.channels.outcome import TOKEN_REFUSED
from bot.loopback import is_loopback

logger = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

CONNECT_TIMEOUT = 3.0  # seconds
TOTAL_TIMEOUT = 10.0
DOWNLOAD_TIMEOUT = 60.0
TOKEN_MARGIN = 300.0  # a token is fetched anew so many seconds before its end
_MEDIA_HOSTS = ".qq.com"  # where 公众号 keeps videos


class NotSent(Exception):
    """The platform certainly did not do what was asked."""


class Unanswered(Exception):
    """The request was written and no answer came: it may have been done."""


class BadStatus(Exception):
    """An HTTP error instead of the platform's answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class TokenRefused(Exception):
    """The platform gives no access token, with its errcode."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


class TooLarge(Exception):
    """A medium over the limit."""


@dataclass(frozen=True, slots=True)
class Media:
    content: bytes = field(repr=False)
    content_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The platform's JSON, or the medium that came instead of it."""

    code: int
    message: str
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """How an access token is asked for on a platform."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)


NO_TOKEN = TokenRequest("GET", "")  # of an address whose calls carry their own proof

Ask = Callable[[bool], Awaitable[tuple[str, float]]]  # by force? → token, seconds that it is good


class Tokens(Protocol):
    """Where replicas share an access token."""

    async def get(self, name: str, refused: str, ask: Ask) -> tuple[str, float]:
        """A token other than the one just refused, and the seconds that it is good for; `ask` is
        called if nobody else is asking. Raises what `ask` raises, and `NotSent`."""
        ...


class Unshared:
    """A token for this process only."""

    async def get(self, name: str, refused: str, ask: Ask) -> tuple[str, float]:
        return await ask(bool(refused))


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed, read once: each client would do so for itself, in 25 ms, and
    keep 12,000 small objects of it."""
    return httpx.create_ssl_context()


class Api:
    """A platform at `base` (`scheme://host[:port]`), through `proxy` if one is given. `name` is the
    account's, under which its token is shared."""

    def __init__(
        self,
        base: str,
        token_request: TokenRequest,
        *,
        total: float = TOTAL_TIMEOUT,
        name: str = "",
        tokens: Tokens | None = None,
        proxy: str = "",
    ) -> None:
        self._token_request = token_request
        self._name = name
        self._tokens = tokens or Unshared()
        self._total = total
        self._host = urlsplit(base).hostname or ""
        self._http = httpx.AsyncClient(
            base_url=base.rstrip("/"),
            verify=trusted(),
            timeout=httpx.Timeout(total, connect=min(CONNECT_TIMEOUT, total)),
            proxy=proxy or None,
            trust_env=not is_loopback(self._host),  # a proxy has no business on loopback
        )
        self._lock = asyncio.Lock()
        self._token = ""
        self._token_until = 0.0

    async def aclose(self) -> None:
        await self._http.aclose()

    async def post(self, path: str, payload: Mapping[str, Any]) -> Answer:
        """Raises `NotSent`, `Unanswered`, `BadStatus`, `TokenRefused`."""

        async def call(token: str) -> Answer:
            return await self._json("POST", path, {"access_token": token}, payload)

        return await self._with_token(call)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Raises as `post`."""

        async def call(token: str) -> Answer:
            return await self._json("GET", path, {**(params or {}), "access_token": token}, None)

        return await self._with_token(call)

    async def without_token(
        self, path: str, params: Mapping[str, str], payload: Mapping[str, Any] | None = None
    ) -> Answer:
        """A call that carries its own proof, as the exchange of an OAuth code: a GET, or a POST of
        `payload`. Raises as `post`."""
        return await self._json("GET" if payload is None else "POST", path, params, payload)

    async def upload(self, path: str, kind: str, medium: Media) -> Answer:
        """Put a medium there for three days; `data["media_id"]` is its name. Raises as `post`."""

        async def call(token: str) -> Answer:
            async with _own_errors(DOWNLOAD_TIMEOUT):
                response = await self._http.post(
                    path,
                    params={"access_token": token, "type": kind},
                    files={"media": (medium.name, medium.content, medium.content_type)},
                    timeout=DOWNLOAD_TIMEOUT,
                )
            if response.status_code != 200:
                raise BadStatus(response.status_code)
            return _answer(response.content)

        return await self._with_token(call)

    async def download(self, path: str, params: Mapping[str, str], limit: int) -> Answer:
        """A medium of at most `limit` bytes. Raises as `post`, and `TooLarge`."""

        async def call(token: str) -> Answer:
            answer = await self._fetch(path, {**params, "access_token": token}, limit)
            address = answer.data.get("video_url")
            if isinstance(address, str) and self._may_fetch(address):
                return await self._fetch(address, {}, limit)
            return answer

        return await self._with_token(call)

    async def _with_token(self, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._access_token()
        answer = await call(token)
        if answer.code in TOKEN_REFUSED:
            answer = await call(await self._access_token(refused=token))
        return answer

    async def _access_token(self, refused: str = "") -> str:
        """The cached token, unless it is the one just refused; one fetch however many wait."""
        async with self._lock:
            usable = self._token and time.monotonic() < self._token_until
            if usable and self._token != refused:
                return self._token
            token, good_for = await self._tokens.get(self._name, refused, self._new_token)
            self._token = token
            self._token_until = time.monotonic() + good_for
            return token

    async def _new_token(self, force: bool) -> tuple[str, float]:
        """Ask the platform. By force: the one it would give again was refused."""
        ask = self._token_request
        body = ask.body
        if body is not None and "force_refresh" in body:
            body = {**body, "force_refresh": force}
        try:
            answer = await self._json(ask.method, ask.path, ask.params, body)
        except (Unanswered, BadStatus) as failure:
            raise NotSent(f"no access token: {failure}") from None
        token = answer.data.get("access_token")
        if answer.code or not isinstance(token, str) or not token:
            raise TokenRefused(answer.code, answer.message)
        lifetime = _seconds(answer.data.get("expires_in"))
        return token, max(lifetime - TOKEN_MARGIN, lifetime / 2)

    async def _json(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        payload: Mapping[str, Any] | None,
    ) -> Answer:
        # Not escaped to ASCII: some interfaces would show the \u… to people.
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        async with _own_errors(self._total):
            response = await self._http.request(
                method, path, params=dict(params), content=body, headers=headers
            )
        if response.status_code != 200:
            raise BadStatus(response.status_code)
        return _answer(response.content)

    async def _fetch(self, path: str, params: Mapping[str, str], limit: int) -> Answer:
        content = bytearray()
        async with (
            _own_errors(DOWNLOAD_TIMEOUT),
            self._http.stream("GET", path, params=dict(params)) as response,
        ):
            if response.status_code != 200:
                raise BadStatus(response.status_code)
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise TooLarge(f"more than {limit} bytes")
        name = _file_name(response.headers.get("content-disposition", ""))
        content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type in ("application/json", "text/plain") and not name:
            return _answer(bytes(content))
        return Answer(0, "", media=Media(bytes(content), content_type, name))

    def _may_fetch(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
        except ValueError:  # no address at all, whoever put it there
            return False
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (
            host == self._host or host.endswith(_MEDIA_HOSTS)
        )


@asynccontextmanager
async def _own_errors(total: float) -> AsyncIterator[None]:
    """httpx's failures as ours, told apart by whether the request may have arrived."""
    try:
        async with asyncio.timeout(total):
            yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotSent(type(error).__name__) from None
    except httpx.InvalidURL as error:
        raise NotSent(type(error).__name__) from None
    except (httpx.HTTPError, TimeoutError) as error:
        raise Unanswered(type(error).__name__) from None


def _answer(content: bytes) -> Answer:
    try:
        data = json.loads(content)
        code = int(data.get("errcode", 0))
    except (ValueError, TypeError, AttributeError):
        raise Unanswered("answer is not JSON") from None
    return Answer(code, str(data.get("errmsg", ""))[:200], data)


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _file_name(disposition: str) -> str:
    header = Message()
    header["Content-Disposition"] = disposition
    return header.get_filename("")

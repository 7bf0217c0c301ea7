"""The fake Tencent, as the one that the service calls: tokens, messages, cards, media.

It behaves well until it is told otherwise: `answers(path, 42001, 0)` scripts the next answers,
`always(path, 40001)` all of them. An answer is an errcode, or `Http`, `HANG`, `Slow`, or JSON as it is.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.platform.account import (
    AUTHORIZE,
    GETS,
    MEDIA_UPLOAD,
    NOTICES,
    OAUTH,
    POSTS,
    Account,
    Notice,
)
from bot.platform.cards import Cards

STABLE_TOKEN = "/cgi-bin/stable_token"
GET_TOKEN = "/cgi-bin/gettoken"
CUSTOM_SEND = "/cgi-bin/message/custom/send"
MESSAGE_SEND = "/cgi-bin/message/send"
WEBHOOK = "/cgi-bin/webhook/send"
UPDATE_CARD = "/cgi-bin/message/update_template_card"
MEDIA_GET = "/cgi-bin/media/get"
TOKEN_PATHS = (STABLE_TOKEN, GET_TOKEN)


@dataclass(frozen=True)
class Http:
    """An HTTP error in place of an answer."""

    status: int


@dataclass(frozen=True)
class Hang:
    """No answer until the caller gives up."""


@dataclass(frozen=True)
class Slow:
    """A right answer, so late."""

    seconds: float


HANG = Hang()
Step = int | Http | Hang | Slow | Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One request that arrived, whatever was answered."""

    path: str
    query: Mapping[str, str]
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """One message that was accepted."""

    path: str
    recipient: str
    text: str
    payload: Mapping[str, Any]


@dataclass
class TencentApi:
    """Serve `app`; then look at `received`, `calls` and `counts`."""

    received: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    media: dict[str, tuple[bytes, str, str]] = field(default_factory=dict)  # content, type, name
    by_address: set[str] = field(default_factory=set)  # media of which only an address is given
    cards: Cards = field(default_factory=Cards)
    account: Account = field(default_factory=Account)
    ended: Callable[[Notice], Awaitable[None]] | None = None  # tells how a notice ended
    expires_in: int = 7200
    robots: dict[str, str] = field(default_factory=dict)  # key → its group
    _script: dict[str, deque[Step]] = field(default_factory=dict)
    _constant: dict[str, Step] = field(default_factory=dict)
    _generation: int = 1

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(STABLE_TOKEN, self._serve, methods=["POST"]),
                Route(GET_TOKEN, self._serve, methods=["GET"]),
                Route(CUSTOM_SEND, self._serve, methods=["POST"]),
                Route(MESSAGE_SEND, self._serve, methods=["POST"]),
                Route(WEBHOOK, self._serve, methods=["POST"]),
                Route(UPDATE_CARD, self._serve, methods=["POST"]),
                Route(MEDIA_GET, self._serve, methods=["GET"]),
                *(Route(path, self._serve, methods=["POST"]) for path in POSTS),
                *(Route(path, self._serve, methods=["GET"]) for path in (*GETS, OAUTH)),
                Route(AUTHORIZE, self._authorize, methods=["GET"]),
                Route("/video/{media_id}", self._video, methods=["GET"]),
            ]
        )

    @property
    def counts(self) -> Counter[str]:
        return Counter(call.path for call in self.calls)

    @property
    def token_calls(self) -> int:
        return sum(self.counts[path] for path in TOKEN_PATHS)

    @property
    def token(self) -> str:
        return f"TOKEN-{self._generation}"

    def revoke(self) -> None:
        """The token in use is no longer accepted; the next one asked for is new."""
        self._generation += 1

    def answers(self, path: str, *steps: Step) -> None:
        self._script[path] = deque(steps)

    def always(self, path: str, step: Step) -> None:
        self._constant[path] = step

    @property
    def scripts(self) -> dict[str, tuple[list[Step], Step]]:
        """What is still to come of each script, and what comes after it; of those that are well
        nothing."""
        paths = {*self._script, *self._constant}
        found = {
            path: (list(self._script.get(path, ())), self._constant.get(path, 0)) for path in paths
        }
        return {path: script for path, script in sorted(found.items()) if script != ([], 0)}

    async def _serve(self, request: Request) -> Response:
        path = request.url.path
        payload = await _payload(request)
        self.calls.append(Call(path, dict(request.query_params), payload))
        step = self._next(path)
        if isinstance(step, Http):
            return Response(f"<html>{step.status}</html>", step.status, media_type="text/html")
        if isinstance(step, Hang):
            return await _until_given_up(request)
        if isinstance(step, Slow):
            await asyncio.sleep(step.seconds)
            return self._well(request, path, payload)
        if isinstance(step, Mapping):
            self._accept(path, payload)
            return JSONResponse(dict(step))
        return _no(step) if step else self._well(request, path, payload)

    def _next(self, path: str) -> Step:
        script = self._script.get(path)
        return script.popleft() if script else self._constant.get(path, 0)

    def _well(self, request: Request, path: str, payload: Mapping[str, Any]) -> Response:
        if path in TOKEN_PATHS:
            return JSONResponse({"access_token": self.token, "expires_in": self.expires_in})
        if path == OAUTH:
            return JSONResponse(self.account.exchange(request.query_params))
        if path == WEBHOOK:
            return self._robot(request.query_params.get("key", ""), path, payload)
        if request.query_params.get("access_token") != self.token:
            return _no(40001)
        if path in (*POSTS, *GETS):
            self._accept(path, payload)
            answer = self.account.answer(path, request.query_params, payload)
            return JSONResponse(answer, background=self._afterwards(path))
        if path == MEDIA_GET:
            return self._medium_or_address(request)
        if path == UPDATE_CARD:
            return _no(0 if self.cards.change(payload) else 72000)
        self._accept(path, payload)
        card = payload.get("template_card")
        more = {"response_code": self.cards.show(payload["touser"], card)} if card else {}
        return JSONResponse({"errcode": 0, "errmsg": "ok", **more})

    def _afterwards(self, path: str) -> BackgroundTask | None:
        if path not in NOTICES or self.ended is None:
            return None
        return BackgroundTask(self.ended, self.account.notices[-1])

    def _robot(self, key: str, path: str, payload: Mapping[str, Any]) -> Response:
        """A robot speaks in its group, within the lengths that the platform allows."""
        if key not in self.robots:
            return _no(93000)
        kind = payload["msgtype"]
        words = payload[kind]["content"]
        if len(words.encode()) > {"text": 2048, "markdown": 4096}[kind]:
            return _no(40058)
        self.received.append(Sent(path, self.robots[key], words, payload))
        return _no(0)

    def _accept(self, path: str, payload: Mapping[str, Any]) -> None:
        if path in (CUSTOM_SEND, MESSAGE_SEND, *NOTICES):
            self.received.append(Sent(path, payload["touser"], _words(payload), payload))

    def _medium_or_address(self, request: Request) -> Response:
        media_id = request.query_params.get("media_id", "")
        if media_id in self.by_address:
            return JSONResponse({"video_url": f"{request.base_url}video/{media_id}"})
        return self._medium(media_id)

    def _medium(self, media_id: str) -> Response:
        if media_id not in self.media:
            return _no(40007)
        content, content_type, name = self.media[media_id]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
        return Response(content, media_type=content_type, headers=headers)

    async def _authorize(self, request: Request) -> Response:
        """The page on a phone that says who its owner is, and goes back to where it came from."""
        query = request.query_params
        code = self.account.code_for(self.account.login)
        back = f"{query['redirect_uri']}?code={code}&state={query.get('state', '')}"
        return RedirectResponse(back, 302)

    async def _video(self, request: Request) -> Response:
        return self._medium(request.path_params["media_id"])


async def _payload(request: Request) -> Mapping[str, Any]:
    """JSON; of an upload the content of the file."""
    if request.method != "POST":
        return {}
    if request.url.path != MEDIA_UPLOAD:
        payload: Mapping[str, Any] = await request.json()
        return payload
    body = await request.body()
    _, _, rest = body.partition(b"\r\n\r\n")
    return {"content": rest.rpartition(b"\r\n--")[0]}


def _words(payload: Mapping[str, Any]) -> str:
    """What a person reads of a message; of one with choices those too."""
    choices = payload.get("msgmenu")
    if choices:
        return "\n".join([choices["head_content"], *(each["content"] for each in choices["list"])])
    card = payload.get("template_card")
    if card:
        lines = (card.get("main_title", {}).get("title", ""), card.get("sub_title_text", ""))
        return "\n".join(filter(None, lines))
    kind = payload.get("msgtype", "")
    if kind in ("image", "voice", "video", "file"):
        return f"[{kind}]"
    fields = payload.get("data")
    if fields:
        return "\n".join(each["value"] for each in fields.values())
    return str(payload.get("text", {}).get("content", ""))


async def _until_given_up(request: Request) -> Response:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=504)


def _no(code: int) -> Response:
    return JSONResponse({"errcode": code, "errmsg": f"error {code} rid: 6a2b"})

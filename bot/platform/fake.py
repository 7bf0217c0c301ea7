"""The fake Tencent as a server to rehearse with: `xiaoge platform fake`.

It answers what the service calls, says in anybody's name what is sent to it, and shows what it got: as
a page at `/`, as JSON at `/fake/state.json`. On the loopback only: it signs whatever it is told to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import httpx
import jinja2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.platform.account import Notice
from bot.platform.api import TencentApi
from bot.platform.phone import KINDS, RESULTS, Content, Phone, Side, choices, done, ended, tapped
from bot.platform.scripting import INTERFACES, path_of, steps_of, written
from bot.platform.tencent import Delivery, Platform, Wechat, Wecom

ECHO = "5837123"
SHOWN = 50  # of each kind, the newest
TEMPLATES = [
    {
        "template_id": "TPL-1",
        "title": "办理进度通知",
        "content": "受理编号：{{character_string1.DATA}}\n事项：{{thing2.DATA}}\n"
        "状态：{{phrase3.DATA}}\n时间：{{time4.DATA}}\n说明：{{thing5.DATA}}",
    }
]
SUBSCRIPTIONS = [
    {
        "priTmplId": "SUB-1",
        "title": "诉求办理提醒",
        "content": "编号:{{character_string1.DATA}}\n进度:{{phrase2.DATA}}\n备注:{{thing3.DATA}}",
    }
]


@dataclass(frozen=True)
class Said:
    """What was said in somebody's name, and what came back."""

    number: int
    person: str
    kind: str
    text: str
    status: int
    reply: str | None


@dataclass
class Rehearsal:
    """One 公众号 and one corp, as far as the service has them."""

    wechat: Wechat | None
    wecom: Wecom | None
    api: TencentApi = field(default_factory=TencentApi)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api.account.templates = list(TEMPLATES)
        self.api.account.subscriptions = list(SUBSCRIPTIONS)
        self.api.ended = self._ended

    @property
    def app(self) -> Starlette:
        routes = [
            Route("/", self._page, methods=["GET", "HEAD"]),
            Route("/fake/state.json", self._state, methods=["GET"]),
            Route("/fake/say", _posted(self.say), methods=["POST"]),
            Route("/fake/press", _posted(self.press), methods=["POST"]),
            Route("/fake/script", _posted(self.script), methods=["POST"]),
            Route("/fake/verify", _posted(self.verify), methods=["POST"]),
        ]
        at_home = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        return Starlette(routes=[*routes, *self.api.app.routes], middleware=[at_home])

    # --- what one can do -------------------------------------------------------------------

    async def say(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody says something, or does something with a phone."""
        person, text = str(given.get("person", "")), str(given.get("text", ""))
        kind, side = str(given.get("kind", "text")), str(given.get("side", "villager"))
        if not person:
            raise ValueError("who says it? person is missing")
        phone = Phone(person, self._side(side), self.api)
        return await self._deliver(phone.side, person, kind, text, done(phone, kind, text))

    async def press(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A member presses a button of a card that stands on their phone; a villager taps a choice."""
        person, button = str(given.get("person", "")), str(given.get("button", ""))
        card = next((c for c in self.api.cards.of(person) if button in c.buttons), None)
        if card is None:
            content = tapped(Phone(person, "villager", self.api), button)
            return await self._deliver("villager", person, "tap", button, content)
        fields = {
            "Event": "template_card_event", "EventKey": button, "TaskId": card.task_id,
            "CardType": card.shown["card_type"], "ResponseCode": self.api.cards.code_for(card),
        }  # fmt: skip
        return await self._deliver("staff", person, "press", button, ("event", fields))

    async def script(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The next answers of an interface, or with `always` all of them; no steps: it is well again."""
        path, words = path_of(str(given.get("interface", ""))), given.get("steps", "")
        steps = steps_of(words.split() if isinstance(words, str) else map(str, words))
        if given.get("always") and steps:
            self.api.always(path, steps[0])
        else:
            self.api.always(path, 0)
            self.api.answers(path, *steps)
        return {"path": path, "steps": [written(step) for step in steps]}

    async def verify(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """提交 on the console's page: is the address of the callback right?"""
        platform = self._platform(self._side(str(given.get("side", "villager"))))
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(platform.url, params=platform.check(ECHO))
        return {"url": platform.url, "verified": answer.text == ECHO}

    # --- how ---------------------------------------------------------------------------------

    def _side(self, word: str) -> Side:
        """One for which there is a platform."""
        if word == "villager" and self.wechat is not None:
            return "villager"
        if word == "staff" and self.wecom is not None:
            return "staff"
        raise ValueError(f"there is no platform for {word}: villager is 公众号, staff is 企业微信")

    def _platform(self, side: Side) -> Platform:
        platform = self.wecom if side == "staff" else self.wechat
        assert platform is not None, "only a side that there is"
        return platform

    async def _ended(self, notice: Notice) -> None:
        """All arrive, as far as the platform tells."""
        content = ended(notice, "success")
        kind = RESULTS[notice.path]
        await self._deliver("villager", notice.openid, kind, "success", content)

    async def _deliver(
        self,
        side: Side,
        person: str,
        kind: str,
        text: str,
        content: Content,
    ) -> dict[str, Any]:
        """As Tencent does: signed, encrypted, three times in all until it is taken."""
        platform = self._platform(side)
        msg_type, fields = content
        number = {} if msg_type == "event" else {"MsgId": platform.message_id()}
        delivery: Delivery = platform.delivery(platform.xml(person, msg_type, **fields, **number))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await platform.insist(client, delivery)
        status, reply = (answer.status, answer.reply) if answer is not None else (0, None)
        said = Said(len(self.said) + 1, person, kind, text, status, reply)
        self.said.append(said)
        return {"status": status, "reply": reply}

    # --- what it shows ---------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What was said, what arrived, what was called, what is set up."""
        api, account = self.api, self.api.account
        return {
            "said": [vars(each) for each in self.said],
            "received": [
                {"path": sent.path, "to": sent.recipient, "text": sent.text}
                for sent in api.received
            ],
            "calls": dict(api.counts),
            "cards": [
                {"to": card.userid, "buttons": card.buttons, "grey": card.grey}
                for card in api.cards.on_phones.values()
            ],
            "choices": [
                {"to": person, "choices": [label for label, _ in found]}
                for person in dict.fromkeys(sent.recipient for sent in api.received)
                if (found := choices(Phone(person, "villager", api)))
            ],
            "menu": account.menu,
            "qrcodes": account.qrcodes,
            "scripts": {
                path: [*map(written, steps), *([f"{written(then)} …"] if then != 0 else [])]
                for path, (steps, then) in api.scripts.items()
            },
        }

    async def _state(self, _: Request) -> Response:
        return JSONResponse(self.state())

    async def _page(self, request: Request) -> Response:
        state = self.state()
        newest = {name: list(reversed(state[name]))[:SHOWN] for name in ("said", "received")}
        return HTMLResponse(
            _template().render(
                {
                    **state,
                    **newest,
                    "interfaces": INTERFACES,
                    "kinds": {name: kind.told for name, kind in KINDS.items()},
                    "problem": request.query_params.get("problem", ""),
                }
            )
        )


def _posted(
    act: Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]],
) -> Callable[[Request], Awaitable[Response]]:
    """From the page's form, which goes back to the page; or JSON, which gets JSON."""

    async def answer(request: Request) -> Response:
        plain = request.headers.get("content-type", "").startswith("application/json")
        try:
            given = await request.json() if plain else dict(await _form(request))
            done = await act(given)
        except ValueError as error:
            if plain:
                return JSONResponse({"error": str(error)}, 400)
            return RedirectResponse(f"/?{httpx.QueryParams({'problem': str(error)})}", 303)
        return JSONResponse(done) if plain else RedirectResponse("/", 303)

    return answer


async def _form(request: Request) -> dict[str, str]:
    return dict(httpx.QueryParams((await request.body()).decode()).items())


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string((files("bot.platform") / "page.html").read_text("utf-8"))

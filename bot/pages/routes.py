"""The villagers' pages, below the public address. Whoever comes from 公众号 is known by OAuth; a
signed cookie keeps that for a month."""

from __future__ import annotations

import asyncio
import re
import secrets
import tomllib
from collections.abc import Awaitable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jinja2
import segno
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from bot import media
from bot.channels.api import Api
from bot.channels.sending import ask
from bot.channels.wechat.setup import code_key
from bot.pages import domain
from bot.pages.signing import Signer
from bot.pages.ticket import Ticket, config
from bot.service import Service
from bot.settings import Settings
from handlers import wording
from handlers.turn import Occasion
from handlers.villager import own
from storage import platform
from storage.book import NoTown
from storage.database import Moment
from storage.session import ReadSession

MONTH: Final = 30 * 86_400
MINUTES: Final = 600  # that logging in may take
SESSION, STATE = "xiaoge", "xiaoge_state"
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class Pages:
    """`api` is 公众号's, or None where there is no 公众号."""

    def __init__(self, settings: Settings, service: Service, api: Api | None) -> None:
        self.settings = settings
        self.service = service
        self.api = api
        self.ticket = Ticket(api) if api is not None else None
        self.signer = Signer(settings.secret_key.get_secret_value())

    # --- who is it -------------------------------------------------------------------------

    def who(self, request: Request) -> str | None:
        """The openid of who has logged in."""
        return self.signer.read("session", request.cookies.get(SESSION, ""))

    def log_in(self, where: str) -> Response:
        """To WeChat, which asks nobody (snsapi_base) and comes back to /my/in."""
        nonce = secrets.token_urlsafe(12)
        query = {
            "appid": self.settings.wechat_app_id,
            "redirect_uri": f"{self.settings.public_url}/my/in",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": self.signer.sign("state", f"{nonce}|{where}", MINUTES),
        }
        answer = RedirectResponse(f"{self._authorize}?{urlencode(query)}#wechat_redirect", 302)
        self._cookie(answer, STATE, nonce, MINUTES)
        return answer

    @property
    def _authorize(self) -> str:
        """WeChat's page; of a stand-in its own."""
        base = self.settings.wechat_api_base
        tencent = (urlsplit(base).hostname or "").endswith(".qq.com")
        return f"{'https://open.weixin.qq.com' if tencent else base}/connect/oauth2/authorize"

    async def come_back(self, request: Request) -> Response:
        """The code becomes an openid, once, for the browser that asked."""
        state = self.signer.read("state", request.query_params.get("state", ""))
        nonce, _, where = (state or "").partition("|")
        given = request.cookies.get(STATE, "")
        code = request.query_params.get("code", "")
        ours = secrets.compare_digest(given.encode(), nonce.encode())
        if not nonce or not code or self.api is None or not ours:
            return self.plain("not_logged_in", 403)
        _, found = await ask(
            "wechat",
            self.api.without_token(
                "/sns/oauth2/access_token",
                {
                    "appid": self.settings.wechat_app_id,
                    "secret": self.settings.wechat_app_secret.get_secret_value(),
                    "code": code,
                    "grant_type": "authorization_code",
                },
            ),
        )
        openid = found.data.get("openid") if found is not None else None
        if not isinstance(openid, str) or not openid:
            return self.plain("not_logged_in", 403)
        answer = RedirectResponse(where if where.startswith("/my") else "/my", 303)
        self._cookie(answer, SESSION, self.signer.sign("session", openid, MONTH), MONTH)
        answer.delete_cookie(STATE, path="/my")
        return answer

    def _cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        secure = self.settings.public_url.startswith("https:")
        answer.set_cookie(
            name, value, max_age=seconds, path="/my", httponly=True, secure=secure, samesite="lax"
        )

    # --- pages -----------------------------------------------------------------------------

    async def my(self, request: Request) -> Response:
        openid = self.who(request)
        if openid is None:
            return self.log_in("/my")

        def look(at: Occasion | None) -> list[own.CaseView]:
            return own.all_of(at) if at is not None else []

        found = await self._look(openid, look)
        return self.page("my.html", cases=found)

    async def case(self, request: Request, number: int | None) -> Response:
        openid = self.who(request)
        if openid is None:
            return self.log_in(f"/my/{number}" if number else "/my")
        found = None
        if number is not None:
            found = await self._look(openid, lambda at: own.one_of(at, number) if at else None)
        if found is None:
            return self.plain("no_case", 404, link="/my")
        return self.page("case.html", case=found)

    async def picture(self, request: Request, number: int | None) -> Response:
        openid = self.who(request)
        path = None
        if openid is not None and number is not None:
            path = await self._look(openid, lambda at: own.picture(at, number) if at else None)
        if not path:
            return self.plain("no_picture", 404)
        try:
            found = await asyncio.to_thread(media.read, self.settings.media_dir, path)
        except OSError:
            return self.plain("picture_gone", 404)
        return Response(found.content, media_type="image/jpeg", headers=SECURITY)

    async def poster(self, unit: str, key: str) -> Response:
        """A sheet to print and hang up; it names a person, so its address is signed."""
        if self.signer.read("poster", key) != unit:
            return self.plain("wrong_poster", 403)

        def ask_for(session: ReadSession, begun: Moment) -> dict[str, Any] | None:
            book = self.service.book(session, begun)
            code = platform.fact(session, code_key(self.settings, unit))
            if code is None or unit not in book.town.units:
                return None
            post = next(iter(book.town.by_unit.get(unit, ())), None)
            holder = wording.holder(book.town, post.id, begun.now) if post is not None else None
            return {
                "town": book.town.name,
                "place": book.town.full_name(unit),
                "code": _code(str(code["url"])),
                "name": holder.name if holder is not None else "",
                "phone": holder.phone if holder is not None else "",
            }

        found = await self.service.database.aread(ask_for)
        if found is None:
            return self.plain("no_code", 404)
        return self._html("poster.html", found)

    async def subscribe(self) -> Response:
        """Where the long-term notice is taken. WeChat wants a script of its own for the button."""
        template = self.settings.wechat_subscription
        if not template or self.ticket is None:
            return self.plain("no_notices")
        ticket, url = await self.ticket.get(), f"{self.settings.public_url}/subscribe"
        nonce = secrets.token_urlsafe(12)
        policy = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}' "
            "https://res.wx.qq.com; img-src 'self'; connect-src https://*.weixin.qq.com; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        values = {
            "config": config(self.settings.wechat_app_id, ticket, url) if ticket else None,
            "nonce": nonce,
            "template": template,
            "town": await self._town(),
        }
        return self._html("subscribe.html", values, {"Content-Security-Policy": policy})

    # --- putting together ------------------------------------------------------------------

    def plain(self, what: str, status: int = 200, link: str = "") -> Response:
        """A sentence of words.toml in the place of a page."""
        said = _words()[what]
        values = {
            "heading": said["heading"], "text": said["text"], "link": link,
            "link_text": said.get("link", ""), "town": "",
        }  # fmt: skip
        return self._html("plain.html", values, status=status)

    def page(self, name: str, **values: Any) -> Response:
        return self._html(name, {"town": "", **values})

    def _html(
        self,
        name: str,
        values: Mapping[str, Any],
        headers: Mapping[str, str] = SECURITY,
        status: int = 200,
    ) -> Response:
        return HTMLResponse(_template(name).render(values), status, headers=dict(headers))

    async def _look(self, openid: str, look: Any) -> Any:
        def work(session: ReadSession, begun: Moment) -> Any:
            book = self.service.book(session, begun)
            return look(own.occasion(session, begun, book, openid))

        return await self.service.database.aread(work)

    async def _town(self) -> str:
        return await self.service.database.aread(
            lambda session, begun: self.service.book(session, begun).town.name
        )


def poster_link(settings: Settings, unit: str) -> str:
    """The address of a unit's poster, good for a year."""
    signer = Signer(settings.secret_key.get_secret_value())
    return f"{settings.public_url}/poster/{unit}?key={signer.sign('poster', unit, 365 * 86_400)}"


def mount(app: FastAPI, settings: Settings, service: Service, api: Api | None) -> None:
    """Put the pages into the application."""
    pages = Pages(settings, service, api)

    async def shown(page: Awaitable[Response]) -> Response:
        try:
            return await page
        except NoTown:
            return pages.plain("no_town", 503)

    @app.get("/my")
    async def my(request: Request) -> Response:
        return await shown(pages.my(request))

    @app.get("/my/in")
    async def come_back(request: Request) -> Response:
        return await shown(pages.come_back(request))

    @app.get("/my/picture/{number}")
    async def picture(request: Request, number: str) -> Response:
        return await shown(pages.picture(request, _number(number)))

    @app.get("/my/{number}")
    async def case(request: Request, number: str) -> Response:
        return await shown(pages.case(request, _number(number)))

    @app.get("/poster/{unit}")
    async def poster(unit: str, key: str = "") -> Response:
        return await shown(pages.poster(unit, key))

    @app.get("/MP_verify_{code}.txt")
    @app.get("/WW_verify_{code}.txt")
    def verify(request: Request) -> Response:
        found = domain.content(settings.verify_dir, request.url.path.removeprefix("/"))
        return PlainTextResponse(found or b"", 404 if found is None else 200)

    @app.get("/subscribe")
    async def subscribe() -> Response:
        return await shown(pages.subscribe())


def _number(word: str) -> int | None:
    """What may be the number of a case or a picture; no other is asked for in the database."""
    return int(word) if _NUMBER.fullmatch(word) else None


def _code(url: str) -> str:
    """The QR code as a drawing of its own, without any address in it."""
    return segno.make(url, error="m").svg_inline(scale=8, border=2, omitsize=True)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("bot.pages") / "words.toml").read_text("utf-8"))


@cache
def _template(name: str) -> jinja2.Template:
    folder = files("bot.pages")
    loader = jinja2.FunctionLoader(lambda each: (folder / each).read_text("utf-8"))
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name)

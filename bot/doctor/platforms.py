"""What the two platforms say: keys, addresses, menu, templates, who can be reached."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Mapping

import httpx

from bot.channels.api import Api, BadStatus, NotSent, TokenRefused, Unanswered
from bot.channels.envelope import Envelope
from bot.channels.outcome import CODES
from bot.channels.sending import ask
from bot.channels.wechat.channel import account
from bot.channels.wechat.ladder import TEMPLATES
from bot.channels.wechat.setup import NO_MENU, Setup, SetupFailed
from bot.channels.wecom.channel import app
from bot.doctor.finding import Finding, bad, hint
from bot.settings import Settings
from casework.town import Town
from handlers.message import Channel
from storage import platform
from storage.book import NoTown, Shelf
from storage.database import Database

IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
KEY = ("id", "agent", "secret")  # they belong together: one sentence says how to mend them


async def findings(settings: Settings, database: Database) -> list[Finding]:
    town = _town(database)
    return [*await _wechat(settings, database, town), *await _wecom(settings, database, town)]


def _town(database: Database) -> Town | None:
    with database.reading() as (session, begun):
        try:
            return Shelf().book(session, begun.revision).town
        except NoTown:
            return None


# --- 公众号 ----------------------------------------------------------------------------------------


async def _wechat(settings: Settings, database: Database, town: Town | None) -> list[Finding]:
    if not settings.wechat:
        return [bad("wechat", "off")]
    sender = account(settings, database)
    try:
        found = [Finding("wechat"), await _callback(settings, "wechat")]
        reached = await _token("wechat", sender.api, settings.wechat_api_base)
        found.append(reached)
        if reached.how == "good" and town is not None:
            found += await _set_up(Setup(settings, database, sender.api, town))
        return found
    finally:
        await sender.aclose()


async def _set_up(setup: Setup) -> list[Finding]:
    try:
        changes = [change.text for change in await setup.changes()]
    except SetupFailed as failed:
        return [bad("wechat_token", "other", detail=str(failed))]
    menu = any(text.startswith("菜单") for text in changes)
    codes = sum(text.startswith("二维码") for text in changes)
    return [
        bad("wechat_menu", "missing") if menu else Finding("wechat_menu"),
        hint("wechat_qrcodes", "missing", detail=codes) if codes else Finding("wechat_qrcodes"),
        await _templates(setup),
    ]


async def _templates(setup: Setup) -> Finding:
    wanted = {setup.settings.wechat_template, setup.settings.wechat_subscription} - {""}
    if not wanted:
        return hint("wechat_templates", "missing")
    known = await setup.database.aread(lambda session, _: platform.facts(session, TEMPLATES))
    unread = bool(wanted - known.keys())
    return bad("wechat_templates", "unread") if unread else Finding("wechat_templates")


# --- 企业微信 --------------------------------------------------------------------------------------


async def _wecom(settings: Settings, database: Database, town: Town | None) -> list[Finding]:
    if not settings.wecom:
        return [bad("wecom", "off")]
    sender = app(settings, database)
    try:
        found = [Finding("wecom"), await _callback(settings, "wecom")]
        path = f"/cgi-bin/agent/get?agentid={settings.wecom_agent_id}"
        reached = await _token("wecom", sender.api, settings.wecom_api_base, path)
        found.append(reached)
        if reached.how == "good" and town is not None:
            found.append(await _range(sender.api, town))
            found.append(_accounts(settings, town))
        return found
    finally:
        await sender.aclose()


async def _range(api: Api, town: Town) -> Finding:
    """Who of the town file the app cannot see."""
    outside, unclear = [], ""
    for staff in town.staff.values():
        outcome, _ = await ask("wecom", api.get("/cgi-bin/user/get", {"userid": staff.userid}))
        if outcome.state == "refused":
            outside.append(f"{staff.name}（{staff.userid}）")
        elif outcome.state != "sent":  # the next one would fare no better
            unclear = f"{outcome.code} {outcome.reason}"
            break
    if outside:
        return bad("wecom_range", "outside", detail="、".join(outside))
    return hint("wecom_range", "unknown", detail=unclear) if unclear else Finding("wecom_range")


def _accounts(settings: Settings, town: Town) -> Finding:
    """Whether a day's limit is reckoned from as many accounts as there are at least."""
    there, said = len(town.staff), settings.wecom_accounts
    if there <= said:
        return Finding("wecom_accounts")
    return hint("wecom_accounts", "few", said=said, there=there)


# --- both ----------------------------------------------------------------------------------------


async def _token(channel: Channel, api: Api, base: str, path: str = "/cgi-bin/menu/get") -> Finding:
    """Any call will do: it needs a token, and an address that is let in."""
    bare, _, query = path.partition("?")
    name, _, value = query.partition("=")
    step = f"{channel}_token"
    try:
        answer = await api.get(bare, {name: value} if name else {})
        code, message = answer.code, answer.message
    except TokenRefused as refused:  # its words name the address that is not listed
        code, message = refused.code, refused.message
    except (NotSent, Unanswered, BadStatus) as failure:
        return unreached(step, base, failure)
    return Finding(step) if code in (0, NO_MENU) else refusal(channel, step, code, message)


def unreached(step: str, base: str, failure: Exception) -> Finding:
    return bad(step, "unreached", detail=f"{base}（{failure}）")


def refusal(channel: Channel, step: str, code: int, message: str) -> Finding:
    """What the platform's no means, and what to do."""
    said = f"{code} {message}"
    known = CODES[channel].get(code)
    mend = known.mend if known is not None else ""
    if mend == "ip":
        address = IP.search(message)
        return bad(step, "ip", detail=address[0] if address is not None else said)
    return bad(step, "secret" if mend in KEY else mend or "other", detail=said)


async def _callback(settings: Settings, channel: Channel) -> Finding:
    """As the console checks it: a signed GET from outside, and its echo."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    url, step = f"{base}/{channel}", f"{channel}_callback"
    query, expected = _signed(settings, channel)
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            answer = await client.get(url, params=query)
    except httpx.HTTPError as error:
        return bad(step, "wrong", detail=f"打不开（{type(error).__name__}），服务在运行吗", url=url)
    if answer.status_code != 200 or answer.text != expected:
        detail = f"回答不对（HTTP {answer.status_code}），Token 或代理可能不一样"
        return bad(step, "wrong", detail=detail, url=url)
    return Finding(step)


def _signed(settings: Settings, channel: Channel) -> tuple[Mapping[str, str], str]:
    """A check of the address as the platform makes it, and what has to come back."""
    stamp, nonce, echo = str(int(time.time())), secrets.token_hex(5), secrets.token_hex(8)
    if channel == "wechat":
        parts = [settings.wechat_token.get_secret_value(), stamp, nonce]
        name, sealed = "signature", echo
    else:
        token = settings.wecom_token.get_secret_value()
        envelope = Envelope(
            token, settings.wecom_aes_key.get_secret_value(), settings.wecom_corp_id
        )
        found = re.search(rb"<Encrypt><!\[CDATA\[(.+?)\]\]>", envelope.seal(echo))
        sealed = found[1].decode() if found is not None else ""
        parts, name = [token, stamp, nonce, sealed], "msg_signature"
    signature = hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()
    return {name: signature, "timestamp": stamp, "nonce": nonce, "echostr": sealed}, echo

"""`xiaoge intake`: who may send matters in. Tokens are shown once and kept as their digests."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any, Final
from urllib.parse import urlsplit

from bot.channels.intake.send import key_of
from bot.settings import Settings
from casework.calendar import SHANGHAI
from casework.partner import Partner, partners
from storage import audit, orders
from storage.database import Database, Moment
from storage.session import WriteSession
from storage.town import entries, put

KIND: Final = "partner"  # of the town's entries
_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")


class WrongPartner(ValueError):
    """It cannot be done like this; the message says why."""


def add(database: Database, settings: Settings, partner: Partner) -> Iterator[str]:
    """A new partner: says its token and, if it wants webhooks, its key. Raises WrongPartner."""
    if not _ID.fullmatch(partner.id):
        raise WrongPartner("ID 用小写字母、数字和短横，以字母开头，例如 hotline、zongzhi-1")
    token = _token()

    def change(known: dict[str, Partner]) -> Partner:
        if partner.id in known:
            raise WrongPartner(f"已经有 {partner.id} 了。要改：xiaoge intake set {partner.id} …")
        return replace(partner, token=_digest(token))

    added = _change(database, settings, partner.id, "登记对接单位", change)
    yield f"对接单位 {added.id}（{added.name}）已登记。"
    yield from _secrets(settings, added, token)


def set_(database: Database, settings: Settings, identity: str, **changes: Any) -> Iterator[str]:
    """Change what is given; says the key of webhooks if there were none before."""
    before: list[Partner] = []

    def change(known: dict[str, Partner]) -> Partner:
        before.append(_known(known, identity))
        return replace(before[-1], **changes)

    partner = _change(database, settings, identity, "修改对接单位", change)
    yield f"对接单位 {partner.id}（{partner.name}）已修改。"
    if partner.webhook and not before[-1].webhook:
        yield from _secrets(settings, partner)


def renew(database: Database, settings: Settings, identity: str) -> Iterator[str]:
    """Another token and another key; the old ones count no more."""
    token = _token()

    def change(known: dict[str, Partner]) -> Partner:
        partner = _known(known, identity)
        return replace(partner, token=_digest(token), turn=partner.turn + 1)

    partner = _change(database, settings, identity, "更换对接单位令牌", change)
    yield f"对接单位 {partner.id}（{partner.name}）换了新的，旧的已经不能用。"
    yield from _secrets(settings, partner, token)


def remove(database: Database, identity: str) -> Iterator[str]:
    """It can neither send nor follow any more; the cases stay."""

    def work(session: WriteSession, begun: Moment) -> None:
        _known(partners(entries(session).get(KIND, {})), identity)
        put(session, KIND, identity, None, source="cli", by="cli", now=begun.now)
        _trail(session, begun, "移除对接单位", identity, "")

    database.write("town", work).result()
    yield f"对接单位 {identity} 已移除；它送来的事项照常办理。"


def listed(database: Database) -> Iterator[str]:
    """Each with what it has sent."""
    with database.reading() as (session, _):
        known = partners(entries(session).get(KIND, {}))
        counted = orders.count(session)
    if not known:
        yield "还没有对接单位。登记：xiaoge intake add hotline 12345热线"
    for partner in known.values():
        number, last = counted.get(partner.id, (0, None))
        when = f"，最近 {last.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if last is not None else ""
        kind = "感知设备" if partner.sensor else "平台"
        pushed = partner.webhook or "不推送"
        yield (
            f"{partner.id}\t{partner.name}\t{kind}\t送来{number}件{when}\t每分钟{partner.rate}次\t{pushed}"
        )


def _change(
    database: Database,
    settings: Settings,
    identity: str,
    act: str,
    change: Callable[[dict[str, Partner]], Partner],
) -> Partner:
    def work(session: WriteSession, begun: Moment) -> Partner:
        partner = change(partners(entries(session).get(KIND, {})))
        _check(settings, partner)
        value = {name: item for name, item in asdict(partner).items() if name != "id"}
        put(session, KIND, identity, value, source="cli", by="cli", now=begun.now)
        _trail(session, begun, act, identity, f"{partner.name} {partner.webhook}")
        return partner

    return database.write("town", work).result()


def _check(settings: Settings, partner: Partner) -> None:
    if not partner.name.strip() or len(partner.name) > 20:
        raise WrongPartner("名称要写，最多 20 个字")
    if not 1 <= partner.rate <= 6000:
        raise WrongPartner("每分钟次数要在 1 到 6000 之间")
    if partner.webhook:
        parts = urlsplit(partner.webhook)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise WrongPartner("推送地址要像 https://example.gov.cn/notify")
        if not settings.secret_key.get_secret_value():
            raise WrongPartner(
                "推送要签名：先在 .env 里填 XIAOGE_SECRET_KEY（openssl rand -hex 32）"
            )


def _secrets(settings: Settings, partner: Partner, token: str = "") -> Iterator[str]:
    yield "下面的只显示这一次，请当面或用加密的办法交给对方："
    if token:
        yield f"令牌（请求头 Authorization: Bearer 令牌）：{token}"
    if partner.webhook:
        key = key_of(settings.secret_key.get_secret_value(), partner)
        yield f"推送签名密钥：{key}"


def _known(known: dict[str, Partner], identity: str) -> Partner:
    if identity not in known:
        raise WrongPartner(f"没有 {identity}；有：{'、'.join(known) or '（还没有）'}")
    return known[identity]


def _trail(session: WriteSession, begun: Moment, act: str, target: str, detail: str) -> None:
    audit.write(session, actor="cli", act=act, target=target, detail=detail, now=begun.now)


def _token() -> str:
    return f"xg_{secrets.token_urlsafe(32)}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

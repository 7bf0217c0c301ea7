"""What has to be set up at the 公众号 for a town: menu, QR codes, templates. Looked at first, then
changed; run again it changes only what differs."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot.channels.api import Answer, Api
from bot.channels.outcome import Outcome
from bot.channels.sending import ask
from bot.channels.wechat.fields import places
from bot.channels.wechat.ladder import TEMPLATES
from bot.settings import Settings
from casework.town import Town
from storage import platform
from storage.database import Database

NO_MENU = 46003
CODED = ("grid", "group", "village")  # levels that villagers belong to


def code_key(settings: Settings, unit: str = "") -> str:
    """Of the fact that holds a unit's QR code: each account gives codes of its own."""
    return f"wechat:qrcode:{settings.wechat_app_id}:{unit}"


class SetupFailed(Exception):
    """The platform said no; `outcome` says why."""

    def __init__(self, what: str, outcome: Outcome) -> None:
        super().__init__(f"{what}: {outcome.code} {outcome.reason}")
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, in words, and how it is put right."""

    text: str
    apply: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Setup:
    settings: Settings
    database: Database
    api: Api
    town: Town

    async def changes(self) -> list[Change]:
        """What would be changed. Raises `SetupFailed`."""
        return [*await self._menu(), *await self._qrcodes(), *await self._templates()]

    # --- menu ------------------------------------------------------------------------------

    async def _menu(self) -> list[Change]:
        wanted = menu(self.settings)
        answer = await self._asked("menu", self.api.get("/cgi-bin/menu/get"), NO_MENU)
        there = (answer.data.get("menu") or {}).get("button", []) if answer is not None else []
        if _shape(there) == _shape(wanted):
            return []

        async def create() -> None:
            await self._asked("menu", self.api.post("/cgi-bin/menu/create", {"button": wanted}))

        return [Change(f"菜单：{_named(there) or '（没有）'} → {_named(wanted)}", create)]

    # --- QR codes --------------------------------------------------------------------------

    async def _qrcodes(self) -> list[Change]:
        of_account = code_key(self.settings)
        known = await self.database.aread(lambda session, _: platform.facts(session, of_account))
        units = [unit for unit in self.town.units.values() if unit.level in CODED]
        return [
            Change(f"二维码：{self.town.full_name(unit.id)}（{unit.id}）", self._coding(unit.id))
            for unit in units
            if unit.id not in known
        ]

    def _coding(self, unit: str) -> Callable[[], Awaitable[None]]:
        async def create() -> None:
            scene = {"scene": {"scene_str": unit}}
            payload = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene}
            answer = await self._asked("qrcode", self.api.post("/cgi-bin/qrcode/create", payload))
            data = answer.data if answer is not None else {}
            if not data.get("url"):
                raise SetupFailed("qrcode", Outcome("refused", reason=f"{unit} 的二维码没有地址"))
            fact = {"ticket": data.get("ticket", ""), "url": data["url"]}
            await self._remember(code_key(self.settings, unit), fact)

        return create

    # --- templates -------------------------------------------------------------------------

    async def _templates(self) -> list[Change]:
        found = []
        for template, path, listed, name in (
            (
                self.settings.wechat_template,
                "/cgi-bin/template/get_all_private_template",
                ("template_list", "template_id"),
                "模板消息",
            ),
            (
                self.settings.wechat_subscription,
                "/wxaapi/newtmpl/gettemplate",
                ("data", "priTmplId"),
                "长期订阅",
            ),
        ):
            if template:
                found += await self._template(template, path, listed, name)
        return found

    async def _template(
        self, template: str, path: str, listed: tuple[str, str], name: str
    ) -> list[Change]:
        """Its fields, and which of our words each is for."""
        answer = await self._asked(name, self.api.get(path))
        rows = answer.data.get(listed[0], []) if answer is not None else []
        row = next((each for each in rows if each.get(listed[1]) == template), None)
        if row is None:
            raise SetupFailed(name, Outcome("refused", reason=f"公众号里没有模板 {template}"))
        fields = places(str(row.get("content", "")))
        if not fields:
            raise SetupFailed(name, Outcome("refused", reason=f"模板 {template} 里没有可填的字段"))
        key = f"{TEMPLATES}{template}"
        known = await self.database.aread(lambda session, _: platform.fact(session, key))
        if known is not None and known.get("fields") == fields:
            return []
        words = "，".join(f"{field}={word}" for field, word in fields.items())
        value = {"title": str(row.get("title", "")), "fields": fields}

        async def remember() -> None:
            await self._remember(key, value)

        return [Change(f"{name}“{value['title']}”：{words}", remember)]

    # --- asking ----------------------------------------------------------------------------

    async def _asked(self, what: str, call: Awaitable[Answer], allowed: int = 0) -> Answer | None:
        outcome, answer = await ask("wechat", call)
        if outcome.state != "sent" and outcome.code != allowed:
            raise SetupFailed(what, outcome)
        return answer if outcome.state == "sent" else None

    async def _remember(self, key: str, value: Mapping[str, Any]) -> None:
        await self.database.awrite(
            "setup",
            lambda session, begun: platform.remember(session, key, dict(value), begun.wall),
        )


def menu(settings: Settings) -> list[dict[str, Any]]:
    """The menu as the platform wants it."""
    text = (files("bot.channels.wechat") / "menu.toml").read_text("utf-8")
    buttons = []
    for top in tomllib.loads(text)["button"]:
        below = [each for sub in top.get("sub", ()) if (each := _button(settings, sub))]
        button = {"name": top["name"], "sub_button": below} if below else _button(settings, top)
        if button:
            buttons.append(button)
    return buttons


def _button(settings: Settings, wanted: Mapping[str, str]) -> dict[str, Any]:
    """A page where there are pages, words otherwise; nothing if it has neither."""
    page = wanted.get("page", "")
    possible = settings.pages and (page != "/subscribe" or settings.wechat_subscription)
    if page and possible:
        return {"type": "view", "name": wanted["name"], "url": f"{settings.public_url}{page}"}
    if "say" in wanted:
        return {"type": "click", "name": wanted["name"], "key": wanted["say"]}
    return {}


def _shape(buttons: list[Any]) -> list[Any]:
    """What two menus have to have in common to be the same."""
    return [
        (
            each.get("name"),
            each.get("key") or each.get("url"),
            _shape(each.get("sub_button") or []),
        )
        for each in buttons
    ]


def _named(buttons: list[Any]) -> str:
    return " · ".join(
        f"{each.get('name')}（{_named(below)}）"
        if (below := each.get("sub_button"))
        else str(each.get("name"))
        for each in buttons
    )

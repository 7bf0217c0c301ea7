"""`xiaoge wechat setup` and `xiaoge doctor` against the fake Tencent, and what they leave behind."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.channels.api import NotSent
from bot.channels.outcome import CODES
from bot.channels.wechat.send import WechatSender
from bot.channels.wechat.setup import menu
from bot.doctor import examine, told
from bot.doctor.platforms import refusal, unreached
from bot.pages.routes import poster_link
from bot.pages.ticket import Ticket
from bot.platform.account import MENU_CREATE, MENU_GET, QRCODE_CREATE, TICKET, USER_GET
from bot.platform.api import STABLE_TOKEN, TencentApi
from bot.setting_up import set_up
from bot.settings import Settings, WrongSettings
from handlers.message import Channel
from handlers.villager.wants import wants
from storage import platform
from tests.bot.pages.conftest import PUBLIC, SUBSCRIPTION, TEMPLATE, Site
from tests.conftest import AES_KEY
from tests.village import open_database

CONTENT = "受理编号：{{character_string1.DATA}}\n事项：{{thing2.DATA}}\n状态：{{phrase3.DATA}}\n时间：{{time4.DATA}}"


@pytest.fixture(autouse=True)
def templates(tencent: TencentApi) -> None:
    tencent.account.templates = [{"template_id": TEMPLATE, "title": "办理进度", "content": CONTENT}]
    tencent.account.subscriptions = [
        {"priTmplId": SUBSCRIPTION, "title": "进度通知", "content": CONTENT}
    ]


def run(settings: Settings, folder: Path, agreed: bool = True) -> list[str]:
    said: list[str] = []
    database = open_database(folder / "village.db")
    try:
        set_up(settings, database, lambda: agreed, said.append)
    finally:
        database.close()
    return said


def test_nothing_is_changed_before_it_is_agreed(
    settings: Settings, tmp_path: Path, tencent: TencentApi
) -> None:
    said = run(settings, tmp_path, agreed=False)
    assert any("菜单" in line for line in said)
    assert any("石墙村三组" in line for line in said)
    assert tencent.counts[MENU_CREATE] == tencent.counts[QRCODE_CREATE] == 0


def test_it_can_be_run_again(settings: Settings, tmp_path: Path, tencent: TencentApi) -> None:
    run(settings, tmp_path)
    made = dict(tencent.counts)
    assert tencent.account.menu is not None
    assert "shiqiang-g3" in tencent.account.qrcodes
    again = run(settings, tmp_path)
    assert "没有要改的" in again[0]
    assert tencent.counts[MENU_CREATE] == made[MENU_CREATE] == 1
    assert tencent.counts[QRCODE_CREATE] == made[QRCODE_CREATE]


def test_another_account_gives_codes_of_its_own(
    site: Site, tmp_path: Path, tencent: TencentApi
) -> None:
    """A poster never leads to an account that the town no longer uses."""
    run(site.settings.model_copy(update={"wechat_app_id": "wx-before"}), tmp_path)
    made = tencent.counts[QRCODE_CREATE]
    path = poster_link(site.settings, "shiqiang-g3").removeprefix(PUBLIC)
    with site.browser() as browser:
        assert browser.get(path).status_code == 404
        run(site.settings, tmp_path)
        assert tencent.counts[QRCODE_CREATE] == 2 * made
        assert browser.get(path).status_code == 200


def test_a_code_without_an_address_is_none(
    settings: Settings, tmp_path: Path, tencent: TencentApi
) -> None:
    tencent.always(QRCODE_CREATE, {"ticket": "T"})
    with pytest.raises(WrongSettings, match="没有地址"):
        run(settings, tmp_path)
    tencent.always(QRCODE_CREATE, 0)
    assert not any("没有要改的" in line for line in run(settings, tmp_path))


def test_the_templates_fields_are_understood(settings: Settings, tmp_path: Path) -> None:
    run(settings, tmp_path)
    database = open_database(tmp_path / "village.db")
    with database.reading() as (session, _):
        known = platform.facts(session, "wechat:template:")
    database.close()
    fields = {
        "character_string1": "number", "thing2": "matter", "phrase3": "state", "time4": "at",
    }  # fmt: skip
    assert {name: fact["fields"] for name, fact in known.items()} == {
        TEMPLATE: fields,
        SUBSCRIPTION: fields,
    }


def test_what_the_platform_refuses_is_said(
    settings: Settings, tmp_path: Path, tencent: TencentApi
) -> None:
    tencent.answers(MENU_GET, 48001)
    with pytest.raises(WrongSettings, match="48001"):
        run(settings, tmp_path)


def test_a_tap_says_words_that_are_understood(settings: Settings) -> None:
    """Whatever stands in the menu is one of the things a villager can want; names fit."""
    for top in menu(settings.model_copy(update={"public_url": ""})):
        assert len(top["name"]) <= 4
        for button in top.get("sub_button") or [top]:
            assert len(button["name"]) <= 8
            if button["type"] == "click":
                assert next(wants(button["key"]), None), button


def test_a_poster_has_code_place_member_and_phone_and_only_with_its_key(
    site: Site, tmp_path: Path
) -> None:
    said = run(site.settings, tmp_path)
    (link,) = [line.split()[-1] for line in said if "shiqiang-g3?" in line]
    path = re.sub(r"^http://[^/]+", "", link)
    with site.browser() as browser:
        poster = browser.get(path)
        assert poster.status_code == 200
        for words in ("<svg", "三组", "李守田", "电话"):
            assert words in poster.text
        assert len(poster.content) <= 60_000
        assert browser.get("/poster/shiqiang-g3").status_code == 403
        other = path.replace("shiqiang-g3", "shiqiang-g1")
        assert browser.get(other).status_code == 403


def test_the_page_of_the_notice_has_the_button_and_says_what_else_there_is(site: Site) -> None:
    with site.browser() as browser:
        page = browser.get("/subscribe")
    assert "wx-open-subscribe" in page.text
    assert f'template="{SUBSCRIPTION}"' in page.text
    assert "没有看到按钮" in page.text
    nonces = set(re.findall(r'nonce="([^"]+)"', page.text))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in page.headers["content-security-policy"]
    assert "app-secret" not in page.text


def test_the_file_by_which_the_platform_checks_the_domain(site: Site) -> None:
    folder = site.settings.verify_dir
    folder.mkdir()
    for name in ("MP_verify_a1B2.txt", "WW_verify_c3.txt", "town.toml", "MP_verify_.txt"):
        (folder / name).write_text(f"in {name}")
    with site.browser() as browser:
        for name in ("MP_verify_a1B2.txt", "WW_verify_c3.txt"):
            answer = browser.get(f"/{name}")
            assert (answer.status_code, answer.text) == (200, f"in {name}")
            assert answer.headers["content-type"].startswith("text/plain")
        for name in ("town.toml", "MP_verify_.txt", "MP_verify_x.txt", "MP_verify_%2e%2e.txt"):
            assert browser.get(f"/{name}").status_code == 404


def test_however_many_look_the_platform_is_asked_once(site: Site) -> None:
    with site.browser() as browser, ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: browser.get("/subscribe").text, range(8)))
    assert all("wx.config" in page for page in pages)
    assert site.tencent.counts[TICKET] == 1


def test_a_page_without_a_ticket_asks_not_again_at_once(site: Site) -> None:
    site.tencent.always(TICKET, 45009)
    with site.browser() as browser:
        for _ in range(3):
            page = browser.get("/subscribe")
            assert (page.status_code, "wx.config" in page.text) == (200, False)
    assert site.tencent.counts[TICKET] == 1


def test_a_ticket_is_renewed_before_its_end(tencent: TencentApi, tencent_url: str) -> None:
    now = 1_000.0
    found: list[tuple[str, int]] = []

    async def look() -> None:
        nonlocal now
        sender = WechatSender(tencent_url, "wx1", "secret")
        ticket = Ticket(sender.api, lambda: now)
        for later in (0, 6_000, 7_000, 61):
            now += later
            found.append((await ticket.get(), tencent.counts[TICKET]))
            tencent.always(TICKET, 45009)
        await sender.aclose()

    asyncio.run(look())
    ours = "JSAPI-TICKET"
    assert found == [(ours, 1), (ours, 1), ("", 2), ("", 3)]


# --- doctor --------------------------------------------------------------------------------------


def diagnosis(settings: Settings, folder: Path) -> tuple[int, str]:
    said: list[str] = []
    database = open_database(folder / "village.db")
    try:
        bad = examine(settings, database, said.append)
    finally:
        database.close()
    return bad, "\n".join(said)


def test_what_is_missing_is_said_with_where_to_click(
    settings: Settings, tmp_path: Path, tencent: TencentApi
) -> None:
    bad, said = diagnosis(settings.model_copy(update={"public_url": ""}), tmp_path)
    assert bad
    assert "服务在运行吗" in said
    assert "运行 xiaoge wechat setup" in said
    assert "企业微信：没有开通" in said
    assert "定时任务：还没有运行过" in said
    assert "张还是示例" in said


def test_an_address_that_is_not_listed_is_named(
    settings: Settings, tmp_path: Path, tencent: TencentApi
) -> None:
    message = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6a2b"
    tencent.always(STABLE_TOKEN, {"errcode": 40164, "errmsg": message})
    _, said = diagnosis(settings, tmp_path)
    assert "服务器地址 203.0.113.7 不在白名单里" in said
    assert "IP白名单" in said
    assert "app-secret" not in said


@pytest.mark.parametrize(("code", "words"), [(40125, "AppSecret 不对"), (45009, "用完了")])
def test_what_the_platform_says_is_explained(
    settings: Settings, tmp_path: Path, tencent: TencentApi, code: int, words: str
) -> None:
    tencent.always(STABLE_TOKEN, code)
    assert words in diagnosis(settings, tmp_path)[1]


@pytest.mark.parametrize(
    ("channel", "step"),
    [("wechat", "wechat_token"), ("wecom", "wecom_token"), ("wecom", "wecom_contacts")],
)
def test_every_no_of_a_platform_has_its_sentence(channel: Channel, step: str) -> None:
    for code in (*CODES[channel], 99999):
        assert "said so" in told(refusal(channel, step, code, "said so"))
    assert "api.example" in told(unreached(step, "https://api.example", NotSent()))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (60011, "这些人收不到消息："),
        (60111, "这些人收不到消息："),
        (48002, "平台没有说清谁收得到消息（48002"),
        (-1, "平台没有说清谁收得到消息（-1"),
        (0, "可见范围：正常"),
    ],
)
def test_who_is_reached_is_well_only_if_the_platform_says_so(
    settings: Settings, tmp_path: Path, tencent: TencentApi, code: int, words: str
) -> None:
    tencent.always(USER_GET, code)
    _, said = diagnosis(settings.model_copy(update=staff_side(settings)), tmp_path)
    assert words in said


def staff_side(settings: Settings) -> dict[str, object]:
    """企业微信 is on as well."""
    return {
        "wecom_corp_id": "ww1",
        "wecom_agent_id": "1000002",
        "wecom_secret": SecretStr("corp-secret"),
        "wecom_token": SecretStr("token"),
        "wecom_aes_key": SecretStr(AES_KEY),
        "wecom_api_base": settings.wechat_api_base,
    }


def test_the_domain_of_the_pages_has_to_be_known_to_the_platform(
    site: Site, tmp_path: Path
) -> None:
    settings = site.settings.model_copy(update={"public_url": site.base})
    _, said = diagnosis(settings, tmp_path)
    host = site.base.removeprefix("http://")
    assert f"网页授权域名、JS接口安全域名都填 {host}" in said
    settings.verify_dir.mkdir()
    (settings.verify_dir / "MP_verify_a1.txt").write_text("a1")
    assert "公众号网页域名：正常" in diagnosis(settings, tmp_path)[1]
    elsewhere = settings.model_copy(update={"public_url": settings.wechat_api_base})
    assert "/MP_verify_a1.txt 读不到（HTTP 404）" in diagnosis(elsewhere, tmp_path)[1]


@pytest.mark.parametrize(("accounts", "few"), [(3, True), (1000, False)])
def test_fewer_accounts_than_people_are_a_hint(
    settings: Settings, tmp_path: Path, accounts: int, few: bool
) -> None:
    wecom = {**staff_side(settings), "wecom_accounts": accounts}
    _, said = diagnosis(settings.model_copy(update=wecom), tmp_path)
    assert ("XIAOGE_WECOM_ACCOUNTS 填的是 3" in said) == few


def test_when_all_is_done_there_is_nothing_left(site: Site, tmp_path: Path) -> None:
    """With the service running and its address known."""
    settings = site.settings.model_copy(
        update={
            "public_url": site.base,
            "wecom_corp_id": "ww1",
            "wecom_agent_id": "1000002",
            "wecom_api_base": site.settings.wechat_api_base,
        }
    )
    run(settings, tmp_path)
    _, said = diagnosis(settings, tmp_path)
    for step in (
        "公众号回调地址：正常",
        "公众号接口：正常",
        "公众号菜单：正常",
        "网格二维码：正常",
    ):
        assert step in said
    assert "定时任务：正常" in said

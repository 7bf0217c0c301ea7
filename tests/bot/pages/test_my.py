"""张大娘 looks at her own cases; 陌生人 looks at nothing."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.app import create
from bot.pages.routes import poster_link
from bot.pages.signing import Signer
from bot.platform.serving import serve
from bot.settings import Settings
from storage import schema
from storage.database import Database
from tests.bot.pages.conftest import PUBLIC, SECRET, Site

ZHANG, STRANGER = "oZhang", "oStranger"
LAMP = "石墙村三组村口路灯坏了，晚上走路<b>害怕</b>"
HEAVIEST = 60_000  # bytes


def test_who_comes_for_the_first_time_is_known_by_wechat_and_comes_back(site: Site) -> None:
    site.says(ZHANG, LAMP)
    site.tencent.account.login = ZHANG
    with site.browser() as browser:
        sent = browser.get("/my/1001")
        asked = parse_qs(urlsplit(sent.headers["location"]).query)
        assert asked["scope"] == ["snsapi_base"]
        assert asked["redirect_uri"] == [f"{PUBLIC}/my/in"]
        there = httpx.get(sent.headers["location"], trust_env=False)
        back = there.headers["location"].removeprefix(PUBLIC)
        landed = browser.get(back)
        assert (landed.status_code, landed.headers["location"]) == (303, "/my/1001")
        shown = browser.get("/my/1001")
    assert "诉求·路灯" in shown.text
    assert "走路&lt;b&gt;害怕" in shown.text
    assert "app-secret" not in str(landed.headers) + landed.text


def test_a_login_belongs_to_the_browser_that_began_it(site: Site) -> None:
    with site.browser() as browser:
        state = parse_qs(urlsplit(browser.get("/my").headers["location"]).query)["state"][0]
    code = site.tencent.account.code_for(ZHANG)
    with site.browser() as other:
        assert other.get("/my/in", params={"code": code, "state": state}).status_code == 403


def test_what_a_browser_makes_up_is_refused_kindly(site: Site) -> None:
    state = Signer(SECRET).sign("state", "nonce|/my", 60)
    with site.browser() as browser:
        headers = {"Cookie": "xiaoge_state=né".encode("latin-1")}
        answer = browser.get("/my/in", params={"code": "C", "state": state}, headers=headers)
    assert (answer.status_code, "再点一次" in answer.text) == (403, True)


@pytest.mark.parametrize("number", ["9" * 21, "-1", "x", "²", "1.5", "0"])
def test_what_is_no_number_is_as_a_number_that_is_not_there(site: Site, number: str) -> None:
    site.says(ZHANG, LAMP)
    with site.browser(ZHANG) as browser:
        unknown, made_up = browser.get("/my/999"), browser.get(f"/my/{number}")
        assert (made_up.status_code, made_up.text) == (404, unknown.text)
        picture = browser.get(f"/my/picture/{number}")
        assert (picture.status_code, "没有这张照片" in picture.text) == (404, True)


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example/my", "/poster/x"])
def test_it_leads_nowhere_else(site: Site, where: str) -> None:
    state = Signer(SECRET).sign("state", f"nonce|{where}", 60)
    code = site.tencent.account.code_for(ZHANG)
    with site.browser() as browser:
        browser.cookies.set("xiaoge_state", "nonce")
        landed = browser.get("/my/in", params={"code": code, "state": state})
    assert landed.headers["location"] == "/my"


def test_a_code_is_good_once_and_a_platform_that_fails_is_said_kindly(site: Site) -> None:
    with site.browser() as browser:
        state = parse_qs(urlsplit(browser.get("/my").headers["location"]).query)["state"][0]
        landed = browser.get("/my/in", params={"code": "USED", "state": state})
    assert landed.status_code == 403
    assert "再点一次" in landed.text


def test_only_ones_own_cases_and_of_others_not_even_that_they_exist(site: Site) -> None:
    site.says(ZHANG, LAMP)
    site.says(ZHANG, "举报石墙村村主任贪污低保款")
    (report,) = [
        int(number) for number in re.findall(r"\d{8}", site.says(ZHANG, "举报石墙村会计贪污低保款"))
    ][:1]
    with site.browser(STRANGER) as stranger, site.browser(ZHANG) as zhang:
        assert "编号 1001" in zhang.get("/my").text
        assert str(report) not in zhang.get("/my").text
        answers = [
            zhang.get(f"/my/{report}"), zhang.get("/my/999"),
            stranger.get("/my/1001"), stranger.get("/my/999"),
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert "还没有登记过" in stranger.get("/my").text


def test_what_was_said_and_done_for_her(site: Site) -> None:
    site.says(ZHANG, LAMP)
    site.says("li", "接单 1001")
    site.says("li", "回复 1001 电工明天上午到")
    with site.browser(ZHANG) as browser:
        page = browser.get("/my/1001").text
    assert "电工明天上午到" in page
    assert "李守田" in page


def test_a_page_is_light_and_has_no_script(site: Site) -> None:
    for number in range(12):
        site.says(ZHANG, f"石墙村三组第{number}处路灯坏了，" + "晚上走路害怕" * 40)
    with site.browser(ZHANG) as browser:
        for path in ("/my", "/my/1001"):
            page = browser.get(path)
            assert len(page.content) <= HEAVIEST
            assert "<script" not in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"


def test_before_there_is_a_town_it_is_said_kindly(settings: Settings, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.db'}"})
    database = Database(empty.database_url)
    schema.upgrade(database)
    cookies = {"xiaoge": Signer(SECRET).sign("session", ZHANG, 60)}
    with (
        serve(create(empty, database)) as base,
        httpx.Client(base_url=base, trust_env=False, cookies=cookies) as browser,
    ):
        poster = poster_link(empty, "shiqiang-g3").removeprefix(PUBLIC)
        for path in ("/my", "/my/1001", "/my/picture/1", "/subscribe", poster):
            answer = browser.get(path)
            assert (answer.status_code, "还没有准备好" in answer.text) == (503, True), path


@pytest.mark.parametrize("spoilt", ["", "x", "a.b.c", "ü.1.2", "..", "oZhang.ffffffff.AAAA"])
def test_a_cookie_that_is_not_ours_is_none(site: Site, spoilt: str) -> None:
    with site.browser() as browser:
        headers = {"Cookie": f"xiaoge={spoilt}".encode()}
        assert browser.get("/my", headers=headers).status_code == 302


def test_every_sentence_is_said_somewhere() -> None:
    folder = files("bot.pages")
    sentences = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    said = re.findall(r'plain\("(\w+)"', (folder / "routes.py").read_text("utf-8"))
    assert {*said} == sentences.keys()


def test_a_word_is_good_for_one_use_and_its_time() -> None:
    now = 1_000_000.0
    signer = Signer(SECRET, lambda: now)
    word = signer.sign("session", "oZhang", 60)
    assert signer.read("session", word) == "oZhang"
    assert signer.read("state", word) is None
    assert Signer("z" * 40, lambda: now).read("session", word) is None
    now += 61
    assert signer.read("session", word) is None

"""Pages in a real browser: nothing that shuts anybody out, no script needed; paper as it is printed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from bot.pages.routes import poster_link
from bot.setting_up import set_up
from handlers.staff.conversation import COMMANDS
from handlers.staff.paper import card
from tests.bot.pages.conftest import PUBLIC, SUBSCRIPTION, TEMPLATE, Site
from tests.village import open_database

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: pages are not looked at"),
]
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        alone = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=alone)
        yield browser
        browser.close()


def paths(site: Site, folder: Path) -> list[str]:
    """Every page, with something on it; made beside the thread in which the browser is driven."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_paths, site, folder).result()


def _paths(site: Site, folder: Path) -> list[str]:
    content = "受理编号：{{character_string1.DATA}}"
    site.tencent.account.templates = [{"template_id": TEMPLATE, "title": "t", "content": content}]
    site.tencent.account.subscriptions = [
        {"priTmplId": SUBSCRIPTION, "title": "t", "content": content}
    ]
    database = open_database(folder / "village.db")
    set_up(site.settings, database, lambda: True, lambda _: None)
    database.close()
    site.says("oZhang", "石墙村三组村口路灯坏了，晚上走路害怕")
    site.says("li", "接单 1001")
    site.says("li", "回复 1001 电工明天上午到")
    poster = poster_link(site.settings, "shiqiang-g3").removeprefix(PUBLIC)
    return ["/my", "/my/1001", "/my/999", "/my/in", poster, "/poster/x", "/subscribe"]


def test_no_page_shuts_anybody_out(site: Site, browser: Browser, tmp_path: Path) -> None:
    """On a small phone, and without a word from any other host."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    context.route(lambda url: not url.startswith(site.base), lambda route: route.abort())
    context.add_cookies([{"name": "xiaoge", "value": site.cookie("oZhang"), "url": site.base}])
    page = context.new_page()
    for path in paths(site, tmp_path):
        page.goto(site.base + path)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in GRAVE] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()


def test_it_can_be_read_without_scripts(site: Site, browser: Browser, tmp_path: Path) -> None:
    paths(site, tmp_path)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "xiaoge", "value": site.cookie("oZhang"), "url": site.base}])
    page = context.new_page()
    page.goto(f"{site.base}/my")
    page.get_by_role("link", name="编号 1001").click()
    assert "电工明天上午到" in page.inner_text("main")
    context.close()


def test_the_card_for_the_pocket_is_one_side_of_a5(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(card("青石镇", COMMANDS))
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1

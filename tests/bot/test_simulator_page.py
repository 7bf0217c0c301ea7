"""The simulator in a real browser: what a newcomer sees and can do with three phones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from casework.calendar import shipped_days

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: the page is not looked at"),
]
LAMP = "石墙村三组村口路灯坏了一个星期了，晚上走路害怕"
FIRE = "石墙村三组着火了快来人"
ALONE = [  # a browser that talks to nobody but the page's own server
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_app: str) -> Iterator[Page]:
    """The simulator as first opened, on a desk; any error of a script fails the test."""
    page = browser.new_page(base_url=live_app, viewport={"width": 1280, "height": 800})
    page.set_default_timeout(8000)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto("/simulator")
    expect(page.locator("#link")).to_have_text("实时")
    yield page
    page.close()
    assert failures == []


def phone(page: Page, name: str) -> Locator:
    return page.locator(f".phone[data-name={name}]")


def say(phone: Locator, words: str) -> None:
    phone.get_by_role("textbox").fill(words)
    phone.get_by_role("textbox").press("Enter")


def heard(phone: Locator, words: str | re.Pattern[str]) -> Locator:
    """The newest bubble of 小格 with these words, once it is there."""
    bubble = phone.locator(".them .bubble").filter(has_text=words).last
    expect(bubble).to_be_visible()
    return bubble


def newcomer(page: Page, name: str) -> Locator:
    """A villager of one's own, so that no earlier conversation matters."""
    villager = phone(page, "villager")
    villager.get_by_role("combobox").select_option("+")
    page.get_by_role("dialog").get_by_role("textbox").fill(name)
    page.get_by_role("button", name="关注公众号").click()
    expect(villager.locator(".them")).not_to_have_count(0)
    return villager


def daytime(page: Page) -> None:
    """Plays the town's clock to a working morning: ordinary notices rest at night and on days off."""
    now = datetime.fromisoformat(page.request.get("/simulator/people").json()["now"])
    days = {day: works for day, works, _ in shipped_days(now.year, now.year + 1)}
    hours = 0 if 8 <= now.hour < 20 else (33 - now.hour) % 24
    while not days.get((now + timedelta(hours=hours)).date(), True):
        hours += 24
    if hours:
        assert page.request.post("/simulator/clock", data={"advance": f"{hours}h"}).ok


def number_in(bubble: Locator) -> str:
    found = re.search(r"编号\s*(\d+)", bubble.inner_text())
    assert found is not None
    return found[1]


def test_a_sentence_gets_its_number_and_reaches_the_grid_member_by_itself(page: Page) -> None:
    daytime(page)
    villager = newcomer(page, "张大娘")
    say(villager, LAMP)
    number = number_in(heard(villager, "编号"))
    expect(villager.locator(".me .bubble", has_text=LAMP)).to_have_count(1)
    heard(phone(page, "grid"), number)


def test_a_number_in_a_bubble_asks_for_its_case(page: Page) -> None:
    villager = newcomer(page, "张大娘")
    say(villager, LAMP)
    bubble = heard(villager, "编号")
    number = number_in(bubble)
    bubble.get_by_role("button", name=number).first.click()
    expect(villager.get_by_role("textbox")).to_have_value(f"查 {number}")
    expect(villager.get_by_role("textbox")).to_be_focused()


def test_suggestions_fill_the_input_and_know_the_last_number(page: Page) -> None:
    villager = newcomer(page, "张大娘")
    suggestions = villager.get_by_role("group", name="村民可以试着说")
    expect(suggestions.get_by_role("button", name="催", exact=True)).to_be_visible()
    say(villager, LAMP)
    number = number_in(heard(villager, "编号"))
    suggestions.get_by_role("button", name=f"催{number}").click()
    expect(villager.get_by_role("textbox")).to_have_value(f"催{number}")


def test_words_are_shown_as_words_and_never_as_markup(page: Page) -> None:
    villager = newcomer(page, "陌生人")
    words = f"<img src=x onerror=alert(1)><b>{LAMP}</b>"
    say(villager, words)
    expect(villager.locator(".messages .me .bubble").last).to_contain_text(words)
    assert villager.locator(".messages img, .messages b").count() == 0


def test_the_clock_plays_forward_and_says_so(page: Page) -> None:
    before = page.locator("#time").get_attribute("datetime")
    date = page.locator("#date").inner_text()
    page.get_by_role("button", name="+1天").click()
    expect(page.locator("#played summary")).to_contain_text("拨到")
    expect(page.locator("#date")).not_to_have_text(date)
    expect(page.locator("#date")).to_contain_text(re.compile("星期[一二三四五六日]"))
    expect(page.locator("#shift")).to_contain_text("比真实时间快")
    assert (page.locator("#time").get_attribute("datetime") or "") > (before or "")


def test_a_span_can_be_typed_in_chinese_and_a_wrong_one_is_answered(page: Page) -> None:
    page.get_by_label("拨快多久").fill("２ 小时")
    page.get_by_role("button", name="拨快", exact=True).click()
    expect(page.locator("#played summary")).to_contain_text("拨到")
    page.get_by_label("拨快多久").fill("一会会儿")
    page.get_by_role("button", name="拨快", exact=True).click()
    expect(page.locator("#played summary")).to_contain_text("没有拨成")


def test_what_was_played_folds_up_by_a_click_elsewhere_and_by_escape(page: Page) -> None:
    say(newcomer(page, "张大娘"), LAMP)
    page.get_by_role("button", name="+3天").click()
    played = page.locator("#played")
    expect(played.locator("summary")).to_contain_text("拨到")
    for fold_up in (lambda: page.locator("h1").click(), lambda: page.keyboard.press("Escape")):
        played.locator("summary").click()
        expect(played.locator("li").first).to_be_visible()
        fold_up()
        expect(played.locator("li").first).to_be_hidden()


def test_a_scan_says_what_it_was(page: Page) -> None:
    villager = newcomer(page, "张大娘")
    villager.get_by_role("button", name="照片、语音、位置等").click()
    villager.get_by_role("button", name="扫网格码").click()
    heard(villager, "已绑定")
    expect(villager.locator(".stamp").last).to_have_text("扫了网格的二维码：shiqiang-g3")


def test_a_table_is_sent_from_this_machine(page: Page) -> None:
    grid = phone(page, "grid")
    grid.get_by_role("button", name="照片、语音、位置等").click()
    with page.expect_file_chooser() as choosing:
        grid.get_by_role("button", name="表格").click()
    table = {
        "name": "名单.csv",
        "mimeType": "text/csv",
        "buffer": "姓名,事项\n王大爷,石墙村三组路灯坏了".encode(),
    }
    choosing.value.set_files(table)
    heard(grid, "读成1件")


def test_news_of_somebody_on_no_phone_is_a_badge_that_leads_there(page: Page) -> None:
    grid = phone(page, "grid")
    grid.get_by_role("combobox").select_option("wang")
    villager = newcomer(page, "张大娘")
    say(villager, FIRE)
    number = number_in(heard(villager, "编号"))
    expect(grid.locator(".unread")).to_be_visible()
    expect(grid.get_by_role("combobox").locator("option[value=li]")).to_contain_text("●")
    grid.get_by_role("combobox").select_option("li")
    heard(grid, number)
    expect(grid.get_by_role("combobox").locator("option[value=li]")).not_to_contain_text("●")


def test_what_could_not_be_sent_stays_and_can_be_sent_again(page: Page) -> None:
    villager = newcomer(page, "张大娘")

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/simulator/say", cut)
    say(villager, LAMP)
    expect(villager.locator(".pending")).to_contain_text("没发出去")
    page.unroute("**/simulator/say", cut)
    villager.get_by_role("button", name="再发一次").click()
    heard(villager, "编号")
    expect(villager.locator(".pending .message")).to_have_count(0)


def test_without_live_events_the_page_looks_for_itself(browser: Browser, live_app: str) -> None:
    page = browser.new_page(base_url=live_app)
    page.route("**/simulator/events", lambda route: route.abort())
    page.goto("/simulator")
    expect(page.locator("#link")).to_have_text("每 3 秒看一次")
    said = {"side": "staff", "person": "li", "text": "待办"}
    assert page.request.post("/simulator/say", data=said).ok
    expect(phone(page, "grid").locator(".me .bubble", has_text="待办")).to_be_visible()
    page.close()


def test_on_a_narrow_screen_there_is_one_phone_and_three_tabs(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    tabs = page.get_by_role("navigation", name="看哪一部手机")
    for role, name in [("网格员", "grid"), ("镇管理员", "admin"), ("村民", "villager")]:
        tabs.get_by_role("button", name=role, exact=False).click()
        expect(phone(page, name)).to_be_visible()
        assert page.locator(".phone:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_everything_can_be_reached_and_named_without_a_mouse(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea')]
            .filter((node) => !node.hidden && !node.textContent.trim() && !node.ariaLabel && !node.labels?.length)
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []
    villager = phone(page, "villager")
    villager.get_by_role("textbox").focus()
    page.keyboard.press("Tab")
    expect(villager.get_by_role("button", name="发送")).to_be_focused()
    expect(villager.get_by_role("log")).to_have_attribute("aria-live", "polite")


def test_nothing_is_asked_from_another_host(browser: Browser, live_app: str) -> None:
    page = browser.new_page(base_url=live_app)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto("/simulator")
    expect(page.locator("#link")).to_have_text("实时")
    page.close()
    assert [url for url in asked if not url.startswith((live_app, "data:"))] == []

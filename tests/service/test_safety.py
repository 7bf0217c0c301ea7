"""What the service shows and keeps to itself: headers, pages, figures, log, memory."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.platform.api import CUSTOM_SEND, MESSAGE_SEND, Http, TencentApi
from bot.platform.tencent import Wechat, Wecom
from tests.service.running import SECRETS, Xiaoge, number_in, running, wait_for

Villager = Callable[[], str]
MEGABYTES = 180
READY_WITHIN = 3.0  # seconds


def get(xiaoge: Xiaoge, path: str, **headers: str) -> httpx.Response:
    return httpx.get(xiaoge.url + path, headers=headers, trust_env=False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/wechat", "/wecom", "/none"])
def test_every_answer_is_guarded_and_says_nothing_of_the_server(xiaoge: Xiaoge, path: str) -> None:
    headers = get(xiaoge, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers
    assert "x-powered-by" not in headers


def test_it_lives_and_is_ready(xiaoge: Xiaoge) -> None:
    assert get(xiaoge, "/healthz").text == "ok"
    assert get(xiaoge, "/readyz").json() == {"ready": True, "missing": None}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/simulator",
        "/simulator/people",
        "/simulator/events",
        "/simulator/static/page.js",
        "/docs",
        "/redoc",
        "/openapi.json",
    ],
)
def test_there_is_no_simulator_and_no_description_outside_the_demo(
    xiaoge: Xiaoge, path: str
) -> None:
    assert get(xiaoge, path).status_code == 404


@pytest.mark.parametrize("path", ["/simulator/say", "/simulator/clock"])
def test_nobody_speaks_or_moves_the_clock_outside_the_demo(xiaoge: Xiaoge, path: str) -> None:
    answer = httpx.post(xiaoge.url + path, json={"advance": "26h"}, trust_env=False)
    assert answer.status_code == 404


def test_figures_are_shown_to_who_has_the_token(xiaoge: Xiaoge) -> None:
    token = SECRETS["METRICS_TOKEN"]
    shown = get(xiaoge, "/metrics", Authorization=f"Bearer {token}")
    assert "xiaoge_cases" in shown.text
    for given in ("", "Bearer", "Bearer wrong", f"Bearer {token}x", "Bearer 无"):
        answer = httpx.get(
            xiaoge.url + "/metrics",
            headers={b"Authorization": given.encode()},
            trust_env=False,
        )
        assert (answer.status_code, answer.text) == (403, "forbidden")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory, tencent_url: str) -> Iterator[Xiaoge]:
    """Another service, for trouble; without a token for its figures."""
    folder = tmp_path_factory.mktemp("troubled")
    with running(folder, tencent_url, METRICS_TOKEN="", LOG_LEVEL="DEBUG") as xiaoge:
        yield xiaoge


def test_without_a_token_figures_are_shown_on_this_machine_only(troubled: Xiaoge) -> None:
    assert get(troubled, "/metrics").status_code == 200
    for name in ("X-Forwarded-For", "Forwarded"):
        assert get(troubled, "/metrics", **{name: "for=203.0.113.9"}).status_code == 403


def test_one_form_for_all_lines_of_the_log_and_no_line_for_each_request(xiaoge: Xiaoge) -> None:
    for _ in range(5):
        get(xiaoge, "/healthz")
    assert "/healthz" not in xiaoge.log
    begins = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) \S+ ")
    assert all(begins.match(line) for line in xiaoge.log.splitlines())


def test_trouble_of_every_kind_leaves_nothing_private_in_the_log(
    troubled: Xiaoge, tencent: TencentApi, villager: Villager
) -> None:
    """A handler that fails, a platform that refuses, requests from strangers."""
    person, words = villager(), "石墙村三组我家李大妈屋后的水沟堵了"
    wechat = troubled.wechat
    change(
        troubled, "CREATE TRIGGER no BEFORE INSERT ON cases BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    assert "已经留存" in (wechat.says(person, words).reply or "")
    change(troubled, "DROP TRIGGER no")
    tencent.answers(MESSAGE_SEND, 40001, 60020)
    tencent.answers(CUSTOM_SEND, Http(502), 40003)
    number = number_in(wechat.says(villager(), words).reply)
    troubled.wecom.says("li", f"回复 {number} {words}")
    wechat.post(wechat.delivery("<xml/>", msg_signature="0" * 40))
    wechat.get(echostr="石墙村", signature="1", timestamp="2", nonce="3")
    wait_for(lambda: "60020" in troubled.log and "502" in troubled.log)
    assert "IntegrityError" in troubled.log
    for private in (*SECRETS.values(), "TOKEN-1", person, words, "李大妈", "水沟", "0" * 40):
        assert private not in troubled.log


def change(xiaoge: Xiaoge, statement: str) -> None:
    with closing(sqlite3.connect(xiaoge.database, timeout=30)) as other:
        other.execute(statement)


@pytest.mark.anyio
async def test_memory_stays_small_under_load(
    xiaoge: Xiaoge, wechat: Wechat, wecom: Wecom, villager: Villager
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(15):
            deliveries = [
                wechat.text(villager(), f"石墙村三组第{house}户门口的路灯坏了")
                for house in range(32)
            ]
            answers = await asyncio.gather(*(wechat.apost(client, each) for each in deliveries))
            assert {answer.status for answer in answers} == {200}
    wecom.says("zhao", "/统计")
    assert xiaoge.resident <= MEGABYTES


@pytest.mark.slow
def test_it_is_ready_soon(tmp_path: Path, tencent_url: str) -> None:
    seconds = []
    for number in range(3):
        with running(tmp_path / str(number), tencent_url) as xiaoge:
            seconds.append(xiaoge.seconds_to_ready)
    assert min(seconds) <= READY_WITHIN

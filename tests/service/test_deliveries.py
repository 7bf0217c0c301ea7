"""Messages delivered twice, three times, at once and out of order, on both callbacks over real HTTP:
each is worked once, and none is lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import create
from bot.platform.api import TencentApi
from bot.platform.serving import serve
from bot.platform.tencent import Answer, Delivery, Platform, Wechat, Wecom
from bot.settings import Settings
from storage.database import Database
from tests.conftest import AES_KEY
from tests.daylight import until_ten
from tests.village import copy

pytestmark = pytest.mark.anyio

TOKEN = "qingshi-token"
APP_ID, CORP_ID = "wx0123456789abcdef", "ww0123456789abcdef"
TIMES = 3


@dataclass
class Office:
    """The service with both platforms on, and what stands in its tables."""

    database: Database
    wechat: Wechat
    wecom: Wecom
    tencent: TencentApi

    def rows(self, statement: str) -> list[Any]:
        with self.database.reading() as (session, _):
            return list(session.connection.execute(sa.text(statement)))

    async def shuffled(
        self, platform: Platform, deliveries: list[Delivery], seed: int
    ) -> list[Answer]:
        """Each delivered three times, in any order, all at once."""
        again = deliveries * TIMES
        random.Random(seed).shuffle(again)  # noqa: S311
        async with httpx.AsyncClient(trust_env=False) as client:
            return await asyncio.gather(*(platform.apost(client, each) for each in again))


@pytest.fixture
async def office(
    founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """However slow the machine: an answer that is late goes out otherwise, and is tried elsewhere."""
    monkeypatch.setattr("bot.service.ANSWER_WITHIN", 60)
    monkeypatch.setattr("bot.service.COMMIT_WITHIN", 60)
    tencent = TencentApi()
    file = copy(founded, tmp_path)
    with serve(tencent.app) as base:
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite:///{file}",
            media_dir=tmp_path / "media",
            wechat_app_id=APP_ID,
            wechat_app_secret="app-secret",
            wechat_token=TOKEN,
            wechat_aes_key=AES_KEY,
            wechat_api_base=base,
            wecom_corp_id=CORP_ID,
            wecom_agent_id="1000002",
            wecom_secret="corp-secret",
            wecom_token=TOKEN,
            wecom_aes_key=AES_KEY,
            wecom_api_base=base,
        )
        database = Database(settings.database_url)
        await database.awrite("clock", lambda session, _: until_ten(session))
        with serve(create(settings, database)) as url:
            yield Office(
                Database(settings.database_url),
                Wechat(url, TOKEN, AES_KEY, APP_ID),
                Wecom(url, TOKEN, AES_KEY, CORP_ID),
                tencent,
            )


@pytest.mark.parametrize("seed", range(3))
async def test_what_villagers_say_is_worked_once_each(office: Office, seed: int) -> None:
    people = [f"oVillager{number}" for number in range(6)]
    # one MsgId for all of them: it is unique for one person only
    deliveries = [office.wechat.text(who, "石墙村三组路灯坏了", msg_id=7) for who in people]
    answers = await office.shuffled(office.wechat, deliveries, seed)
    assert {answer.status for answer in answers} == {200}
    replies = Counter(answer.reply for answer in answers if answer.reply)
    assert len(replies) == len(people)  # six numbers, each told to whoever asks again
    assert len(office.rows("SELECT 1 FROM cases")) == len(people)
    assert len(office.rows("SELECT 1 FROM message")) == len(people)


@pytest.mark.parametrize("seed", range(3))
async def test_events_of_villagers_are_worked_once_each(office: Office, seed: int) -> None:
    xml = office.wechat.xml
    deliveries = [
        office.wechat.delivery(xml("oZhang", "event", Event="subscribe", EventKey="")),
        office.wechat.delivery(xml("oZhang", "event", Event="CLICK", EventKey="查进度")),
        office.wechat.delivery(xml("oZhang", "event", Event="CLICK", EventKey="我要反映")),
    ]
    answers = await office.shuffled(office.wechat, deliveries, seed)
    assert {answer.status for answer in answers} == {200}
    assert len(office.rows("SELECT 1 FROM message")) == len(deliveries)


@pytest.mark.parametrize("seed", range(3))
async def test_what_staff_say_is_done_once_in_whatever_order_it_comes(
    office: Office, seed: int
) -> None:
    told = office.wechat.says("oZhang", "石墙村三组路灯坏了").reply or ""
    assert "编号 1001" in told
    deliveries = [
        office.wecom.text("li", words)
        for words in ("接单 1001", "回复 1001 电工明天上午到", "办结 1001 已换新灯", "查 1001")
    ]
    answers = await office.shuffled(office.wecom, deliveries, seed)
    assert {answer.status for answer in answers} == {200}
    done = Counter(kind for (kind,) in office.rows("SELECT kind FROM case_event"))
    assert done["conclude"] == 1
    assert max(done.values()) == 1
    assert office.rows("SELECT state FROM cases") == [("answered",)]
    assert len(office.rows("SELECT 1 FROM message WHERE person LIKE 'wecom:%'")) == len(deliveries)


@pytest.mark.parametrize("seed", range(2))
async def test_a_word_that_comes_before_the_one_it_follows_is_not_lost(
    office: Office, seed: int
) -> None:
    first, second = (
        office.wechat.text("oZhang", words, msg_id=number)
        for number, words in enumerate(("石墙村三组路灯坏了", "是村口那一盏，晚上看不见"), 1)
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        for each in (second, first, second, first):
            assert (await office.wechat.apost(client, each)).status == 200
    texts = "".join(text for (text,) in office.rows("SELECT text FROM case_event"))
    for words in ("路灯坏了", "是村口那一盏"):
        assert texts.count(words) == 1
    assert len(office.rows("SELECT 1 FROM message")) == 2

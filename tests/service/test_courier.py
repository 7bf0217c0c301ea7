"""The courier, the real senders and a platform that does not always do what it is asked.

The rounds are made by hand, so that each answer of the platform meets the letter it is meant for.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.send import WecomSender
from bot.courier import Courier
from bot.service import Service
from handlers.message import Attachment, Incoming, Kind
from storage.database import Database
from storage.record import Letter, post
from storage.town import advance
from tests.platforms.serving import serve
from tests.platforms.tencent_api import (
    CUSTOM_SEND,
    GET_TOKEN,
    HANG,
    MEDIA_GET,
    MESSAGE_SEND,
    STABLE_TOKEN,
    Http,
    Step,
    TencentApi,
)
from tests.village import copy

pytestmark = pytest.mark.anyio

ACCOUNT = "gh_qingshi"
SHANGHAI = ZoneInfo("Asia/Shanghai")
PATIENCE = 5.0  # seconds that a call may take …
IMPATIENCE = 0.5  # … and where the platform will not answer
ZHANG, WANG = "oZhang", "oWang"
LAMP = "石墙村三组村口路灯坏了，晚上走路害怕"


class PostOffice:
    """The service and its courier on a database of their own, towards the fake Tencent."""

    def __init__(self, file: Path, tencent: TencentApi, base: str) -> None:
        self.tencent = tencent
        self.base = base
        self.media = file.parent / "media"
        self.database = Database(f"sqlite:///{file}")
        self.service = Service(self.database)
        self.courier = self.another_courier()
        self._numbers = itertools.count(1)

    def another_courier(self, patience: float = PATIENCE) -> Courier:
        senders = {
            ("wechat", ""): WechatSender(self.base, "wx1", "app-secret", total=patience),
            ("wecom", ""): WecomSender(self.base, "ww1", "1000002", "secret", total=patience),
        }
        return Courier(self.database, self.service.shelf, senders, self.media)

    async def posts(
        self,
        recipient: str,
        text: str,
        *,
        channel: Literal["wechat", "wecom"] = "wechat",
        importance: str = "ordinary",
    ) -> None:
        """A letter is put into the outbox."""
        number = next(self._numbers)
        account = ACCOUNT if channel == "wechat" else ""

        def work(session: Any, begun: Any) -> None:
            letter = Letter(channel, account, recipient, f"l{number}", text, importance, begun.now)
            post(session, [letter], begun.now, begun.wall)

        await self.database.awrite("test", work)

    async def says(self, sender: str, text: str, kind: Kind = "text", medium: str = "") -> str:
        """Somebody says something; the reply."""
        channel: Literal["wechat", "wecom"] = "wechat" if sender.startswith("o") else "wecom"
        attachment = Attachment(kind, medium) if medium else None  # type: ignore[arg-type]
        reply = await self.service.receive(
            Incoming(
                channel=channel,
                account=ACCOUNT,
                sender=sender,
                key=f"{sender}:{next(self._numbers)}",
                kind=kind,
                sent_at=datetime.now(UTC),
                text=text,
                attachment=attachment,
            )
        )
        return reply.text if reply else ""

    async def sends(self) -> None:
        """Rounds, until nothing more can go out now."""
        while await self.courier.round():
            pass

    async def later(self) -> None:
        """What waits for its retry, or for the end of a lease, has waited long enough."""
        await self.change("UPDATE outbox SET retry_at = 0, claimed_until = NULL")

    async def change(self, statement: str) -> None:
        await self.database.awrite("test", lambda session, _: session.execute(sa.text(statement)))

    def rows(self, statement: str) -> list[dict[str, Any]]:
        with self.database.reading() as (session, _):
            found = session.connection.execute(sa.text(statement)).mappings().all()
        return [dict(row) for row in found]

    def letters(self, recipient: str) -> list[dict[str, Any]]:
        return self.rows(f"SELECT * FROM outbox WHERE recipient = '{recipient}' ORDER BY id")

    def arrived(self, recipient: str) -> list[str]:
        return [sent.text for sent in self.tencent.received if sent.recipient == recipient]

    def waits(self, recipient: str) -> float:
        """Seconds until the first letter to somebody is tried again."""
        (row, *_) = self.letters(recipient)
        until: float = row["retry_at"] / 1000 - datetime.now(UTC).timestamp()
        return until


@pytest.fixture
def tencent() -> TencentApi:
    return TencentApi()


@pytest.fixture
def tencent_url(tencent: TencentApi) -> Iterator[str]:
    with serve(tencent.app) as base_url:
        yield base_url


@pytest.fixture
async def office(
    founded: Path, tmp_path: Path, tencent: TencentApi, tencent_url: str
) -> AsyncIterator[PostOffice]:
    """It is ten in the morning: nothing is held back for the night."""
    office = PostOffice(copy(founded, tmp_path), tencent, tencent_url)
    now = datetime.now(SHANGHAI)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    await office.database.awrite(
        "clock", lambda session, _: advance(session, int((ten - now).total_seconds() * 1000))
    )
    yield office
    await asyncio.to_thread(office.database.close)


# --- what the platform answers ---------------------------------------------------------------------


async def test_a_token_that_has_run_out_is_renewed_and_the_letter_arrives_once(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.answers(CUSTOM_SEND, 42001, 0)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]
    assert tencent.counts[STABLE_TOKEN] == 2
    assert [row["state"] for row in office.letters(ZHANG)] == ["sent"]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_what_may_not_be_sent_now_is_told_with_the_villagers_next_word(
    office: PostOffice, tencent: TencentApi, code: int
) -> None:
    await office.says(ZHANG, LAMP)
    tencent.answers(CUSTOM_SEND, code)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    assert [row["state"] for row in office.letters(ZHANG)] == ["held"]
    reply = await office.says(ZHANG, "查进度")
    assert "路灯" in reply
    assert "灯修好了" in reply
    assert "灯修好了" not in await office.says(ZHANG, "查进度")
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == []


async def test_who_cannot_be_reached_is_to_be_phoned_by_the_handler(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    await office.says("li", "接单")
    await office.says("li", "回复 电工明天上午到")
    tencent.always(CUSTOM_SEND, 40003)
    await office.sends()
    assert [row["state"] for row in office.letters(ZHANG)] == ["refused"]
    (task,) = office.rows("SELECT * FROM task WHERE key LIKE 'letter:%'")
    assert task["case_number"] == 1001
    (asked,) = [text for text in office.arrived("li") if "请打电话" in text]
    assert "编号 1001" in asked
    assert "电工明天上午到" in asked


@pytest.mark.parametrize("answer", [{"errcode": 0, "invaliduser": "li"}, 60111, 81013])
async def test_a_member_of_staff_whom_nothing_reaches_is_the_admins_task(
    office: PostOffice, tencent: TencentApi, answer: Step
) -> None:
    tencent.answers(MESSAGE_SEND, answer)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    assert [row["state"] for row in office.letters("li")] == ["refused"]
    (task,) = office.rows("SELECT * FROM task WHERE key LIKE 'letter:%'")
    assert "李守田（li）" in task["text"]
    assert [task["text"]] == office.arrived("zhao")


@pytest.mark.parametrize("trouble", [-1, Http(502), Http(500)])
@pytest.mark.parametrize(("channel", "path"), [("wechat", CUSTOM_SEND), ("wecom", MESSAGE_SEND)])
async def test_a_busy_platform_is_asked_again_and_each_time_later(
    office: PostOffice,
    tencent: TencentApi,
    trouble: Step,
    channel: Literal["wechat", "wecom"],
    path: str,
) -> None:
    tencent.answers(path, trouble, trouble, trouble)
    await office.posts(ZHANG, "灯修好了", channel=channel)
    for wait in (5, 30, 120):
        await office.sends()
        assert office.waits(ZHANG) == pytest.approx(wait, abs=2)
        await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]


@pytest.mark.parametrize(
    ("path", "code", "wait"),
    [(MESSAGE_SEND, 45009, 60), (MESSAGE_SEND, 60020, 600), (GET_TOKEN, 40001, 600)],
)
async def test_limits_and_wrong_settings_are_waited_for(
    office: PostOffice, tencent: TencentApi, path: str, code: int, wait: int
) -> None:
    tencent.answers(path, code)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    assert office.waits("li") == pytest.approx(wait, abs=2)
    assert office.arrived("li") == []
    await office.later()
    await office.sends()
    assert office.arrived("li") == ["【新事项】编号 1001"]


async def test_without_an_answer_a_villager_may_have_it_and_is_told_with_the_next_word(
    office: PostOffice, tencent: TencentApi
) -> None:
    """公众号 would deliver it twice."""
    office.courier = office.another_courier(IMPATIENCE)
    await office.says(ZHANG, LAMP)
    tencent.answers(CUSTOM_SEND, HANG)
    await office.posts(ZHANG, "灯修好了")
    await office.sends()
    (row,) = office.letters(ZHANG)
    assert row["state"] == "held"
    assert row["error"].startswith("unknown")
    await office.later()
    await office.sends()
    assert tencent.counts[CUSTOM_SEND] == 1
    assert "灯修好了" in await office.says(ZHANG, "查进度")


async def test_without_an_answer_staff_are_told_again(
    office: PostOffice, tencent: TencentApi
) -> None:
    """企业微信 drops what it has had already."""
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(MESSAGE_SEND, HANG)
    await office.posts("li", "【新事项】编号 1001", channel="wecom")
    await office.sends()
    await office.later()
    await office.sends()
    assert tencent.counts[MESSAGE_SEND] == 2
    assert [sent.payload["enable_duplicate_check"] for sent in tencent.received] == [1]
    assert [row["state"] for row in office.letters("li")] == ["sent"]


# --- order, parts, lines -----------------------------------------------------------------------------


async def test_a_long_text_arrives_in_parts_and_goes_on_where_it_broke_off(
    office: PostOffice, tencent: TencentApi
) -> None:
    text = "".join(
        f"第{number}条：村道硬化、路灯维修、饮水改造的安排。\n" for number in range(1, 90)
    )
    tencent.answers(CUSTOM_SEND, 0, -1)
    await office.posts(ZHANG, text)
    await office.sends()
    assert len(office.arrived(ZHANG)) == 1
    await office.later()
    await office.sends()
    parts = office.arrived(ZHANG)
    assert len(parts) == 3
    assert max(len(part.encode()) for part in parts) <= 2048
    assert "".join(parts) == text.strip()


async def test_letters_to_one_person_keep_their_order_and_what_waits_holds_its_own_line(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.answers(CUSTOM_SEND, -1)
    for text in ("一", "二", "三"):
        await office.posts(ZHANG, text)
    await office.sends()
    assert office.arrived(ZHANG) == []
    await office.posts(WANG, "您好")
    await office.posts(ZHANG, "急", importance="emergency")
    await office.sends()
    assert office.arrived(WANG) == ["您好"]
    assert office.arrived(ZHANG) == ["急"]
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["急", "一", "二", "三"]


async def test_forty_letters_to_each_of_three_arrive_in_order(office: PostOffice) -> None:
    for number, person in itertools.product(range(40), (ZHANG, WANG, "li")):
        channel: Literal["wechat", "wecom"] = "wecom" if person == "li" else "wechat"
        await office.posts(person, str(number), channel=channel)
    await office.sends()
    for person in (ZHANG, WANG, "li"):
        assert office.arrived(person) == [str(number) for number in range(40)]


@pytest.fixture
async def running(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostOffice]:
    """The courier works by itself; when it stops it does not wait long for what is late."""
    monkeypatch.setattr("bot.courier.GRACE", 0.2)
    carrying = asyncio.create_task(office.courier.run())
    yield office
    office.courier.stop()
    await carrying


async def soon(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not question():
            await asyncio.sleep(0.01)


async def test_a_medium_that_does_not_come_holds_nobody_up(
    running: PostOffice, tencent: TencentApi
) -> None:
    tencent.always(MEDIA_GET, HANG)
    await running.says(ZHANG, "", "image", medium="never")
    running.courier.stir()
    await soon(lambda: tencent.counts[MEDIA_GET] == 1)
    await running.posts("li", "【紧急】编号 1002", channel="wecom", importance="emergency")
    await running.posts(ZHANG, "灯修好了")
    running.courier.stir()
    await soon(lambda: bool(running.arrived("li")) and bool(running.arrived(ZHANG)))


async def test_what_is_on_its_way_arrives_when_the_service_stops(
    office: PostOffice, tencent: TencentApi
) -> None:
    for number in range(20):
        await office.posts(f"oVillager{number}", "灯修好了")
    carrying = asyncio.create_task(office.courier.run())
    await soon(lambda: bool(tencent.received))
    office.courier.stop()
    await carrying
    assert {row["state"] for row in office.rows("SELECT state FROM outbox")} == {"sent"}
    assert len(tencent.received) == 20


async def test_two_couriers_send_each_letter_once(office: PostOffice, tencent: TencentApi) -> None:
    other = office.another_courier()
    for number, person in itertools.product(range(10), range(12)):
        await office.posts(f"oVillager{person}", str(number))
    while sum(await asyncio.gather(office.courier.round(), other.round())):
        pass
    assert len(tencent.received) == 120
    for person in range(12):
        assert office.arrived(f"oVillager{person}") == [str(number) for number in range(10)]


async def test_the_letters_of_a_dead_process_are_sent_when_their_lease_is_over(
    office: PostOffice,
) -> None:
    await office.posts(ZHANG, "灯修好了")
    seconds = (datetime.now(UTC).timestamp() + 15) * 1000
    await office.change(f"UPDATE outbox SET claimed_until = {int(seconds)}")
    await office.sends()
    assert office.arrived(ZHANG) == []
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == ["灯修好了"]


# --- media ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content_type", "ending"),
    [
        ("image", "image/jpeg", ".jpg"),
        ("voice", "audio/amr", ".amr"),
        ("video", "video/mp4", ".mp4"),
    ],
)
async def test_what_a_villager_sends_is_fetched_and_kept_with_the_case(
    office: PostOffice, tencent: TencentApi, kind: Kind, content_type: str, ending: str
) -> None:
    content = bytes(range(256)) * 300
    tencent.media["medium-1"] = (content, content_type, "../../etc/passwd")
    reply = await office.says(ZHANG, "", kind, medium="medium-1")
    assert "编号 1001" in reply
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert (row["state"], row["case_number"], row["size"]) == ("kept", 1001, len(content))
    kept = office.media / row["path"]
    assert kept.read_bytes() == content
    assert kept.suffix == ending
    assert [file for file in office.media.rglob("*") if file.is_file()] == [kept]


async def test_a_voice_that_nobody_understood_is_a_case_to_be_listened_to(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["voice-1"] = (b"#!AMR", "audio/amr", "voice.amr")
    assert "编号 1001" in await office.says(ZHANG, "", "voice", medium="voice-1")
    (case,) = office.rows("SELECT text FROM cases")
    assert case["text"] == "（语音，待听）"


async def test_a_medium_that_the_platform_has_forgotten_is_lost_and_nothing_else(
    office: PostOffice, tencent: TencentApi
) -> None:
    assert "编号 1001" in await office.says(ZHANG, "", "image", medium="forgotten")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["lost"]


async def test_a_medium_is_fetched_again_when_it_could_not_be_written(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (b"picture", "image/jpeg", "")
    office.media.write_text("a file where the folder should be")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["wanted"]
    office.media.unlink()
    await office.later()
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["kept"]

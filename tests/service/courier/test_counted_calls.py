"""How often a platform is asked, whatever it answers: nothing without end, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

import pytest

from bot.platform.api import (
    CUSTOM_SEND,
    GET_TOKEN,
    HANG,
    MESSAGE_SEND,
    STABLE_TOKEN,
    Http,
    Slow,
    Step,
    TencentApi,
)
from tests.service.courier.office import IMPATIENCE, ZHANG, PostOffice

pytestmark = pytest.mark.anyio

PATHS = {"wechat": (CUSTOM_SEND, STABLE_TOKEN), "wecom": (MESSAGE_SEND, GET_TOKEN)}
WORDS = "灯修好了"


@dataclass(frozen=True)
class Sequence:
    """What the platform answers, the last of it for ever; then what was asked, and what became of it."""

    channel: Literal["wechat", "wecom"]
    answers: tuple[Step, ...]
    sends: int
    tokens: int
    state: str
    arrived: int = 0
    rounds: int = 8

    def __str__(self) -> str:
        return f"{self.channel}-{self.answers}"


SEQUENCES = (
    Sequence("wechat", (42001, 0), 2, 2, "sent", 1),
    Sequence("wechat", (40014, 0), 2, 2, "sent", 1),
    Sequence("wechat", (40001,), 2, 2, "pending"),  # shut: nobody's letter is tried
    Sequence("wechat", (45015,), 1, 1, "held"),
    Sequence("wechat", (45047,), 1, 1, "held"),
    Sequence("wechat", (45009,), 1, 1, "pending"),  # until tomorrow
    Sequence("wechat", (-1,), 4, 1, "held"),
    Sequence("wechat", (Http(502),), 4, 1, "held"),
    Sequence("wechat", (HANG,), 1, 1, "held"),  # perhaps it arrived
    Sequence("wechat", (Http(502), 42001, 0), 3, 2, "sent", 1),
    Sequence("wechat", (40003,), 1, 1, "refused"),
    Sequence("wecom", (42001, 0), 2, 2, "sent", 1),
    Sequence("wecom", (40001,), 2, 2, "pending"),
    Sequence("wecom", (60020,), 1, 1, "pending"),
    Sequence("wecom", (-1,), 4, 1, "held"),
    Sequence("wecom", (Http(500),), 4, 1, "held"),
    Sequence("wecom", (Http(502), -1, 0), 3, 1, "sent", 1),
    Sequence("wecom", (HANG,), 4, 1, "held"),  # the platform drops what it has had
    Sequence("wecom", (81013,), 1, 1, "refused"),
    Sequence("wecom", ({"errcode": 0, "invaliduser": "li"},), 1, 1, "refused", 1),
)


@pytest.mark.parametrize("told", SEQUENCES, ids=str)
async def test_what_is_asked_for_one_letter(
    office: PostOffice, tencent: TencentApi, told: Sequence
) -> None:
    if HANG in told.answers:
        office.courier = office.another_courier(IMPATIENCE)
    send, token = PATHS[told.channel]
    tencent.answers(send, *told.answers)
    if told.answers[-1] != 0:
        tencent.always(send, told.answers[-1])
    recipient = ZHANG if told.channel == "wechat" else "li"
    await office.posts(recipient, WORDS, channel=told.channel)
    for _ in range(told.rounds):
        await office.sends()
        await office.change("UPDATE outbox SET retry_at = 0, claimed_until = NULL")
    mine = [call for call in tencent.calls if call.payload.get("touser") == recipient]
    assert len(mine) == told.sends
    assert tencent.counts[token] == told.tokens
    assert [row["state"] for row in office.letters(recipient)] == [told.state]
    assert office.arrived(recipient) == [WORDS] * told.arrived


@pytest.mark.parametrize("channel", ["wechat", "wecom"])
async def test_a_token_that_is_never_accepted_is_not_asked_for_each_letter(
    office: PostOffice, tencent: TencentApi, channel: Literal["wechat", "wecom"]
) -> None:
    send, token = PATHS[channel]
    tencent.always(send, 40001)
    await office.posts("oA" if channel == "wechat" else "li", WORDS, channel=channel)
    await office.sends()
    for number in range(30):
        await office.posts(f"{'o' if channel == 'wechat' else 'u'}{number}", WORDS, channel=channel)
    await office.sends()
    assert tencent.counts[send] == 2
    assert tencent.counts[token] == 2
    waiting = office.rows(
        "SELECT state, count(*) AS n FROM outbox WHERE text = '灯修好了' GROUP BY state"
    )
    assert waiting == [{"state": "pending", "n": 31}]
    tasks = office.rows(f"SELECT * FROM task WHERE key LIKE 'account:{channel}:40001:%'")
    assert len(tasks) == 1


@pytest.mark.parametrize("channel", ["wechat", "wecom"])
@pytest.mark.parametrize(
    "seconds", [pytest.param(0.4), pytest.param(6.0, marks=pytest.mark.slow)], ids=str
)
async def test_a_slow_answer_is_waited_for_and_holds_up_nobody_else(
    office: PostOffice, tencent: TencentApi, channel: Literal["wechat", "wecom"], seconds: float
) -> None:
    send, _ = PATHS[channel]
    first, others = (ZHANG, "oWang") if channel == "wechat" else ("li", "wang")
    office.courier = office.another_courier(10.0)
    tencent.answers(send, Slow(seconds))
    await office.posts(first, WORDS, channel=channel)
    sending = asyncio.create_task(office.sends())
    await office.until(lambda: tencent.counts[send] == 1)
    for number in range(2):
        await office.posts(others, f"{number}", channel=channel)
    await office.sets_out()
    await office.until(lambda: len(office.arrived(others)) == 2)
    assert office.arrived(first) == []
    await sending
    await office.sends()
    assert office.arrived(first) == [WORDS]
    assert office.arrived(others) == ["0", "1"]
    assert [row["state"] for row in office.letters(first)] == ["sent"]

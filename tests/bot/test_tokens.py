"""One access token for all replicas: a row of the database, and one who asks at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.api import NotSent
from bot.channels.wechat.send import WechatSender
from bot.platform.api import CUSTOM_SEND, STABLE_TOKEN, TencentApi
from bot.tokens import SharedTokens
from handlers.message import Outgoing
from storage.database import Database
from storage.platform import LEASE, Turn, token_turn
from tests.village import copy, open_database

pytestmark = pytest.mark.anyio
NAME = "wechat:wx1"
WORD = Outgoing("wechat", "gh", "oZhang", "k1", "灯修好了")


@pytest.fixture
def replicas(founded: Path, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    file = copy(founded, tmp_path)
    both = open_database(file), open_database(file)
    yield both
    for each in both:
        each.close()


@pytest.fixture
def senders(replicas: tuple[Database, Database], tencent_url: str) -> list[WechatSender]:
    return [
        WechatSender(tencent_url, "wx1", "secret", tokens=SharedTokens(each)) for each in replicas
    ]


async def test_two_replicas_ask_once(senders: list[WechatSender], tencent: TencentApi) -> None:
    await asyncio.gather(*(sender.send(WORD) for sender in senders * 10))
    assert tencent.token_calls == 1
    assert len(tencent.received) == 20


async def test_a_token_revoked_is_replaced_by_one_and_taken_by_the_other(
    senders: list[WechatSender], tencent: TencentApi
) -> None:
    await asyncio.gather(*(sender.send(WORD) for sender in senders))
    tencent.revoke()
    for sender in senders:
        assert (await sender.send(WORD)).state == "sent"
    assert tencent.token_calls == 2
    asked = [call.payload["force_refresh"] for call in tencent.calls if call.path == STABLE_TOKEN]
    assert asked == [False, True]


async def test_one_that_is_never_accepted_costs_one_fetch_and_two_sends(
    senders: list[WechatSender], tencent: TencentApi
) -> None:
    await senders[0].send(WORD)
    tencent.always(CUSTOM_SEND, 40001)
    before = tencent.counts
    assert (await senders[0].send(WORD)).operator
    assert tencent.counts[CUSTOM_SEND] - before[CUSTOM_SEND] == 2
    assert tencent.counts[STABLE_TOKEN] - before[STABLE_TOKEN] == 1


async def test_a_replica_that_gets_none_lets_the_other_ask(
    senders: list[WechatSender], tencent: TencentApi
) -> None:
    tencent.answers(STABLE_TOKEN, -1)
    assert (await senders[0].send(WORD)).state == "retry"
    assert (await senders[1].send(WORD)).state == "sent"


async def test_who_died_while_asking_is_waited_for_no_longer_than_its_lease(
    replicas: tuple[Database, Database],
) -> None:
    now = datetime.now(UTC)

    async def turn(refused: str, wall: datetime) -> Turn:
        return await replicas[1].awrite(
            "t", lambda session, _: token_turn(session, NAME, refused, wall)
        )

    assert (await turn("", now)).what == "fetch"
    assert (await turn("", now + timedelta(seconds=1))).what == "wait"
    assert (await turn("", now + LEASE)).what == "fetch"


async def test_a_token_is_not_replaced_by_force_again_and_again(
    replicas: tuple[Database, Database],
) -> None:
    """20 times a day, the platform allows."""
    tokens, asked = SharedTokens(replicas[0]), []

    async def ask(force: bool) -> tuple[str, float]:
        asked.append(force)
        return "SAME", 3600.0

    await tokens.get(NAME, "", ask)
    for _ in range(3):
        await tokens.get(NAME, "SAME", ask)
    assert asked == [False, True, False, False]


async def test_who_waits_too_long_has_not_sent(
    replicas: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tokens.PATIENCE", 0.0)

    async def ask(_: bool) -> tuple[str, float]:
        raise AssertionError

    with pytest.raises(NotSent):
        await SharedTokens(replicas[0]).get(NAME, "", ask)

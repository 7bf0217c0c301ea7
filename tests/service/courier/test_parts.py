"""A long letter in parts: what is known to have arrived is not sent again, however the rest fares."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Literal

import pytest

from bot.channels.text import split_text
from bot.platform.account import TEMPLATE_SEND
from bot.platform.api import CUSTOM_SEND, HANG, MESSAGE_SEND, TencentApi
from storage.sending import LEASE
from tests.service.courier.office import IMPATIENCE, ZHANG, PostOffice
from tests.service.courier.test_ladder import set_up

pytestmark = pytest.mark.anyio

LONG = "".join(
    f"第{number}条：村道硬化、路灯维修、饮水改造的安排。\n" for number in range(1, 90)
).strip()
PARTS = split_text(LONG)
SEND = {"wechat": CUSTOM_SEND, "wecom": MESSAGE_SEND}


def asked(tencent: TencentApi, channel: str = "wechat") -> list[str]:
    """The parts for which the platform was asked, whatever came of it."""
    return [call.payload["text"]["content"] for call in tencent.calls if call.path == SEND[channel]]


def kept(office: PostOffice, recipient: str = ZHANG) -> tuple[str, int]:
    (row,) = office.letters(recipient)
    return row["state"], row["delivered"]


async def hears(office: PostOffice) -> str:
    """What the villager hears with the next word: a long answer goes on in letters."""
    before = len(office.arrived(ZHANG))
    told = await office.says(ZHANG, "查进度")
    await office.sends()
    return "\n".join((told, *office.arrived(ZHANG)[before:]))


def lines(parts: list[str]) -> Counter[str]:
    return Counter(re.findall("第.+?条", "".join(parts)))


async def test_one_that_may_have_arrived_comes_with_the_next_word_and_those_before_it_do_not(
    office: PostOffice, tencent: TencentApi
) -> None:
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(CUSTOM_SEND, 0, HANG)
    await office.posts(ZHANG, LONG)
    await office.sends()
    await office.later()
    await office.sends()
    assert asked(tencent) == PARTS[:2]
    assert kept(office) == ("held", 1)
    assert lines([await hears(office)]) == lines(PARTS[1:])


@pytest.mark.parametrize("code", [45047, 45015])
async def test_where_the_platform_closes_in_between_the_next_word_brings_the_rest(
    office: PostOffice, tencent: TencentApi, code: int
) -> None:
    tencent.answers(CUSTOM_SEND, 0, 0, code)
    await office.posts(ZHANG, LONG)
    await office.sends()
    assert kept(office) == ("held", 2)
    assert lines([await hears(office)]) == lines(PARTS[2:])


async def test_what_a_template_message_was_to_tell_and_did_not_is_the_rest(
    office: PostOffice, tencent: TencentApi
) -> None:
    await set_up(office)
    tencent.answers(CUSTOM_SEND, 0, 45047)
    await office.posts(ZHANG, LONG)
    await office.sends()
    assert tencent.counts[TEMPLATE_SEND] == 1
    (row,) = office.rows("SELECT receipt FROM delivery WHERE rung = 'template'")
    await office.happens(ZHANG, "templatesendjobfinish", f"{row['receipt']}:failed:user block")
    assert lines([await hears(office)]) == lines(PARTS[1:])


async def test_where_the_platform_drops_repetitions_only_the_one_that_may_have_arrived_is_repeated(
    office: PostOffice, tencent: TencentApi
) -> None:
    office.courier = office.another_courier(IMPATIENCE)
    tencent.answers(MESSAGE_SEND, 0, HANG)
    await office.posts("li", LONG, channel="wecom")
    await office.sends()
    await office.later()
    await office.sends()
    assert asked(tencent, "wecom") == [PARTS[0], PARTS[1], *PARTS[1:]]
    assert kept(office, "li")[0] == "sent"


@pytest.mark.parametrize("channel", ["wechat", "wecom"])
async def test_what_was_broken_off_goes_on_where_it_was(
    office: PostOffice, tencent: TencentApi, channel: Literal["wechat", "wecom"]
) -> None:
    """The service was stopped, or died."""
    recipient = ZHANG if channel == "wechat" else "li"
    tencent.answers(SEND[channel], 0, 0, HANG)
    await office.posts(recipient, LONG, channel=channel)
    await office.sets_out()
    await office.until(lambda: tencent.counts[SEND[channel]] == 3)
    await office.gives_up()
    assert kept(office, recipient) == ("pending", 2)
    await office.later()
    await office.sends()
    assert asked(tencent, channel) == [*PARTS, PARTS[2]]
    assert office.arrived(recipient) == PARTS
    assert kept(office, recipient)[0] == "sent"


async def test_what_did_not_set_out_may_still_be_sent(
    office: PostOffice, tencent: TencentApi
) -> None:
    """Of five one has arrived and one may have; the third was broken off before it set out."""
    tencent.answers(CUSTOM_SEND, 0, HANG)
    await office.posts(ZHANG, LONG, allowed=5)
    await office.sets_out()
    await office.until(lambda: tencent.counts[CUSTOM_SEND] == 2)
    await office.gives_up()
    assert office.rows("SELECT allowed FROM villager") == [{"allowed": 3}]
    await office.later()
    await office.sends()
    assert office.arrived(ZHANG) == PARTS
    assert office.rows("SELECT allowed FROM villager") == [{"allowed": 1}]


async def test_parts_that_take_too_long_go_on_after_a_pause(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that would set out when the letter counts no more in the limits waits."""
    monkeypatch.setattr("bot.channels.sending.SETS_OUT_WITHIN", 0.0)
    await office.posts(ZHANG, LONG, allowed=5)
    await office.sends()
    assert asked(tencent) == []
    monkeypatch.undo()
    await office.later()
    await office.sends()
    assert asked(tencent) == PARTS
    assert office.rows("SELECT allowed FROM villager") == [{"allowed": 5 - len(PARTS)}]


async def test_what_comes_to_no_end_is_ended_and_what_arrived_is_known(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.courier.WITHIN", 0.5)
    tencent.answers(CUSTOM_SEND, 0, HANG)
    await office.posts(ZHANG, LONG)
    await office.sends()
    assert kept(office) == ("held", 1)


async def test_what_is_on_its_way_for_long_is_no_other_worker_s(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.courier.RENEWED", 0.0)
    tencent.answers(CUSTOM_SEND, HANG)
    await office.posts(ZHANG, "灯修好了")
    await office.sets_out()
    await office.until(lambda: tencent.counts[CUSTOM_SEND] == 1)
    soon = (datetime.now(UTC).timestamp() + 1) * 1000
    await office.change(f"UPDATE outbox SET claimed_until = {int(soon)}")
    await office.sets_out()
    (row,) = office.letters(ZHANG)
    assert row["claimed_until"] > soon + LEASE.total_seconds() * 1000 / 2
    await office.gives_up()

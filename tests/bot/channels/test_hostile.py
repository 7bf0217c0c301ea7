"""Malformed and hostile bodies: each is refused with a reason, quickly, and nothing stays behind.

By default some hundreds; `-m slow` ten thousand on each channel.
"""

from __future__ import annotations

import base64
import gc
import logging
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator

import httpx
import pytest

from bot.platform.tencent import Delivery, Platform, Wechat, Wecom
from tests.bot.channels.conftest import ScriptedReceiver

ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MEDIAN = 0.005  # seconds, of the attacker and of the service together
GROWTH = 500_000  # bytes: 125 of each that was refused would show


def bodies(platform: Platform, chance: random.Random) -> Iterator[Delivery]:
    """Whatever the outside can send: unsigned rubbish, and rubbish in an envelope that is right."""
    xml = platform.xml("oMallory", "text", Content="路灯", MsgId=1)
    good = platform.delivery(xml)

    def raw(body: bytes) -> Delivery:
        return Delivery(good.params, body)

    def sealed(text: str) -> Delivery:
        return platform.delivery(text)

    makers: tuple[Callable[[], Delivery], ...] = (
        lambda: raw(chance.randbytes(chance.randrange(3000))),
        lambda: raw(b"<xml>" * chance.randrange(8000)),
        lambda: raw(
            b"<xml><Encrypt>" + base64.b64encode(chance.randbytes(64)) + b"</Encrypt></xml>"
        ),
        lambda: raw(b"<xml><Encrypt>" + b"A" * chance.randrange(60_000) + b"=</Encrypt></xml>"),
        lambda: raw(good.body[: chance.randrange(len(good.body))]),
        lambda: raw(bytes(each ^ (chance.random() < 0.01) for each in good.body)),
        lambda: raw(b"x" * 70_000),
        lambda: Delivery({**good.params, "timestamp": str(chance.randrange(10**12))}, good.body),
        lambda: Delivery({**good.params, "msg_signature": "é" * 40}, good.body),
        lambda: Delivery({}, good.body),
        lambda: sealed(ENTITIES + "<xml><Content>&b;</Content></xml>"),
        lambda: sealed("<xml>" + ENTITIES + "</xml>"),
        lambda: sealed("<xml>" + "<a>" * chance.randrange(2000)),
        lambda: sealed("<xml>" + "<a>" * 900 + "</a>" * 900 + "</xml>"),
        lambda: sealed("<xml><ToUserName>a</ToUserName></xml>"),
        lambda: sealed(xml.replace(str(int(platform.clock())), "9" * chance.randrange(1, 400))),
        lambda: sealed('<?xml version="1.0" encoding="utf-16"?>' + "<xml></xml>"),
        lambda: sealed(xml.replace("</xml>", "<MsgType>event</MsgType><Event></Event></xml>")),
        lambda: sealed(""),
        lambda: sealed("[1,2,3]"),
    )
    while True:
        yield chance.choice(makers)()


def attack(platform: Platform, count: int, seed: int) -> list[float]:
    """Seconds of the processor that each refusal took: others use the machine as well."""
    took = []
    found = bodies(platform, random.Random(seed))  # noqa: S311
    with httpx.Client(trust_env=False, timeout=10) as client:
        for _ in range(count):
            delivery = next(found)
            begun = time.process_time()
            answer = client.post(platform.url, params=dict(delivery.params), content=delivery.body)
            took.append(time.process_time() - begun)
            assert answer.status_code < 500, (answer.status_code, delivery)
    return took


@pytest.fixture(params=["wechat", "wecom"])
def platform(request: pytest.FixtureRequest, wechat: Wechat, wecom: Wecom) -> Platform:
    return wechat if request.param == "wechat" else wecom


def test_each_is_refused_and_the_next_honest_one_is_taken(
    platform: Platform, receiver: ScriptedReceiver
) -> None:
    attack(platform, 300, seed=1)
    before = len(receiver.got)
    assert platform.says("oZhang", "路灯坏了").status == 200
    assert len(receiver.got) == before + 1


@pytest.mark.slow
def test_ten_thousand_leave_nothing_behind(
    platform: Platform, receiver: ScriptedReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    """A thousand to warm up, four whose memory is traced, five whose time is taken."""
    caplog.set_level(logging.ERROR, "bot.channels.callback")  # pytest keeps every line
    attack(platform, 1000, seed=2)
    receiver.got.clear()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    attack(platform, 4000, seed=3)
    receiver.got.clear()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < GROWTH, f"{after - before} bytes stay behind"
    took = attack(platform, 5000, seed=4)
    median = statistics.median(took)
    print(f"{platform.url}: median {median * 1000:.2f} ms, {after - before} bytes stay behind")
    assert median < MEDIAN

"""Webhooks: what a partner's answer means for the letter."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.channels.intake.send import WebhookSender
from bot.platform.serving import serve
from casework.partner import Partner
from handlers.message import Outgoing
from tests.bot.channels.intake.conftest import SECRET, Hook

pytestmark = pytest.mark.anyio


@pytest.fixture
def url(hook: Hook) -> Iterator[str]:
    with serve(hook.app) as base:
        yield f"{base}/notify"


def sender(url: str, secret: str = SECRET) -> WebhookSender:
    async def partner(identity: str) -> Partner | None:
        return Partner("hotline", "12345热线", "", url) if identity == "hotline" else None

    return WebhookSender(partner, secret, total=2.0)


def news(**more: bool) -> Outgoing:
    notice = {"event": "accepted", "service_request_id": "1001", "expected_datetime": ""}
    return Outgoing("intake", "", "hotline", "k1", "已接单。", notice=notice, **more)  # type: ignore[arg-type]


async def test_what_is_told_stands_in_the_body(url: str, hook: Hook) -> None:
    outcome = await sender(url).send(news())
    assert (outcome.state, outcome.delivered) == ("sent", 1)
    assert json.loads(hook.arrived.get_nowait()[1]) == {
        "id": "k1",
        "event": "accepted",
        "text": "已接单。",
        "service_request": {"service_request_id": "1001", "expected_datetime": None},
    }


@pytest.mark.parametrize(
    ("status", "last", "state", "wait", "operator"),
    [
        (204, False, "sent", None, False),
        (500, False, "retry", None, False),
        (503, True, "limited", 3600, True),  # four times in vain: once an hour, and somebody hears
        (429, False, "retry", None, False),
        (401, False, "limited", 3600, True),  # the address or the check is not right
        (404, False, "limited", 3600, True),
        (302, False, "limited", 3600, True),  # no other address than the one that was named
        (422, False, "refused", None, False),
    ],
)
async def test_what_an_answer_means(
    url: str, hook: Hook, status: int, last: bool, state: str, wait: float | None, operator: bool
) -> None:
    hook.status = status
    outcome = await sender(url).send(news(last=last))
    assert (outcome.state, outcome.wait, outcome.operator) == (state, wait, operator)
    assert hook.arrived.qsize() == 1


async def test_who_is_not_reached_is_tried_for_longer() -> None:
    outcome = await sender("http://127.0.0.1:9/notify").send(news())
    assert (outcome.state, outcome.asked) == ("retry", False)


async def test_without_a_key_nothing_goes_out(url: str, hook: Hook) -> None:
    outcome = await sender(url, secret="").send(news())
    assert (outcome.state, outcome.operator) == ("limited", True)
    assert "XIAOGE_SECRET_KEY" in outcome.reason
    assert hook.arrived.empty()


async def test_who_is_no_partner_any_more_is_told_nothing(url: str) -> None:
    message = Outgoing("intake", "", "gone", "k1", "已接单。")
    assert (await sender(url).send(message)).state == "refused"

"""The platforms' error codes, and what we make of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.outcome import CODES, http_failure, judge, token_refused
from handlers.copy import sentences
from handlers.message import Channel

EVENING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
TWO_HOURS = 7200.0


@pytest.mark.parametrize(
    ("channel", "code", "state", "wait", "operator"),
    [
        ("wechat", 0, "sent", None, False),
        ("wechat", -1, "retry", None, False),
        ("wechat", 40001, "limited", 600, True),
        ("wechat", 40014, "limited", 600, True),
        ("wechat", 42001, "limited", 600, True),
        ("wechat", 40003, "refused", None, False),
        ("wechat", 43004, "refused", None, False),
        ("wechat", 40125, "limited", 600, True),
        ("wechat", 40164, "limited", 600, True),
        ("wechat", 45002, "refused", None, False),
        ("wechat", 45008, "refused", None, False),
        ("wechat", 45009, "limited", TWO_HOURS, True),
        ("wechat", 45015, "limited", None, False),
        ("wechat", 45047, "limited", None, False),
        ("wechat", 43101, "refused", None, False),
        ("wechat", 47003, "refused", None, False),
        ("wechat", 48001, "limited", None, True),
        ("wechat", 48002, "refused", None, False),
        ("wechat", 99999, "retry", 60, False),
        ("wecom", 0, "sent", None, False),
        ("wecom", 60020, "limited", 600, True),
        ("wecom", 48001, "limited", 600, True),
        ("wecom", 60011, "refused", None, False),
        ("wecom", 81013, "refused", None, False),
        ("wecom", 60111, "refused", None, False),
        ("wecom", 45033, "limited", 60, False),
        ("wecom", 45009, "limited", 60, False),
        ("robot", 93000, "refused", None, False),
        ("robot", 40058, "refused", None, False),
    ],
)
def test_codes(channel: Channel, code: int, state: str, wait: float | None, operator: bool) -> None:
    outcome = judge(channel, code, "in their words", EVENING)
    assert (outcome.state, outcome.wait, outcome.operator) == (state, wait, operator)
    assert outcome.code == code
    assert outcome.reason or state == "sent"


def test_the_wrong_secret_is_the_operators_matter() -> None:
    """40001 means a stale token when a message is sent, but a wrong secret when a token is asked."""
    outcome = token_refused("wecom", 40001, "invalid secret", EVENING)
    assert (outcome.state, outcome.code, outcome.operator) == ("limited", 40001, True)
    assert token_refused("wechat", -1, "busy", EVENING).state == "retry"
    assert token_refused("wechat", 45009, "quota", EVENING).wait == TWO_HOURS


@pytest.mark.parametrize(
    ("status", "state"), [(502, "retry"), (503, "retry"), (404, "retry"), (504, "unknown")]
)
def test_a_gateway_in_between(status: int, state: str) -> None:
    assert http_failure(status).state == state


@pytest.mark.parametrize("channel", CODES)
def test_what_the_operator_has_to_mend_is_said_to_the_admin(channel: Channel) -> None:
    mends = {known.mend for known in CODES[channel].values() if known.operator}
    assert mends
    assert {f"task.mend.{mend}" for mend in mends} <= sentences().keys()

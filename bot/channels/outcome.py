"""What became of a message that we sent: the platforms' error codes as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from casework.calendar import SHANGHAI
from handlers.message import Channel
from storage.reach import Attempt

State = Literal["sent", "retry", "refused", "unknown", "limited"]

QUOTA_ZONE = SHANGHAI  # the platforms' day


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sent`; `retry` certainly not sent, try again; `refused` never will be;
    `unknown` perhaps sent; `limited` certainly not sent, and not before `wait` is over.

    `wait` is in seconds. None with `retry`: as the sender thinks fit; with `limited`: not until
    the person writes again.
    """

    state: State
    code: int = 0  # errcode, or the HTTP status, or 0
    reason: str = ""
    wait: float | None = None
    operator: bool = False  # somebody has to look after the account
    receipt: str = ""  # with which what was sent can be changed
    delivered: int = 0  # parts of a long message that arrived, all or not
    asked: bool = True  # False: the platform was not asked; there was no way, or no sense in it
    attempts: tuple[Attempt, ...] = ()  # of a letter to a villager: which rungs were tried


SENT = Outcome("sent")

# refused with a token fetched this moment: somebody else uses the account, or it was blocked
_TOKEN = Outcome("limited", reason="access token not accepted", wait=600, operator=True)
_BUSY = Outcome("retry", reason="platform busy")
_SETTING = Outcome("limited", wait=600, operator=True)
_FREQUENCY = Outcome("limited", reason="too many calls", wait=60)
_UNTIL_WRITTEN = Outcome("limited")
# an account without 认证: it can answer and nothing else, however long one waits
_NOT_GRANTED = Outcome("limited", reason="account may not use this interface", operator=True)

_BOTH: Mapping[int, Outcome] = {
    -1: _BUSY,
    40001: _TOKEN,
    40014: _TOKEN,
    42001: _TOKEN,
    40013: replace(_SETTING, reason="app id or corp id not valid"),
    40125: replace(_SETTING, reason="secret not valid"),
    45002: Outcome("refused", reason="text too long"),
    45008: Outcome("refused", reason="article too long"),
    45011: _FREQUENCY,
}

_WECHAT: Mapping[int, Outcome] = {
    40003: Outcome("refused", reason="no such openid"),
    43004: Outcome("refused", reason="does not follow the account"),
    40007: Outcome("refused", reason="medium expired or unknown"),
    48001: _NOT_GRANTED,
    50001: _NOT_GRANTED,
    40164: replace(_SETTING, reason="server address not on the IP whitelist"),
    45009: Outcome("limited", reason="daily quota used up", operator=True),
    # Followed by the person's own next word, both open again.
    45015: replace(_UNTIL_WRITTEN, reason="48 hours are over or unfollowed"),
    45047: replace(_UNTIL_WRITTEN, reason="five messages are used up"),
    43101: Outcome("refused", reason="not subscribed"),
    47003: Outcome("refused", reason="template value not valid"),
}

_WECOM: Mapping[int, Outcome] = {
    40003: Outcome("refused", reason="no such userid"),
    60111: Outcome("refused", reason="no such userid"),
    60011: Outcome("refused", reason="member outside the app's visible range"),
    81013: Outcome("refused", reason="member outside the app's visible range"),
    40007: Outcome("refused", reason="medium expired or unknown"),
    48001: replace(_SETTING, reason="account may not use this interface"),
    50001: replace(_SETTING, reason="account may not use this interface"),
    40056: replace(_SETTING, reason="agent id not valid"),
    301002: replace(_SETTING, reason="secret and agent id do not belong together"),
    60020: replace(_SETTING, reason="server address not among the trusted IPs"),
    45009: _FREQUENCY,
    45033: _FREQUENCY,
}

_ROBOT: Mapping[int, Outcome] = {
    93000: Outcome("refused", reason="no such robot"),
    40058: Outcome("refused", reason="text not accepted"),
    45009: _FREQUENCY,
    45033: _FREQUENCY,
    60020: replace(_SETTING, reason="server address not among the trusted IPs"),
}

_PLATFORM: Mapping[Channel, Mapping[int, Outcome]] = {
    "wechat": _WECHAT,
    "wecom": _WECOM,
    "robot": _ROBOT,
}


def judge(channel: Channel, code: int, message: str, now: datetime) -> Outcome:
    """By the platform's errcode. A code that we do not know says at least: not sent."""
    if code == 0:
        return SENT
    known = _PLATFORM[channel].get(code) or _BOTH.get(code)
    if known is None:
        return Outcome("retry", code, message, wait=60)
    if channel == "wechat" and code == 45009:
        known = replace(known, wait=_until_tomorrow(now))
    return replace(known, code=code)


def token_refused(channel: Channel, code: int, message: str, now: datetime) -> Outcome:
    """The platform gives no access token; unless it is busy or tired, a setting is wrong."""
    outcome = judge(channel, code, message, now)
    if outcome.state == "limited" or code == -1:
        return outcome
    return replace(_SETTING, code=code, reason=f"no access token: {message}")


def http_failure(status: int) -> Outcome:
    """A gateway's answer instead of the platform's."""
    if status == 504:
        return Outcome("unknown", status, "gateway timed out")
    return Outcome("retry", status, f"HTTP {status}", wait=60 if status < 500 else None)


def _until_tomorrow(now: datetime) -> float:
    today = now.astimezone(QUOTA_ZONE)
    midnight = datetime.combine(today.date() + timedelta(days=1), time(), QUOTA_ZONE)
    return (midnight - today).total_seconds()

"""What became of a message that we sent. What the platforms' error codes mean stands in codes.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Final, Literal

from casework.calendar import SHANGHAI
from handlers.message import Channel, Mend
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
    means: str = ""  # what the platform's errcode means, and …
    mend: Mend = ""  # … what somebody has to put right: words of codes.toml


SENT = Outcome("sent")

_SETTING = Outcome("limited", wait=600, operator=True)


def _codes(platform: Channel) -> Mapping[int, Outcome]:
    """The rows of a platform, and what each says."""
    table = tomllib.loads((files("bot.channels") / "codes.toml").read_text("utf-8"))
    rows: Mapping[str, tuple[str, str]] = {**table["every"], **table[platform]}
    return {
        int(code): Outcome(code=int(code), means=means, reason=reason, **table["means"][means])
        for code, (means, reason) in rows.items()
    }


CODES: Final[Mapping[Channel, Mapping[int, Outcome]]] = {
    "wechat": _codes("wechat"),
    "wecom": _codes("wecom"),
    "robot": _codes("robot"),
}

TOKEN_REFUSED: Final = frozenset(
    code for code, known in CODES["wechat"].items() if known.means == "token"
)


def judge(channel: Channel, code: int, message: str, now: datetime) -> Outcome:
    """By the platform's errcode. A code that we do not know says at least: not sent."""
    if code == 0:
        return SENT
    known = CODES[channel].get(code)
    if known is None:
        return Outcome("retry", code, message, wait=60)
    return replace(known, wait=_until_tomorrow(now)) if known.means == "quota" else known


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

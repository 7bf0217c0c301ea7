"""People and matters of 青石镇, as storage wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from casework.calendar import SHANGHAI
from casework.case import Case, Decision, Event
from casework.clocks import Promise, ScheduledStep
from casework.duration import Duration
from casework.rights import THE_SERVICE, Actor, Viewer
from casework.town import Authority, Post, Staff, Town, Unit
from storage import people
from storage.database import Database, Moment
from storage.record import Letter, record
from storage.sending import Claimed, Parcel, Way
from storage.session import WriteSession
from storage.villager import Villager

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)

POSTS = {
    "shiqiang-g3": Post("shiqiang-g3", "网格员", "shiqiang-3", "member", ("li",)),
    "shiqiang-lead": Post("shiqiang-lead", "村书记", "shiqiang", "lead", ("wang",)),
    "qingshan-lead": Post("qingshan-lead", "村书记", "qingshan", "lead", ("sun",)),
    "intake": Post("intake", "受理岗", "qingshi", "admin", ("zhao",)),
    "discipline": Post("discipline", "纪检", "qingshi", "discipline", ("zhou",)),
}
STAFF = {
    "li": Staff("li", "李网格", "li", posts=("shiqiang-g3",)),
    "wang": Staff("wang", "王书记", "wang", posts=("shiqiang-lead",)),
    "sun": Staff("sun", "孙书记", "sun", posts=("qingshan-lead",)),
    "zhao": Staff("zhao", "赵镇长", "zhao", posts=("intake",)),
    "zhou": Staff("zhou", "纪检小周", "zhou", posts=("discipline",)),
}
TOWN = Town(
    id="qingshi",
    name="青石镇",
    method="zhongjiang",
    intake="intake",
    discipline="discipline",
    duty="intake",
    authority=Authority("县纪委监委", "12388"),
    units={
        "qingshi": Unit("qingshi", "青石镇", "township"),
        "shiqiang": Unit("shiqiang", "石墙村", "village", "qingshi"),
        "shiqiang-3": Unit("shiqiang-3", "三组", "group", "shiqiang"),
        "qingshan": Unit("qingshan", "青山村", "village", "qingshi"),
    },
    posts=POSTS,
    staff=STAFF,
)
SERVICE = Viewer(THE_SERVICE, TOWN)


def each_alone(letters: Sequence[Claimed]) -> list[Parcel]:
    return [Parcel((letter,)) for letter in letters]


WAYS = {channel: Way(each_alone) for channel in ("wechat", "wecom")}


def staff(name: str) -> Viewer:
    """李网格 li, 王书记 wang, 孙书记 sun, 赵镇长 zhao, 纪检小周 zhou."""
    return Viewer(Actor(f"staff:{name}", staff=STAFF[name]), TOWN)


def villager(identity: int) -> Viewer:
    return Viewer(Actor(f"villager:{identity}", villager=identity), TOWN)


def stranger() -> Viewer:
    """陌生人: somebody on 企业微信 who is not in the town file."""
    return Viewer(Actor("stranger:x", staff=Staff("x", "陌生人", "x")), TOWN)


def case(number: int, **different: Any) -> Case:
    """张大娘's street lamp, with what is different about this one."""
    return replace(
        Case(
            number=number,
            state="assigned",
            kind="grievance",
            subkind="",
            field="城乡建设",
            topic="路灯",
            urgency="ordinary",
            ledger="民生",
            level="group",
            unit="shiqiang-3",
            place="",
            lead_post="shiqiang-g3",
            first_post="shiqiang-g3",
            previous_post=None,
            villager=None,
            anonymous=False,
            protected=False,
            query_word="",
            text="村口路灯坏了",
            channel="wechat",
            method="zhongjiang@00000000",
            opened_at=MONDAY,
            promised_at=MONDAY + 24 * HOUR,
            settle_by=None,
            heard_at=MONDAY,
        ),
        **different,
    )


def opened(each: Case, *promises: Promise, key: str | None = None) -> Decision:
    return Decision("open", None, each, (Event("open", "system", each.text, key=key),), promises)


def promise(name: Any = "reply", *after: float) -> Promise:
    """A clock with a reminder after each of so many hours."""
    steps = tuple(ScheduledStep(MONDAY + hours * HOUR, "remind", ("handler",)) for hours in after)
    return Promise(name, MONDAY, MONDAY + 24 * HOUR, False, "+ 24 h", steps, Duration(24, "h"))


def letter(key: str, to: str = "li", **different: Any) -> Letter:
    given: dict[str, Any] = {
        "channel": "wecom", "account": "", "recipient": to, "key": key, "text": key,
        "importance": "ordinary", "not_before": MONDAY,
    }  # fmt: skip
    return Letter(**(given | different))


def message(key: str, **different: Any) -> dict[str, Any]:
    """What an incoming message brings with it."""
    return {
        "key": key, "person": "wechat:gh:zhang", "kind": "text", "text": "路灯坏了", "more": {},
    } | different  # fmt: skip


def row(key: str, **different: Any) -> dict[str, Any]:
    """The columns of an incoming message that has been there for a while."""
    return message(key) | {"at": MONDAY, "received_at": MONDAY} | different


def file(database: Database, *decisions: Decision, letters: Iterable[Letter] = ()) -> None:
    """Write decisions, on Monday morning."""

    def work(session: WriteSession, _: Moment) -> None:
        for decision in decisions:
            record(session, decision, letters, MONDAY, MONDAY)

    database.write("file", work).result(10)


def met(database: Database, name: str) -> Villager:
    """A villager who has just spoken."""

    def work(session: WriteSession, _: Moment) -> Villager:
        return people.meet(session, "wechat", "gh", name, MONDAY, MONDAY)

    return database.write(f"wechat:gh:{name}", work).result(10)

"""A case 事项: one matter, one record, one file; and how it changes.

A `Decision` is what casework makes of an action: the case as it will be, what is written into
its history, which clocks stop and start. `storage.record` writes it, nobody else writes cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from casework.clocks import Clock, Promise
from casework.joint.call import Call

ASSIGNED: Final = "assigned"  # 待接单
HANDLING: Final = "handling"  # 办理中
WAITING: Final = "waiting"  # 待补充
ANSWERED: Final = "answered"  # 待评价
SETTLED: Final = "settled"  # 已结账
MERGED: Final = "merged"  # 并案
WITHDRAWN: Final = "withdrawn"  # 撤回
ARCHIVED: Final = "archived"  # 已销号

BEFORE_ANSWER: Final = frozenset({ASSIGNED, HANDLING, WAITING})
OPEN: Final = BEFORE_ANSWER | {ANSWERED}
CLOSED: Final = frozenset({SETTLED, ARCHIVED, MERGED, WITHDRAWN})
PUBLIC: Final = "公示·"  # before a form in which it was made public, among what is on record
CONTENT: Final = 3  # 基本满意: from this rating on somebody is content


@dataclass(frozen=True, slots=True)
class Case:
    """The case row: the projection of its history. Field order is the column order."""

    number: int
    state: str
    kind: str
    subkind: str
    field: str
    topic: str
    urgency: str
    ledger: str
    level: str
    unit: str | None
    place: str
    lead_post: str
    first_post: str
    previous_post: str | None
    villager: int | None
    anonymous: bool
    protected: bool
    query_word: str
    text: str
    channel: str
    method: str
    opened_at: datetime
    promised_at: datetime | None  # until when an answer is promised
    settle_by: datetime | None  # until when it has to be 办结
    heard_at: datetime  # last word of the villager
    replied_at: datetime | None = None  # the first substantive answer of this round
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    rating: int | None = None  # 5 很满意 … 1 很不满意
    bad_ratings: int = 0
    urged: int = 0
    reopened: int = 0
    extended: int = 0
    supervised: int = 0
    yellow_cards: int = 0
    red_cards: int = 0
    merged_into: int | None = None
    recused: str = ""  # staff who stay away 回避, their ids between spaces
    waits_for: str | None = None  # of a case that waits: villager | review 挂账 | hearing 听证
    review_at: datetime | None = None  # when somebody looks at it again
    track: str = ""  # the list 清单 of the method on which it stands
    extent: str = ""  # how many are affected: household … county; empty: not said
    facts: str = ""  # what is on record 留痕 for it, one a line
    published_at: datetime | None = None  # 公示
    wanted_by: datetime | None = None  # until when the partner 对接单位 that sent it wants it done
    solved: bool | None = None  # 解决: what the villager said of it with the rating
    called: str = ""  # posts that have a part in what is done jointly 联办, between spaces

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def is_late(self, now: datetime) -> bool:
        """True if what is promised should have been done."""
        return self.promised_at is not None and self.promised_at < now

    @property
    def asks_villager(self) -> bool:
        """True while the next word of the villager is the answer that the case waits for."""
        return self.state == WAITING and self.waits_for == "villager"

    @property
    def on_record(self) -> frozenset[str]:
        """The names of what was put on record: 议账, 签字 …"""
        return frozenset(self.facts.split("\n"))

    @property
    def forms(self) -> tuple[str, ...]:
        """In which forms the result is public: 公示栏, 广播 …"""
        return tuple(
            fact.removeprefix(PUBLIC) for fact in self.facts.split("\n") if fact.startswith(PUBLIC)
        )

    @property
    def called_posts(self) -> frozenset[str]:
        return frozenset(self.called.split())

    @property
    def disputed(self) -> bool:
        """Answered, and the villager is not content: a person above the handler decides."""
        return self.state == ANSWERED and self.rating is not None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history 办理记录. `key` is unique for ever where it is given."""

    kind: str
    actor: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action does to a case. `before` is None for a new one."""

    action: str
    before: Case | None
    case: Case
    events: tuple[Event, ...]
    start: tuple[Promise, ...] = ()
    stop: tuple[str, ...] = ()  # names of clocks; ("*",) stops all
    changed: tuple[Clock, ...] = ()  # clocks that stand still now, or go on
    parties: tuple[int, ...] = ()  # villagers who join the case
    calls: tuple[Call, ...] = ()  # 联办 that began, changed, or ended

    @property
    def changes(self) -> dict[str, Any]:
        """Columns whose value differs from before."""
        if self.before is None:
            raise ValueError("a new case has no changes")
        return {
            name: value
            for name in Case.__slots__
            if (value := getattr(self.case, name)) != getattr(self.before, name)
        }

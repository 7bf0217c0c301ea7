"""The town as a value: units 机构, posts 岗位, staff 人员, departments, places, answers.

Built from the town's entries (`casework.townfile`), part of the book, never changed in place.
Cases belong to posts, so that they survive a change of staff; whatever is routed ends at a
post, in the last instance the 受理岗 (`Town.intake`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from casework.office import USUAL, Office
from casework.rhythm import Rule

LEVELS = ("household", "group", "grid", "village", "township", "county")  # from below
READS = ("wecom", "wechat")  # 企业微信 itself, or its messages in WeChat, where buttons do not show
LISTS = ("daily", "overdue", "cards")  # what a robot says in its group
ROLES = ("member", "lead", "department", "admin", "discipline", "county", "inspector", "helper")


@dataclass(frozen=True, slots=True)
class Unit:
    """机构: a place in the tree. A department 部门 is a unit of level `township` with `department`."""

    id: str
    name: str
    level: str  # one of LEVELS
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    department: bool = False
    # departments only: what it answers for (lexicon topic or field names) …
    topics: tuple[str, ...] = ()
    # … and of these, what goes to it at once, past grid and village
    direct: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """岗位: who answers for a unit. `holders` in the order in which they are asked."""

    id: str
    title: str  # 网格员, 村书记, 受理岗 …
    unit: str
    role: str  # one of ROLES
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """人员: a person with an account in 企业微信."""

    id: str
    name: str
    userid: str
    phone: str = ""
    posts: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()  # names of near kin, for 回避
    reads: str = ""  # where they read letters: one of READS; "" as the town says
    skills: tuple[
        str, ...
    ] = ()  # what they can do, in the words of the lexicon's topics or their own
    backup: str | None = None  # B岗: who stands in at any time
    covers: tuple[str, ...] = ()  # posts of those whom this person stands in for

    @property
    def names(self) -> tuple[str, ...]:
        """By which this person is called."""
        return (self.name, self.userid, self.id)

    @property
    def hands(self) -> tuple[str, ...]:
        """All posts for which this person may act."""
        return (*self.posts, *self.covers)


@dataclass(frozen=True, slots=True)
class Roster:
    """值班表: who has the turn at a post, so many days each, from `start` on."""

    post: str
    start: date
    days: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """请假: from the first to the last day, both included."""

    person: str
    first: date
    last: date
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """地名: a road, a landmark, a natural village, and the unit it lies in."""

    id: str
    name: str
    unit: str
    aliases: tuple[str, ...] = ()
    point: tuple[float, float] | None = None  # latitude and longitude, for what gives no name


@dataclass(frozen=True, slots=True)
class Answer:
    """答案: a consultation that the town can answer at once. Field order is that of the file."""

    id: str
    questions: tuple[str, ...]  # ways to ask it
    words: tuple[str, ...]  # of its subject: a question about this has one of them
    text: str  # the answer in plain words
    title: str = ""
    needs: tuple[str, ...] = ()  # one of these has to stand in the question as well
    unless: tuple[str, ...] = ()  # with one of these it is another matter
    papers: tuple[str, ...] = ()  # 一次告知: all that has to be brought
    place: str = ""
    hours: str = ""
    phone: str = ""  # if it is not the one of the post
    basis: str = ""  # 依据
    scope: str = ""  # 范围
    body: str = ""  # 主体
    how: str = ""  # 方式
    term: str = ""  # 时限
    conduct: str = ""  # 纪律
    topic: str = ""  # of the lexicon: whose department knows more
    post: str | None = None  # who knows more, if that is somebody else
    version: int = 1
    valid_until: date | None = None  # after this day nobody is told it
    example: bool = False  # 示例: not yet checked by the town
    stopped: bool = False

    @property
    def name(self) -> str:
        return self.title or self.questions[0]

    @property
    def said(self) -> str:
        """All that it says, for what a question may speak of."""
        return "\n".join(
            (self.title, self.text, *self.papers, self.place, self.scope, self.how, self.body)
        )

    def counts(self, today: date) -> bool:
        """True if it may be told."""
        return not self.stopped and not self.expired(today)

    def expired(self, today: date) -> bool:
        return self.valid_until is not None and today > self.valid_until


@dataclass(frozen=True, slots=True)
class Robot:
    """群机器人: says in a group of 企业微信 what is to be done in a unit and below it. Who has the
    `key` can speak in the group: it is shown nowhere."""

    id: str
    name: str
    key: str = field(repr=False)
    unit: str
    lists: Mapping[str, Rule]  # of LISTS, and when each comes
    reads: str = ""  # where the group reads: one of READS; "" as the town says


@dataclass(frozen=True, slots=True)
class Authority:
    """上级机关: where a report goes that must not be handled inside the township."""

    name: str
    phone: str


@dataclass(frozen=True)
class Town:
    id: str
    name: str
    method: str
    intake: str  # post id of the 受理岗
    discipline: str  # post id of the discipline post 纪检
    duty: str  # post id of the township's duty post 值班
    authority: Authority
    quiet_from: time = time(21, 30)
    quiet_until: time = time(7, 30)
    urgent_at_night: bool = True
    quiet_days: bool = True  # days off hold what is ordinary, as the night does
    digest: time | None = None  # when each person gets the list of the day; None: no list
    office: Office = USUAL
    reads: str = "wecom"  # where staff read letters: one of READS
    notice: str = ""  # 公告: greets villagers, stands in 帮助
    units: Mapping[str, Unit] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    rosters: Mapping[str, Roster] = field(default_factory=dict)  # by post
    leaves: Mapping[str, Leave] = field(default_factory=dict)  # by person
    robots: Mapping[str, Robot] = field(default_factory=dict)
    by_userid: Mapping[str, Staff] = field(default_factory=dict)  # lower-case userid
    by_unit: Mapping[str, tuple[Post, ...]] = field(default_factory=dict)

    @cached_property
    def departments(self) -> tuple[Unit, ...]:
        """Those of the units that answer for topics, not for a place."""
        return tuple(unit for unit in self.units.values() if unit.department)

    def ancestors(self, unit: str | None) -> tuple[Unit, ...]:
        """The unit itself and those above it, from below."""
        chain = []
        while unit is not None and (found := self.units.get(unit)) is not None:
            chain.append(found)
            unit = found.parent
        return tuple(chain)

    def covers(self, upper: str, lower: str | None) -> bool:
        """True if `lower` is `upper` or lies below it."""
        return any(unit.id == upper for unit in self.ancestors(lower))

    def full_name(self, unit: str | None) -> str:
        """石墙村三组: the names from the village down, as people say it."""
        chain = [u for u in self.ancestors(unit) if u.level not in ("township", "county", "grid")]
        own = self.units.get(unit or "")
        if own is not None and own.level == "grid":
            chain.insert(0, own)
        if not chain:
            return own.name if own else ""
        return "".join(u.name for u in reversed(chain))

"""What people do with a case, as words said to the service: each deed looks at the case and says who
says what. What may not be done is refused by the service, as in life; nothing here asks first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from casework.case import ANSWERED, BEFORE_ANSWER, SETTLED, Case
from casework.cover import asked
from casework.methods.method import Method
from casework.recusal import away
from casework.routing import above, answering
from casework.town import Post
from storage.book import Book

ADMIN: Final = "zhao"
DEPARTMENTS: Final = ("水务站", "村镇建设办", "民政办", "司法所", "交通管理站")
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody says something; `staff`: on 企业微信, by their userid."""

    who: str
    text: str
    staff: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """A case as one sees it who is about to do something with it."""

    case: Case
    book: Book
    now: datetime
    rng: Random
    villager: str  # the openid of whose case it is; empty: nobody on 公众号

    @property
    def n(self) -> int:
        return self.case.number

    @property
    def method(self) -> Method:
        return self.book.world(self.now).method_of(self.case)

    @property
    def lead(self) -> Post:
        return answering(self.book.town, self.case.lead_post)

    @property
    def handler(self) -> str:
        return self.there(self.lead)

    @property
    def supervisor(self) -> str:
        upper = above(self.book.town, self.lead)
        return self.there(upper or self.book.town.posts[self.book.town.intake])

    @property
    def sender(self) -> str:
        town = self.book.town
        return self.there(answering(town, self.case.previous_post or town.intake))

    def there(self, post: Post) -> str:
        """Who is there for a post today, by their userid."""
        people = asked(self.book.town, post, self.now, away(self.case)) or post.holders
        return self.book.town.staff[people[0]].userid


Deed = Callable[[Look], list[Word]]


def _handler(text: str) -> Deed:
    return lambda look: [Word(look.handler, text.format(n=look.n))]


def _supervisor(text: str) -> Deed:
    return lambda look: [Word(look.supervisor, text.format(n=look.n))]


def _villager(text: str) -> Deed:
    def deed(look: Look) -> list[Word]:
        said = text.format(n=look.n)
        return [Word(look.villager, said, staff=False)] if look.villager else []

    return deed


def _conclude(look: Look) -> list[Word]:
    """What the method wants on record is put there first."""
    case = look.case
    if case.state not in BEFORE_ANSWER:
        return []
    lacking = [
        each.name
        for each in look.method.required("conclude", case)
        if each.name not in case.on_record
    ]
    words = [Word(look.handler, f"记 {look.n} {name} 都在场，同意这样办") for name in lacking]
    return [*words, Word(look.handler, f"办结 {look.n} 已经修好，现场看过了")]


def _suspend(look: Look) -> list[Word]:
    day = look.now + look.rng.randrange(2, 60) * DAY
    who = look.supervisor if look.lead.id != look.book.town.intake else look.handler
    return [Word(who, f"/挂账 {look.n} {day.month}月{day.day}日 等上级资金")]


def _hear(look: Look) -> list[Word]:
    day = look.now + look.rng.randrange(2, 20) * DAY
    return [Word(look.supervisor, f"/听证 {look.n} {day.month}月{day.day}日 双方当面说清楚")]


def _transfer(look: Look) -> list[Word]:
    return [Word(look.handler, f"转 {look.n} {look.rng.choice(DEPARTMENTS)} 归他们管")]


def _assign(look: Look) -> list[Word]:
    return [Word(look.supervisor, f"/派 {look.n} {look.rng.choice(DEPARTMENTS)} 请今天到场")]


def _delegate(look: Look) -> list[Word]:
    """To somebody of the grids below."""
    town, own = look.book.town, look.lead.unit
    below = [
        town.staff[post.holders[0]].name
        for post in town.posts.values()
        if post.holders and post.unit != own and town.covers(own, post.unit)
    ]
    return [Word(look.handler, f"授权 {look.n} {below[0]} 请上门核实")] if below else []


def _classify(look: Look) -> list[Word]:
    tracks = [track for track in look.method.tracks if not track.stages]
    if not tracks:
        return []
    track = look.rng.choice(tracks)
    return [
        Word(look.handler, f"分类 {look.n} {track.name} {'10天 ' if track.given else ''}等配件")
    ]


def _ask_back(look: Look) -> list[Word]:
    return [Word(look.handler, f"退单 {look.n} 这条路归公路局管")]


def _answer_back(look: Look) -> list[Word]:
    agrees = look.rng.random() < 0.6
    said = f"退回 {look.n} 同意" if agrees else f"不退 {look.n} 就是您那里的"
    return [Word(look.sender, said)]


def _rate(look: Look) -> list[Word]:
    if look.case.state != ANSWERED or not look.villager:
        return []
    word = look.rng.choices(
        ("很满意", "满意", "基本满意", "不满意", "很不满意"), (20, 45, 12, 15, 8)
    )
    return [Word(look.villager, f"{look.n} {word[0]}", staff=False)]


def _decide(look: Look) -> list[Word]:
    """Above the handler somebody decides about a bad rating."""
    if not look.case.disputed:
        return []
    upheld = look.rng.random() < 0.6
    said = f"办结 {look.n} 到现场看过，已经修好" if upheld else f"/重开 {look.n} 灯还是不亮"
    return [Word(look.supervisor, said)]


def _call_back(look: Look) -> list[Word]:
    if look.case.state != ANSWERED:
        return []
    return [Word(look.supervisor, f"/回访 {look.n} 满意 电话里说修好了")]


def _reopen(look: Look) -> list[Word]:
    if look.case.state != SETTLED:
        return []
    return [Word(look.supervisor, f"/重开 {look.n} 又坏了")]


def _merge(look: Look) -> list[Word]:
    return [Word(ADMIN, f"/并案 {look.n} {look.n - 1}")]


def _recuse(look: Look) -> list[Word]:
    name = look.book.town.staff[look.lead.holders[0]].name
    return [Word(ADMIN, f"/回避 {look.n} {name} 说的就是他家")]


DEEDS: Final[Mapping[str, Deed]] = {
    "accept": _handler("接单 {n}"),
    "reply": _handler("回复 {n} 到现场看过，正在联系施工队，下周动工"),
    "ask": _handler("问 {n} 具体是哪一段？"),
    "answer": _villager("补充{n} 就在学校门口那一段"),
    "resume": _handler("续办 {n}"),
    "suspend": _suspend,
    "hear": _hear,
    "request": _handler("延期 {n} 3天 等配件"),
    "approve": _supervisor("延期 {n} 3天 同意"),
    "hand_up": _handler("上报 {n} 需要镇里协调资金"),
    "transfer": _transfer,
    "assign": _assign,
    "delegate": _delegate,
    "classify": _classify,
    "ask_back": _ask_back,
    "answer_back": _answer_back,
    "supervise": lambda look: [Word(ADMIN, f"/督办 {look.n} 3天 修好、拍照")],
    "urge": _villager("催{n}"),
    "add": _villager("补充{n} 今天更严重了"),
    "withdraw": _villager("撤回{n}"),
    "conclude": _conclude,
    "rate": _rate,
    "decide": _decide,
    "call_back": _call_back,
    "reopen": _reopen,
    "publish": _handler("公示 {n}"),
    "archive": _supervisor("/销号 {n}"),
    "merge": _merge,
    "recuse": _recuse,
}
AFTER_THE_END: Final = frozenset({"publish", "archive", "reopen"})


@dataclass(frozen=True, slots=True)
class Habit:
    """A deed of some cases, somewhere on the way to their end (shares of that time)."""

    chance: float
    earliest: float
    latest: float


HABITS: Final[Mapping[str, Habit]] = {
    "accept": Habit(0.9, 0.0, 0.08),
    "classify": Habit(0.3, 0.05, 0.3),
    "reply": Habit(0.5, 0.2, 0.9),
    "ask": Habit(0.12, 0.1, 0.8),
    "suspend": Habit(0.06, 0.1, 0.9),
    "hear": Habit(0.02, 0.1, 0.8),
    "request": Habit(0.1, 0.1, 0.9),
    "hand_up": Habit(0.04, 0.1, 0.8),
    "transfer": Habit(0.08, 0.05, 0.7),
    "assign": Habit(0.03, 0.05, 0.9),
    "delegate": Habit(0.05, 0.1, 0.7),
    "ask_back": Habit(0.04, 0.05, 0.4),
    "supervise": Habit(0.04, 0.3, 0.9),
    "urge": Habit(0.12, 0.3, 1.0),
    "add": Habit(0.1, 0.05, 0.9),
    "withdraw": Habit(0.02, 0.1, 0.9),
    "merge": Habit(0.01, 0.1, 0.6),
    "recuse": Habit(0.01, 0.1, 0.6),
    "conclude": Habit(1.0, 1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Sequel:
    """What may follow from a deed, hours later."""

    deed: str
    chance: float
    earliest: float
    latest: float


SEQUELS: Final[Mapping[str, tuple[Sequel, ...]]] = {
    "ask": (Sequel("answer", 0.6, 0.5, 200), Sequel("resume", 0.1, 24, 100)),
    "suspend": (Sequel("resume", 0.2, 24, 400),),
    "request": (Sequel("approve", 0.7, 0.5, 48),),
    "ask_back": (Sequel("answer_back", 0.8, 0.5, 72),),
    "conclude": (
        Sequel("rate", 0.45, 0.2, 110),
        Sequel("call_back", 0.05, 24, 110),
        Sequel("publish", 0.3, 140, 300),
        Sequel("archive", 0.3, 300, 500),
        Sequel("reopen", 0.02, 130, 600),
    ),
    "rate": (Sequel("decide", 0.7, 2, 120),),
}

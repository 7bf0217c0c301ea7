"""A work method 工作法 as a value: its ladder, its clocks for every sort of case, its conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, Literal, Protocol, get_args

from casework.duration import Duration
from casework.rhythm import Rule
from casework.town import LEVELS

ClockName = Literal[
    "acknowledge",
    "contact",
    "reply",
    "settle",
    "hand_up",
    "decide",
    "silence",
    "publish",
    "supervise",
    "sign_in",
    "feedback",
    "term",
]
Act = Literal["remind", "escalate", "settle", "supervise"]
Audience = Literal["handler", "supervisor", "admin", "first", "villager", "absent", "convener"]
Card = Literal["", "yellow", "red"]
Channel = Literal["message", "digest", "phone"]
PauseReason = Literal["villager", "review", "hearing"]
Approver = Literal["supervisor", "admin"]
Discontent = Literal["decide", "again", "up"]
Rate = Literal["response", "solved", "satisfied"]
Witness = Literal["handler", "supervisor", "admin", "first"]
Gate = Literal["accept", "reply", "hand_up", "conclude", "publish", "archive"]
Proof = Literal["words", "photo"]
CardEffect = Literal["red", "supervise", "list"]
Job = Literal[
    "remind", "list", "meeting", "freeze", "countdown", "zero", "publish", "report", "check", "rank"
]

ANY = "*"
_ORDER: Final = {name: place for place, name in enumerate(get_args(ClockName))}


@dataclass(frozen=True, slots=True)
class Share:
    """A point on the way: so many percent of the whole time have passed."""

    percent: int

    @property
    def code(self) -> str:
        return f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows, and when: `at` counts from the due time (negative: before it)."""

    at: Duration | Share
    do: Act
    to: tuple[Audience, ...]
    card: Card = ""
    by: Channel = "message"
    say: str = ""  # a sentence of the method's own


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One promise 时限 and the cases that it is for; `*` stands for all."""

    name: ClockName
    due: Duration
    steps: tuple[Step, ...]
    kind: str = ANY
    subkind: str = ANY
    topic: str = ANY
    urgency: str = ANY
    level: str = ANY  # a level of the town
    track: str = ANY  # the list 清单 on which the case was put
    extent: str = ANY  # how many are affected: household … county
    round: str = ANY  # how often it was taken up again: 0, 1 复查, 2 复核

    # Both are asked for each rule and each sort of case, so they are put down once.
    selectors: tuple[str, ...] = field(init=False, repr=False, compare=False)
    specificity: tuple[bool, ...] = field(init=False, repr=False, compare=False)  # the greater wins

    def __post_init__(self) -> None:
        """The selectors in the order of their weight.

        A report 举报 stays on its own ladder whatever it is about; what a person has decided about
        this one case (taken up again, put on a list) is more particular than its topic, a topic's
        own times than those of a kind, and these than those of an urgency or a level.
        """
        selectors = (
            self.subkind,
            self.round,
            self.track,
            self.topic,
            self.kind,
            self.urgency,
            self.extent,
            self.level,
        )
        object.__setattr__(self, "selectors", selectors)
        object.__setattr__(self, "specificity", tuple(each != ANY for each in selectors))


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of the ladder, with the town's levels that stand on it."""

    name: str
    title: str
    covers: tuple[str, ...]


class Sort(Protocol):
    """What the rules of a method ask about a case."""

    @property
    def kind(self) -> str: ...
    @property
    def subkind(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def extent(self) -> str: ...


class Placed(Sort, Protocol):
    """The same of a case that has a place on the ladder."""

    @property
    def level(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def reopened(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Cases:
    """A set of cases; an empty tuple stands for all."""

    kind: tuple[str, ...] = ()
    subkind: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    extent: tuple[str, ...] = ()
    level: tuple[str, ...] = ()  # levels of the town
    track: tuple[str, ...] = ()

    def fit(self, case: Sort) -> bool:
        """By what is known of a case before it has a place."""
        return all(
            not wanted or value in wanted
            for wanted, value in (
                (self.kind, case.kind),
                (self.subkind, case.subkind),
                (self.topic, case.topic),
                (self.urgency, case.urgency),
                (self.extent, case.extent),
            )
        )

    def hold(self, case: Placed) -> bool:
        return (
            self.fit(case)
            and (not self.level or case.level in self.level)
            and (not self.track or case.track in self.track)
        )


@dataclass(frozen=True, slots=True)
class Start:
    """At which levels of the town a new case begins."""

    levels: tuple[str, ...]
    cases: Cases


@dataclass(frozen=True, slots=True)
class Track:
    """A list 清单 on which a case can be put, with clocks of its own.

    `given`: whoever puts it there says how long it will take; `stages`: in how many parts 分期.
    A new case stands on the first track whose `cases` it is one of."""

    id: str
    name: str
    given: bool
    stages: bool
    cases: Cases | None  # None: only if somebody puts it there


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be on record 留痕 before something may be done: 议账, 签字, 照片 …"""

    name: str
    before: tuple[Gate, ...]  # actions
    by: tuple[Witness, ...]  # who puts it on record
    how: Proof
    cases: Cases


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a case's life by the method's own name; reached by any of these events."""

    name: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """What stops clocks, and for how long at most."""

    reason: PauseReason
    limit: Duration
    clocks: tuple[ClockName, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: who approves, how often, how long in all; None: without a limit."""

    by: tuple[Approver, ...] = ("supervisor", "admin")
    times: int | None = None
    limit: Duration | None = None
    clocks: tuple[ClockName, ...] = ("reply", "settle")


@dataclass(frozen=True, slots=True)
class HandBack:
    """退单: until when, how often, and whether whoever gave it has to agree."""

    window: Duration | None = None
    times: int | None = None
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """When a case is over. Ratings from `accepts` on settle it; below, what `unsatisfied` says:
    a person decides, the same hands begin again, or the next level does. After so many `rounds`
    the last answer stands. `archive`: settled cases are struck off 销号 by somebody else."""

    accepts: int = 3
    unsatisfied: Discontent = "decide"
    rounds: int | None = None
    archive: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """公示: whether the result is made public before a case is struck off, how long, in how many forms."""

    required: bool = False
    days: Duration | None = None
    forms: int = 1


@dataclass(frozen=True, slots=True)
class Top:
    """Nobody stands above the handler any more. Terms of minutes made anew would bring a card each,
    without end: for cases of this `urgency` one promise is left, `every` so long (None: what the
    method gives to settle), and each time that it is over these are told of it."""

    urgency: tuple[str, ...] = ("emergency",)
    every: Duration | None = None
    to: tuple[Audience, ...] = ("supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Consequence:
    """So many cards within a time, and what they bring: 红牌, 督办, 挂牌."""

    card: Card
    count: int
    within: Duration | None
    do: CardEffect

    def comes_with(self, count: int) -> bool:
        """True for the card that is one too many: each third, where it says three."""
        return count > 0 and count % self.count == 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A job that comes again: meetings, lists, checks."""

    id: str
    name: str
    when: Rule
    do: Job
    to: tuple[Audience, ...]
    level: tuple[str, ...]  # levels of the town at which it is done; empty: the township
    text: str
    missed: Literal["catch_up", "skip"]


@dataclass(frozen=True)
class Method:
    id: str
    name: str
    origin: str
    source: str
    levels: tuple[Level, ...]  # from below
    clocks: tuple[ClockRule, ...]
    digest: str  # of the text: a case keeps the one that it was opened under
    starts: tuple[Start, ...] = ()
    tracks: tuple[Track, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    stages: tuple[Stage, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extension: Extension = Extension()
    hand_back: HandBack = HandBack()
    closing: Closing = Closing()
    publication: Publication = Publication()
    top: Top = Top()
    consequences: tuple[Consequence, ...] = ()
    rhythms: tuple[Rhythm, ...] = ()
    delegates: tuple[str, ...] = LEVELS  # levels of the town that may delegate 授权
    rates: tuple[Rate, ...] = ()
    text: str = field(default="", repr=False, compare=False)  # the TOML that it was read from

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def version(self) -> str:
        """What a case keeps: `zhongjiang@1f3c9a20`."""
        return f"{self.id}@{self.digest[:8]}"

    @property
    def silence(self) -> Duration:
        """How long a villager may be silent after 办结 until the method acts."""
        return self.rule("silence", ANY, ANY, ANY, ANY).due

    @cached_property
    def skipped(self) -> frozenset[str]:
        """Levels of the town that stand on no rung: a case climbs past them."""
        return frozenset(LEVELS) - {covered for level in self.levels for covered in level.covers}

    def rung(self, level: str) -> str:
        """What the method calls a level of the town; empty for one on no rung."""
        return next((rung.title for rung in self.levels if level in rung.covers), "")

    def rules(
        self,
        kind: str,
        topic: str,
        urgency: str,
        level: str,
        subkind: str = "",
        track: str = "",
        extent: str = "",
        round: int = 0,
    ) -> tuple[ClockRule, ...]:
        """One rule for each clock name, in the order of `ClockName`; of several the most specific."""
        return _rules(self, kind, subkind, topic, urgency, level, track, extent, round)

    def rules_of(self, case: Placed) -> tuple[ClockRule, ...]:
        return _rules(
            self,
            case.kind,
            case.subkind,
            case.topic,
            case.urgency,
            case.level,
            case.track,
            case.extent,
            case.reopened,
        )

    def rule(
        self, name: ClockName, kind: str, topic: str, urgency: str, level: str, subkind: str = ""
    ) -> ClockRule:
        """The rule of one clock. Raises LookupError for a clock that the method does not have."""
        for rule in self.rules(kind, topic, urgency, level, subkind):
            if rule.name == name:
                return rule
        raise LookupError(f"工作法“{self.name}”没有时限 {name}。")

    def start(self, case: Sort) -> tuple[str, ...]:
        """The levels at which such a case begins; empty: with the people nearest to it."""
        return next((start.levels for start in self.starts if start.cases.fit(case)), ())

    def first_track(self, case: Sort) -> str:
        """The list on which such a case stands from the beginning; empty: on none."""
        return next(
            (t.id for t in self.tracks if t.cases is not None and t.cases.fit(case)),
            "",
        )

    def track(self, word: str) -> Track | None:
        """The list of this name."""
        return next((track for track in self.tracks if word in (track.id, track.name)), None)

    def pause(self, reason: str) -> Pause | None:
        """What the method says about waiting for this; None: its clocks run on."""
        return next((pause for pause in self.pauses if pause.reason == reason), None)

    def required(self, action: str, case: Placed) -> tuple[Requirement, ...]:
        """What has to be on record before this may be done with the case."""
        return tuple(
            each for each in self.requirements if action in each.before and each.cases.hold(case)
        )

    @property
    def silence_settles(self) -> bool:
        """False where only the villager's own word ends a case."""
        steps = [step for rule in self.clocks if rule.name == "silence" for step in rule.steps]
        return any(step.do == "settle" for step in steps)


@lru_cache(maxsize=8192)
def _rules(
    method: Method,
    kind: str,
    subkind: str,
    topic: str,
    urgency: str,
    level: str,
    track: str,
    extent: str,
    round: int,
) -> tuple[ClockRule, ...]:
    case = (subkind, str(round), track, topic, kind, urgency, extent, level)
    return most_specific(method.clocks, case)


def most_specific(clocks: Iterable[ClockRule], case: tuple[str, ...]) -> tuple[ClockRule, ...]:
    """One rule for each clock name, of those that fit a case; `case` in the order of `selectors`."""
    best: dict[str, ClockRule] = {}
    for rule in clocks:
        for chosen, value in zip(rule.selectors, case, strict=True):
            if chosen not in (ANY, value):
                break
        else:
            if rule.name not in best or rule.specificity > best[rule.name].specificity:
                best[rule.name] = rule
    return tuple(sorted(best.values(), key=lambda rule: _ORDER[rule.name]))

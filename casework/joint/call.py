"""A call 召集 on a case, and the parts of those who are called: values, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.joint.form import Form, forms

INVITED: Final = "invited"  # 待报到
SIGNED_IN: Final = "signed_in"  # 已报到
REPORTED: Final = "reported"  # 已反馈
EXCUSED: Final = "excused"  # 不用来了

# the part that a clock is about, and the states in which it is still awaited
AWAITED: Final[Mapping[str, frozenset[str]]] = {
    "sign_in": frozenset({INVITED}),
    "feedback": frozenset({INVITED, SIGNED_IN}),
    "term": frozenset({INVITED, SIGNED_IN, REPORTED}),  # until the end of it
}
CLOCKS: Final = tuple(AWAITED)


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a case: a post of the town, or somebody by `name` who has no account."""

    post: str
    role: str  # the field of the form under which they were named: 部门, 领导, 律师 …
    state: str = INVITED
    name: str = ""
    signed_at: datetime | None = None
    place: str = ""  # where they signed in, if they sent it
    report: str = ""
    reported_at: datetime | None = None
    missed: int = 0  # how often a time went by without a word
    rating: int | None = None
    rated_by: str = ""

    @property
    def key(self) -> str:
        return self.post or self.name

    @property
    def awaited(self) -> bool:
        return self.state in (INVITED, SIGNED_IN)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `fields` are what was said with it, by the names of the form, and at its end."""

    case_number: int
    form_id: str
    convener: str  # the post that called
    opened_at: datetime
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    children: tuple[int, ...] = ()  # the numbers of cases that belong to it
    due: Mapping[str, datetime] = field(default_factory=dict)  # until when, by clock
    closed_at: datetime | None = None
    outcome: str = ""
    id: int | None = None

    @property
    def form(self) -> Form:
        return forms()[self.form_id]

    @property
    def open(self) -> bool:
        return self.closed_at is None

    def awaited(self, clock: str) -> tuple[Part, ...]:
        """Those from whom this clock still waits for something."""
        if not self.open or clock not in self.form.clocks:
            return ()
        return tuple(part for part in self.parts if part.state in AWAITED[clock])

    def part(self, key: str) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)

    def changed(self, keys: Sequence[str], **changes: Any) -> Call:
        """The call with these parts changed."""
        parts = tuple(replace(part, **changes) if part.key in keys else part for part in self.parts)
        return replace(self, parts=parts)


def same_form(calls: Sequence[Call], call: Call) -> Call | None:
    """The open call that another one of its form adds to."""
    return next((each for each in calls if each.open and each.form_id == call.form_id), None)


SOMEBODY: Final = "+"  # stands for those without an account: no id of a post is written so


def called(calls: Sequence[Call]) -> str:
    """The posts that have a part in what is open, as they stand with the case; empty: nothing is."""
    posts = {
        part.post
        for call in calls
        if call.open
        for part in call.parts
        if part.post and part.state != EXCUSED
    }
    if any(call.open for call in calls):
        posts.add(SOMEBODY)
    return f" {' '.join(sorted(posts))} " if posts else ""


def late(calls: Sequence[Call], clock: str, due: datetime) -> list[Call]:
    """The calls that a clock of this name and time is about, if somebody is still awaited."""
    return [call for call in calls if call.due.get(clock) == due and call.awaited(clock)]

"""A decision on its way: what it is made of, and what a case's method promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.calendar import Calendar
from casework.case import Case
from casework.clocks import Clock, Promise, promise
from casework.methods.method import ClockRule, Method
from casework.rights import Actor
from casework.town import Town


@dataclass(frozen=True, slots=True)
class World:
    """What a decision needs to know of the town, and what time it is there."""

    town: Town
    methods: Mapping[str, Method]
    calendar: Calendar
    now: datetime
    _promised: dict[int, Promise] = field(default_factory=dict, compare=False, repr=False)

    def promise(self, rule: ClockRule) -> Promise:
        """The clock of `rule`, started now: the same for every case of this moment."""
        made = self._promised.get(id(rule))
        if made is None:
            made = self._promised[id(rule)] = promise(rule, self.now, self.calendar)
        return made

    def method_of(self, case: Case) -> Method:
        """The method that the case was opened under; the town's own if that is gone."""
        name = case.method.partition("@")[0]
        return self.methods.get(name) or self.methods[self.town.method]


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision on its way."""

    world: World
    actor: Actor
    before: Case
    after: Case
    given: Mapping[str, Any]
    stop: tuple[str, ...]
    start: tuple[Promise, ...] = ()
    changed: tuple[Clock, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    parties: tuple[int, ...] = ()

    @property
    def clocks(self) -> Sequence[Clock]:
        """The case's clocks that have not stopped, where the action has to do with them."""
        clocks: Sequence[Clock] = self.given.get("clocks", ())
        return clocks


# begin when something is done, not with the case or a new level
_LATER: Final = frozenset({"decide", "silence", "publish", "supervise"})
_FIRST_WORDS: Final = frozenset({"contact", "reply"})  # not again once there was an answer


def promises(world: World, case: Case, *names: str) -> tuple[Promise, ...]:
    """The clocks of the case's method for its kind, topic, urgency and level."""
    rules = rules_of(world, case)
    out = _LATER | _FIRST_WORDS if case.replied_at else _LATER
    return tuple(
        world.promise(rule)
        for rule in rules
        if (rule.name in names if names else rule.name not in out)
    )


def rules_of(world: World, case: Case) -> tuple[ClockRule, ...]:
    """The rules of the case's method for its kind, topic, urgency and level."""
    return world.method_of(case).rules(
        case.kind, case.topic, case.urgency, case.level, case.subkind
    )


def promised(case: Case, clocks: Sequence[Promise | Clock]) -> Case:
    """The case with what is promised to the villager now: an answer by the reply clock's time or,
    once there was one, the end of the matter by the settle clock's."""
    due_at = {clock.name: clock.due_at for clock in clocks}
    settle = due_at.get("settle", case.settle_by)
    answer = due_at.get("reply", settle if case.replied_at else case.promised_at or settle)
    return replace(case, promised_at=answer, settle_by=settle)

"""A decision on its way: what it is made of, what a case's method promises, and the moves that
several actions share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.calendar import Calendar
from casework.case import ASSIGNED, BEFORE_ANSWER, PUBLIC, Case
from casework.clocks import Clock, Promise, ScheduledStep, promise
from casework.duration import until
from casework.hours import opening
from casework.joint.call import CLOCKS, Call
from casework.methods.method import ClockRule, Method, Top
from casework.recusal import away, free, free_above, stand_in
from casework.rights import Actor
from casework.routing import answering, level_of
from casework.town import Town


@dataclass(frozen=True, slots=True)
class World:
    """What a decision needs to know of the town, and what time it is there."""

    town: Town
    methods: Mapping[str, Method]
    calendar: Calendar
    now: datetime
    _promised: dict[int, Promise] = field(default_factory=dict, compare=False, repr=False)
    _openings: dict[str, datetime] = field(default_factory=dict, compare=False, repr=False)

    def promise(self, rule: ClockRule) -> Promise:
        """The clock of `rule`, started now: the same for every case of this moment."""
        made = self._promised.get(id(rule))
        if made is None:
            made = self._promised[id(rule)] = promise(rule, self.now, self.calendar)
        return made

    def opening(self, urgency: str) -> datetime:
        """When staff may be told something of this urgency: the same for every case of this moment."""
        found = self._openings.get(urgency)
        if found is None:
            found = self._openings[urgency] = opening(self.town, self.calendar, urgency, self.now)
        return found

    def method_of(self, case: Case) -> Method:
        """The method that the case was opened under; the town's own if that is gone."""
        own = self.methods.get(case.method)
        return own or self.methods.get(case.method.partition("@")[0]) or self.method

    @property
    def method(self) -> Method:
        """The town's own, for what begins now."""
        return self.methods[self.town.method]


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
    calls: tuple[Call, ...] = ()

    @property
    def clocks(self) -> Sequence[Clock]:
        """The case's clocks that have not stopped, where the action has to do with them."""
        clocks: Sequence[Clock] = self.given.get("clocks", ())
        return clocks


# begin when something is done, not with the case or a new level
_LATER: Final = frozenset({"decide", "silence", "publish", "supervise", *CLOCKS})
_CAPPED: Final = frozenset({"reply", "settle"})  # what a partner waits for
_FIRST_WORDS: Final = frozenset({"contact", "reply"})  # not again once there was an answer


def promises(world: World, case: Case, *names: str) -> tuple[Promise, ...]:
    """The clocks of the case's method for its kind, topic, urgency and level."""
    rules = rules_of(world, case)
    out = _LATER | _FIRST_WORDS if case.replied_at else _LATER
    return tuple(
        _made(world, case, rule)
        for rule in rules
        if (rule.name in names if names else rule.name not in out)
    )


def _made(world: World, case: Case, rule: ClockRule) -> Promise:
    """The clock by the method; one that would let the partner's own deadline pass is due at that."""
    made = world.promise(rule)
    if case.wanted_by is None or rule.name not in _CAPPED:
        return made
    if not world.now < case.wanted_by < made.due_at:
        return made
    return promise(rule, world.now, world.calendar, until(world.now, case.wanted_by))


def rules_of(world: World, case: Case) -> tuple[ClockRule, ...]:
    """The rules of the case's method for its kind, topic, urgency and level."""
    return world.method_of(case).rules_of(case)


def promised(case: Case, clocks: Sequence[Promise | Clock]) -> Case:
    """The case with what is promised to the villager now: an answer by the reply clock's time or,
    once there was one, the end of the matter by the settle clock's."""
    due_at = {clock.name: clock.due_at for clock in clocks}
    settle = due_at.get("settle", case.settle_by)
    answer = due_at.get("reply", settle if case.replied_at else case.promised_at or settle)
    return replace(case, promised_at=answer, settle_by=settle)


def anew(draft: Draft, *names: str) -> Draft:
    """The promises that these clocks are, from now on."""
    start = promises(draft.world, draft.after, *names)
    return replace(draft, after=promised(draft.after, start), start=start)


# --- moves --------------------------------------------------------------------------------------


def to_post(draft: Draft, post: str, **changes: Any) -> Draft:
    """Responsibility moves: the new post has to accept, the promises to the villager run on. Past
    who has to stay away it goes to the next one above."""
    town = draft.world.town
    to, skipped = answering(town, post), draft.world.method_of(draft.before).skipped
    other = stand_in(town, to, away(draft.after), skipped)
    post = post if other is to else other.id
    after = replace(
        draft.after,
        lead_post=post,
        previous_post=draft.before.lead_post,
        level=level_of(town, answering(town, post)),
        **changes,
    )
    return replace(draft, after=after, start=promises(draft.world, after, "acknowledge"))


def up(draft: Draft, skip: frozenset[str] = frozenset()) -> Draft:
    """One level up, where new clocks start now (中江: each level has its own days); past those that
    the method has no rung for, and past those of `skip`."""
    town = draft.world.town
    own = town.posts.get(draft.before.lead_post)
    skipped = draft.world.method_of(draft.before).skipped | skip
    people = away(draft.before)
    upper = free_above(town, own, people, skipped) if own is not None else town.posts[town.intake]
    if upper is None:
        return at_the_top(draft)
    return anew(to_post(draft, upper.id))


def at_the_top(draft: Draft) -> Draft:
    """Nobody stands above: the case stays where it is. Nobody is let off a promise by being the
    last, so it is made anew; but that it was not accepted in time moves no other promise."""
    state = draft.before.state if draft.before.state in BEFORE_ANSWER else draft.after.state
    after, data = replace(draft.after, state=state), {"top": True}
    if draft.given.get("clock") == "acknowledge":
        return replace(draft, after=after, stop=("acknowledge",), data=data)
    start = promises(draft.world, after)
    top = draft.world.method_of(draft.before).top
    if after.urgency in top.urgency and not after.protected:
        return _one_promise(replace(draft, after=after, data=data), start, top)
    if state != ASSIGNED:
        start = tuple(each for each in start if each.name != "acknowledge")
    return replace(draft, after=promised(after, start), start=start, data=data)


def _one_promise(draft: Draft, start: Sequence[Promise], top: Top) -> Draft:
    """What is left of `start`, told of once each time that it is over; the villager hears of the
    first."""
    by_name = {each.name: each for each in start}
    last = by_name.get("settle") or by_name.get("reply")
    if last is None:
        return draft
    if top.every is not None:
        last = promise(ClockRule(last.name, top.every, ()), draft.world.now, draft.world.calendar)
    step = ScheduledStep(last.due_at, "escalate", top.to, place="0min")
    after, is_first = draft.after, bool(draft.given.get("card"))
    promised_at = last.due_at if is_first else after.promised_at
    after = replace(after, promised_at=promised_at, settle_by=last.due_at)
    return replace(draft, after=after, start=(replace(last, steps=(step,)),))


def once_more(draft: Draft) -> Draft:
    """Taken up again: what belongs to the round before is no longer said of the case, and who has
    to stay away by now has it no more."""
    after = replace(
        draft.after,
        reopened=draft.after.reopened + 1,
        replied_at=None,
        answered_at=None,
        settled_at=None,
        published_at=None,
        facts="\n".join(
            fact for fact in draft.after.facts.split("\n") if not fact.startswith(PUBLIC)
        ),
        rating=None,
        solved=None,
    )
    draft = replace(draft, after=after)
    lead, people = answering(draft.world.town, after.lead_post), away(after)
    return to_post(draft, lead.id) if people and not free(lead, people) else draft

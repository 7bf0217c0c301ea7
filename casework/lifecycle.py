"""What follows from an action: the case afterwards, its history, its clocks.

建账 → 接单 → 办理 → 办结 → 评价 → 结账. `actions` says whether something may be done; this module
says what it does. Nothing here looks anything up or writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.actions import ACTIONS
from casework.calendar import Calendar
from casework.case import ASSIGNED, BEFORE_ANSWER, HANDLING, WAITING, Case, Decision, Event
from casework.clocks import Promise, ScheduledStep, decode, promise
from casework.duration import Duration, due
from casework.methods.method import ClockName, ClockRule, Method
from casework.recusal import away, free, free_above, kept_away
from casework.rights import THE_SERVICE, Actor
from casework.routing import Assignment, answering, level_of
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
class Running:
    """A clock that runs, as storage hands it in for an extension."""

    name: ClockName
    started_at: datetime
    due_at: datetime
    steps: Sequence[Any]
    next_step: int | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be filed: what was understood, and from whom."""

    text: str
    kind: str
    subkind: str = ""
    field: str = ""
    topic: str = ""
    urgency: str = "ordinary"
    ledger: str = "民生"
    place: str = ""
    villager: int | None = None
    anonymous: bool = False
    channel: str = "wechat"
    query_word: str = ""
    recused: frozenset[str] = frozenset()  # staff who are spoken of: they stay away


def open_case(
    world: World, number: int, matter: Matter, to: Assignment, actor: Actor, data: Mapping[str, Any]
) -> Decision:
    """建账: a new case, with its first leading post and all its promises. `data` explains the reading."""
    method = world.methods[world.town.method]
    case = Case(
        number=number,
        state=ASSIGNED,
        kind=matter.kind,
        subkind=matter.subkind,
        field=matter.field,
        topic=matter.topic,
        urgency=matter.urgency,
        ledger=matter.ledger,
        level=to.level,
        unit=to.unit,
        place=matter.place,
        lead_post=to.post,
        first_post=to.post,
        previous_post=None,
        villager=matter.villager,
        anonymous=matter.anonymous,
        protected=matter.subkind == "misconduct",
        query_word=matter.query_word,
        text=matter.text,
        channel=matter.channel,
        method=f"{method.id}@{method.digest[:8]}",
        opened_at=world.now,
        promised_at=None,
        settle_by=None,
        heard_at=world.now,
        recused=kept_away(matter.recused),
    )
    promises = _promises(world, case)
    case = _promised(case, promises)
    event = Event("open", actor.label, matter.text, {**data, "post": to.post})
    return Decision("open", None, case, (event,), promises)


def decide(world: World, name: str, actor: Actor, case: Case, **given: Any) -> Decision:
    """What `name` (a key of `ACTIONS`, already allowed by `may`) does to the case."""
    action = ACTIONS[name]
    after = replace(case, state=action.to or case.state)
    step = _Step(world, actor, case, after, given, action.stops)
    effect = _EFFECTS.get(name)
    if effect is not None:
        step = effect(step)
    text = str(given.get("text") or given.get("reason") or "")
    data = {"state": step.after.state, "post": step.after.lead_post, **step.data}
    event = Event(name, actor.label, text, data, given.get("key"))
    return Decision(name, case, step.after, (event,), step.start, step.stop, step.parties)


def carded(world: World, case: Case, clock: str, card: str, key: str) -> Decision:
    """超期记牌: a yellow or red card on record, without any other change."""
    return decide(world, "card", THE_SERVICE, case, clock=clock, card=card, key=key)


@dataclass(frozen=True, slots=True)
class _Step:
    """A decision on its way."""

    world: World
    actor: Actor
    before: Case
    after: Case
    given: Mapping[str, Any]
    stop: tuple[str, ...]
    start: tuple[Promise, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    parties: tuple[int, ...] = ()


# --- clocks -----------------------------------------------------------------------------------


def _promises(world: World, case: Case, *names: str) -> tuple[Promise, ...]:
    """The clocks of the case's method for its kind, topic, urgency and level."""
    rules = world.method_of(case).rules(
        case.kind, case.topic, case.urgency, case.level, case.subkind
    )
    wanted = names or ("acknowledge", "settle", *(() if case.replied_at else ("reply",)))
    return tuple(world.promise(rule) for rule in rules if rule.name in wanted)


def _promised(case: Case, promises: Sequence[Promise]) -> Case:
    """The case with what is promised to the villager now: an answer by the reply clock's time or,
    once there was one, the end of the matter by the settle clock's."""
    due_at = {promise.name: promise.due_at for promise in promises}
    settle = due_at.get("settle", case.settle_by)
    answer = due_at.get("reply", settle if case.replied_at else case.promised_at or settle)
    return replace(case, promised_at=answer, settle_by=settle)


def _extended(clock: Running, by: Duration, calendar: Calendar) -> Promise:
    """The same clock, later: its steps move with its due time. Reminders come again; a card that
    was given is not given twice."""
    later = due(clock.due_at, by, calendar)
    moved = later.at - clock.due_at
    taken = len(clock.steps) if clock.next_step is None else clock.next_step
    steps = tuple(
        ScheduledStep(step.at + moved, step.do, step.to, step.card)
        for index, step in enumerate(decode(clock.steps))
        if index >= taken or not step.consequence
    )
    return Promise(clock.name, clock.started_at, later.at, later.provisional, later.text, steps)


# --- effects, by action ------------------------------------------------------------------------


def _to_post(step: _Step, post: str, **changes: Any) -> _Step:
    """Responsibility moves: the new post has to accept, the promises to the villager run on. Past
    who has to stay away it goes to the next one above."""
    town = step.world.town
    to, people = answering(town, post), away(step.after)
    if people and not free(to, people):
        upper = free_above(town, to, people)
        post = upper.id if upper is not None else town.intake
    after = replace(
        step.after,
        lead_post=post,
        previous_post=step.before.lead_post,
        level=level_of(town, answering(town, post)),
        **changes,
    )
    return replace(step, after=after, start=_promises(step.world, after, "acknowledge"))


def _up(step: _Step) -> _Step:
    """One level up, where new clocks start now (中江: each level has its own days)."""
    town = step.world.town
    own = town.posts.get(step.before.lead_post)
    people = away(step.before)
    upper = free_above(town, own, people) if own is not None else town.posts[town.intake]
    if upper is None:
        return _at_the_top(step)
    moved = _to_post(step, upper.id)
    promises = _promises(step.world, moved.after)
    return replace(moved, after=_promised(moved.after, promises), start=promises)


def _at_the_top(step: _Step) -> _Step:
    """Nobody stands above: the case stays where it is. Nobody is let off a promise by being the
    last, so it is made anew; but that it was not accepted in time moves no other promise."""
    state = step.before.state if step.before.state in BEFORE_ANSWER else step.after.state
    after, data = replace(step.after, state=state), {"top": True}
    if step.given.get("clock") == "acknowledge":
        return replace(step, after=after, stop=("acknowledge",), data=data)
    promises = _promises(step.world, after)
    if state != ASSIGNED:
        promises = tuple(promise for promise in promises if promise.name != "acknowledge")
    return replace(step, after=_promised(after, promises), start=promises, data=data)


def _escalate(step: _Step) -> _Step:
    return _card(_up(step))


def _card(step: _Step) -> _Step:
    card = step.given.get("card") or ""
    after = replace(
        step.after,
        yellow_cards=step.after.yellow_cards + (card == "yellow"),
        red_cards=step.after.red_cards + (card == "red"),
    )
    data = {
        **step.data,
        "clock": step.given.get("clock"),
        "card": card,
        "of": step.before.lead_post,
    }
    return replace(step, after=after, data=data)


def _press(step: _Step) -> _Step:
    """Nobody has decided about a bad rating: a card, and the time to decide begins again."""
    step = _card(step)
    return replace(step, start=_promises(step.world, step.after, "decide"))


def _assign(step: _Step) -> _Step:
    return _to_post(step, step.given["post"])


def _hand_back(step: _Step) -> _Step:
    return _to_post(step, step.before.previous_post or step.before.first_post)


def _reply(step: _Step) -> _Step:
    if step.before.state not in BEFORE_ANSWER:
        return step
    replied = step.after.replied_at or step.world.now
    after = replace(
        step.after, state=HANDLING, replied_at=replied, promised_at=step.after.settle_by
    )
    return replace(step, after=after)


def _supplement(step: _Step) -> _Step:
    """The villager's word: what waited for it goes on. What is understood only now (`learned`:
    columns of the case) counts from now on; a place named late moves the case there."""
    learned = step.given.get("learned") or {}
    after = replace(step.after, heard_at=step.world.now, **learned)
    if step.before.state == WAITING:
        after = replace(after, state=HANDLING)
    step = replace(step, after=after)
    if step.before.state != ASSIGNED:
        return step
    post = step.given.get("post")
    if post and post != step.before.lead_post:
        return _from_the_start(_to_post(step, post, first_post=post))
    return _from_the_start(step) if after.urgency != step.before.urgency else step


def _from_the_start(step: _Step) -> _Step:
    """Nobody has begun yet: the promises are those of where the case has come to be."""
    promises = _promises(step.world, step.after)
    return replace(step, after=_promised(step.after, promises), start=promises, stop=("*",))


def _anonymise(step: _Step) -> _Step:
    word = step.before.query_word or step.given["query_word"]
    return replace(step, after=replace(step.after, anonymous=True, query_word=word))


def _conclude(step: _Step) -> _Step:
    now = step.world.now
    replied = step.after.replied_at or now
    after = replace(step.after, answered_at=now, replied_at=replied, rating=None)
    return replace(step, after=after, start=_promises(step.world, after, "silence"))


def _rated(step: _Step) -> _Step:
    rating = step.given["rating"]
    after = replace(step.after, rating=rating, heard_at=step.world.now)
    if step.after.state == step.before.state:
        after = replace(after, bad_ratings=after.bad_ratings + 1)
        decide_clock = _promises(step.world, after, "decide")
        return replace(step, after=after, start=decide_clock, data={"rating": rating})
    return replace(_settled(replace(step, after=after)), data={"rating": rating})


def _settled(step: _Step) -> _Step:
    return replace(step, after=replace(step.after, settled_at=step.world.now))


def _reopen(step: _Step) -> _Step:
    """Again, with a new settle clock; after a bad rating one level up. The total age is kept."""
    after = replace(
        step.after,
        reopened=step.after.reopened + 1,
        replied_at=None,
        answered_at=None,
        settled_at=None,
        rating=None,
    )
    step = replace(step, after=after)
    if step.before.disputed:
        return _up(step)
    promises = _promises(step.world, after)
    return replace(step, after=_promised(after, promises), start=promises)


def _extend(step: _Step) -> _Step:
    by: Duration = step.given["duration"]
    running: Sequence[Running] = step.given["clocks"]
    moved = [clock for clock in running if clock.name in ("reply", "settle")]
    start = tuple(_extended(clock, by, step.world.calendar) for clock in moved)
    after = replace(step.after, extended=step.after.extended + 1)
    return replace(
        step,
        after=_promised(after, start),
        start=start,
        stop=tuple(clock.name for clock in moved),
        data={"by": str(by)},
    )


def _request_extension(step: _Step) -> _Step:
    return replace(step, data={"by": str(step.given["duration"])})


def _merge(step: _Step) -> _Step:
    return replace(step, after=replace(step.after, merged_into=step.given["target"].number))


def _join(step: _Step) -> _Step:
    return replace(step, parties=tuple(step.given["villagers"]))


def _claim(step: _Step) -> _Step:
    """认领: who told staff of it follows it on their own phone from now on."""
    after = replace(step.after, villager=step.actor.villager, heard_at=step.world.now)
    return replace(step, after=after)


def _erase(step: _Step) -> _Step:
    """依法删除: the villager's words and who they were; what was done with them stays."""
    after = replace(step.after, text="", villager=None, query_word="", place="")
    return replace(step, after=after)


def _recuse(step: _Step) -> _Step:
    """回避: one more who stays away. If the lead post has nobody else, the case goes up."""
    people = away(step.before) | {step.given["person"]}
    after = replace(step.after, recused=kept_away(people))
    step = replace(step, after=after, data={"person": step.given["person"]})
    town = step.world.town
    if step.before.state not in BEFORE_ANSWER or free(
        answering(town, step.before.lead_post), people
    ):
        return step
    moved = _to_post(step, step.before.lead_post, state=ASSIGNED)
    return replace(moved, stop=("acknowledge",))


def _counted(column: str) -> Callable[[_Step], _Step]:
    def count(step: _Step) -> _Step:
        return replace(step, after=replace(step.after, **{column: getattr(step.after, column) + 1}))

    return count


_EFFECTS: Final[Mapping[str, Callable[[_Step], _Step]]] = {
    "supplement": _supplement,
    "gather": _supplement,
    "anonymise": _anonymise,
    "urge": _counted("urged"),
    "satisfied": _rated,
    "unsatisfied": _rated,
    "reply": _reply,
    "hand_up": _up,
    "transfer": _assign,
    "request_extension": _request_extension,
    "conclude": _conclude,
    "assign": _assign,
    "supervise": _counted("supervised"),
    "hand_back": _hand_back,
    "extend": _extend,
    "reopen": _reopen,
    "uphold": _settled,
    "merge": _merge,
    "join": _join,
    "claim": _claim,
    "recuse": _recuse,
    "erase": _erase,
    "escalate": _escalate,
    "card": _card,
    "press": _press,
    "settle": _settled,
}

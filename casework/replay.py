"""A trial 试算: the recorded life of a case, lived once more under another method.

People act when they did, as the history says; what is promised, reminded, escalated and carded
follows anew, by the functions that decide in earnest. Nothing is looked up, nothing written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from casework.actions import ACTIONS
from casework.case import Case, Decision
from casework.clocks import RUNNING, Clock, Promise, ScheduledStep
from casework.closing import opinion
from casework.draft import World
from casework.duration import Duration
from casework.lifecycle import Matter, carded, decide, open_case
from casework.recusal import away, instead
from casework.rights import THE_SERVICE, Actor
from casework.routing import Assignment, answering, assign, level_of
from casework.strike import deed, next_called, strike
from casework.town import Town

PROMISES: Final = frozenset({"acknowledge", "contact", "reply", "settle"})
MOST: Final = 500  # times that a clock of one case strikes; more is a mistake in the method
# what is known of a case is known from the beginning here; a wish changes no clock; and who was called
# to help keeps times of their own, which are no method's
_TOGETHER: Final = frozenset(
    {"summon", "wish", "sign_in", "feedback", "overrule", "appraise", "disband", "absent"}
)
_LEFT_OUT: Final = (
    frozenset({"claim", "correct", "erase", "request_extension", "decline"}) | _TOGETHER
)
_RATED: Final = frozenset({"satisfied", "unsatisfied", "again", "review", "stand"})

WorldAt = Callable[[datetime], World]


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the history, without its words."""

    at: datetime
    kind: str
    actor: str  # "villager:7", "staff:li", "system"
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it is known today, and what was done with it."""

    case: Case
    deeds: Sequence[Deed]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that was done or fell due: a decision, or the `step` of a clock, or both (a card)."""

    at: datetime
    actor: Actor
    case: Case  # afterwards
    decision: Decision | None = None
    clock: Clock | None = None
    step: ScheduledStep | None = None


@dataclass(slots=True)
class Life:
    """A case on its way: what has happened, its clocks, which promises were `late`."""

    world_at: WorldAt
    case: Case
    clocks: list[Clock] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    strikes: int = 0
    started: int = 0


def live(world_at: WorldAt, past: Past, until: datetime) -> Life:
    """The case once more, from its first word to `until`, under the method of these worlds."""
    life = Life(world_at, past.case)
    _open(life, past)
    post = past.deeds[0].data.get("post") if past.deeds else None
    for index, done in enumerate(past.deeds):
        if done.at > until:
            break
        moved = done.data.get("post") not in (None, post)
        post = done.data.get("post", post)
        given = _given(life, past, index, moved)
        if given is None:
            continue
        _time_passes(life, done.at)
        name, values = given
        _act(life, done.at, name, _actor(life, done), values)
    _time_passes(life, until)
    for clock in life.clocks:
        _note_late(life, clock, until)
    return life


def _open(life: Life, past: Past) -> None:
    known, opened = past.case, next((d for d in past.deeds if d.kind == "open"), None)
    world = life.world_at(known.opened_at)
    matter = Matter(
        text="",
        kind=known.kind,
        subkind=known.subkind,
        field=known.field,
        topic=known.topic,
        urgency=known.urgency,
        ledger=known.ledger,
        place=known.place,
        villager=known.villager,
        anonymous=known.anonymous,
        channel=known.channel,
        recused=away(known),
        extent=known.extent,
        wanted_by=known.wanted_by,
    )
    post = str(opened.data.get("post", known.first_post)) if opened else known.first_post
    actor = _who(world.town, opened.actor) if opened else THE_SERVICE
    to = _first_post(world, known, matter, post)
    decision = open_case(world, known.number, matter, to, actor, {})
    _take_over(life, known.opened_at, actor, decision)


def _first_post(world: World, known: Case, matter: Matter, post: str) -> Assignment:
    """Where it began, unless the other method lets such a case begin elsewhere."""
    start, town = world.method.start(matter), world.town
    if known.protected or start == world.method_of(known).start(matter):
        return Assignment(post, level_of(town, answering(town, post)), known.unit)
    to = assign(
        town,
        topic=known.topic,
        field=known.field,
        unit=known.unit,
        misconduct=False,
        start=start,
        in_danger=known.urgency == "emergency",
    )
    return instead(town, to, matter.recused)


# --- what people did ----------------------------------------------------------------------------


def _given(life: Life, past: Past, index: int, moved: bool) -> tuple[str, dict[str, Any]] | None:
    """The action that a line of the history is, and with what; None for what is not done again:
    what the service did follows anew."""
    done = past.deeds[index]
    name, data = done.kind, done.data
    left_out = name not in ACTIONS or name in _LEFT_OUT or _who_is_service(done)
    if left_out:
        return None
    given = {**data, "text": "", "reason": "", "villagers": (), "learned": {}, "query_word": ""}
    method = life.world_at(done.at).method_of(life.case)
    if name in _RATED:
        return opinion(method, life.case, int(data["rating"])), given
    if name in ("supplement", "gather") and not moved:
        given["post"] = None
    if name in ("extend", "supervise", "classify"):
        given["duration"] = _duration(data.get("by", ""))
    if name == "classify":
        given["track"] = method.track(str(data.get("track", "")))
    if name == "publish":
        given["text"] = data.get("form", "")
    if name in ("suspend", "hear"):
        given["until"] = _until(past, index)
    if name == "merge":
        given["target"] = replace(life.case, number=past.case.merged_into or 0)
    needed = {"extend": "duration", "classify": "track"}.get(name)
    return (name, given) if needed is None or given[needed] is not None else None


def _who_is_service(done: Deed) -> bool:
    return done.actor == THE_SERVICE.label


def _duration(text: str) -> Duration | None:
    with suppress(ValueError):
        return Duration.parse(text)
    return None


def _until(past: Past, index: int) -> datetime:
    """The day of the review; of an older line, when the case was worked again."""
    said = past.deeds[index].data.get("until")
    if said:
        return datetime.fromisoformat(said)
    later = (each.at for each in past.deeds[index + 1 :] if each.kind == "resume")
    return next(later, past.case.review_at or past.deeds[-1].at)


def _actor(life: Life, done: Deed) -> Actor:
    """Who did it. To accept means: in whosever hands it is then, except in an emergency, which is
    theirs who takes it."""
    actor = _who(life.world_at(done.at).town, done.actor)
    if done.kind == "accept" and life.case.urgency != "emergency":
        return replace(actor, staff=None)
    return actor


def _who(town: Town, label: str) -> Actor:
    sort, _, identity = label.partition(":")
    if sort == "staff":
        return Actor(label, staff=town.staff.get(identity))
    if sort == "villager" and identity.isdigit():
        return Actor(label, villager=int(identity))
    return Actor(label)


def _act(life: Life, now: datetime, name: str, actor: Actor, given: Mapping[str, Any]) -> bool:
    """Do it, if the case is in a state in which it can be done; the clocks are those of this life."""
    if life.case.state not in ACTIONS[name].states:
        return False
    more = {key: value for key, value in given.items() if key not in ("clocks", "name")}
    decision = decide(life.world_at(now), name, actor, life.case, clocks=tuple(life.clocks), **more)
    _take_over(life, now, actor, decision)
    return True


# --- what follows when a time comes ---------------------------------------------------------------


def _time_passes(life: Life, until: datetime) -> None:
    while life.strikes < MOST:
        due = [c for c in life.clocks if c.next_at is not None and c.next_at <= until]
        if not due:
            return
        life.strikes += 1
        _strike(life, min(due, key=lambda clock: (clock.next_at, clock.id)))


def _strike(life: Life, clock: Clock) -> None:
    now = clock.next_at
    assert now is not None
    world = life.world_at(now)
    struck = strike(clock, life.case, world.town, world.calendar, now)
    if struck.resumes:
        _keep(life, replace(clock, next_at=None))
        _act(life, now, "resume", THE_SERVICE, {})
    elif struck.waits is not None:
        _keep(life, replace(clock, next_at=struck.waits))
    elif (fired := struck.fired) is not None:
        _keep(life, replace(clock, next_step=fired.next_step, next_at=fired.next_at))
        if fired.act is not None:
            _do(life, clock, clock.steps[fired.act], now)


def _do(life: Life, clock: Clock, step: ScheduledStep, now: datetime) -> None:
    name, case, world = deed(clock, step), life.case, life.world_at(now)
    if name == "remind":
        life.happened.append(Happened(now, THE_SERVICE, case, clock=clock, step=step))
    elif name == "card":
        decision = carded(world, case, clock.name, step.card, "")
        _take_over(life, now, THE_SERVICE, decision, clock, step)
    elif name == "escalate" and (person := next_called(clock, case, life.called, world.town, now)):
        life.called.add(person)
        _act(life, now, "call", THE_SERVICE, {"person": person})
    else:
        _act(life, now, name, THE_SERVICE, {"card": step.card, "clock": clock.name})


def _take_over(
    life: Life,
    now: datetime,
    actor: Actor,
    decision: Decision,
    clock: Clock | None = None,
    step: ScheduledStep | None = None,
) -> None:
    """What `storage.record` writes: the case, clocks that end, begin, stand still or go on."""
    going = []
    for each in life.clocks:
        if decision.stop == ("*",) or each.name in decision.stop:
            _note_late(life, each, now)
        else:
            going.append(each)
    going += [_begun(life, each, decision.case) for each in decision.start]
    life.clocks = going
    for each in decision.changed:
        _keep(life, each)
    life.case = decision.case
    life.happened.append(Happened(now, actor, decision.case, decision, clock, step))


def _begun(life: Life, begun: Promise, case: Case) -> Clock:
    life.started += 1
    return Clock(
        life.started, case.number, begun.name, case.level, RUNNING, begun.started_at,
        begun.due_at, begun.provisional, begun.explained, begun.due, begun.moves, begun.steps,
        begun.next_step, begun.next_at,
    )  # fmt: skip


def _keep(life: Life, clock: Clock) -> None:
    life.clocks = [clock if each.id == clock.id else each for each in life.clocks]


def _note_late(life: Life, clock: Clock, now: datetime) -> None:
    if clock.state == RUNNING and clock.name in PROMISES and clock.due_at < now:
        life.late.add(clock.name)

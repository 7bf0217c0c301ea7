"""Waiting 待补充, 挂账, 听证: clocks stand still and go on; and more time 延期."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.case import WAITING
from casework.clocks import PAUSED, RUNNING, extended, pause, prolonged, resume
from casework.draft import Draft, promised
from casework.duration import Duration


def ask(draft: Draft) -> Draft:
    return _stand_still(draft, "villager", None)


def suspend(draft: Draft) -> Draft:
    return _stand_still(draft, "review", draft.given["until"])


def hear(draft: Draft) -> Draft:
    return _stand_still(draft, "hearing", draft.given["until"])


def _stand_still(draft: Draft, why: str, until: datetime | None) -> Draft:
    """Clocks that the method pauses for this reason stand still. What is promised meanwhile is the
    latest that it can come to: if nothing is heard until the longest is over."""
    world = draft.world
    if until is not None:
        draft = replace(draft, data={"until": until.isoformat()})
    after = replace(draft.after, waits_for=why, review_at=until)
    rule = world.method_of(after).pause(why)
    running = [clock for clock in draft.clocks if clock.state == RUNNING]
    if rule is None:
        return replace(draft, after=after)
    still = [
        paused
        for clock in running
        if clock.name in rule.clocks
        and clock.name not in draft.stop
        and (paused := pause(clock, why, world.now, rule.limit, world.calendar, until)) is not None
    ]
    latest = [resume(clock, clock.next_at or world.now, world.calendar) for clock in still]
    longest = max((clock.next_at for clock in still if clock.next_at is not None), default=None)
    after = promised(replace(after, review_at=until or longest), latest)
    return replace(draft, after=after, changed=tuple(still))


def waited(draft: Draft) -> Draft:
    """The waiting is over when the case is no longer in that state: what stood still goes on."""
    if draft.before.state != WAITING or draft.after.state == WAITING:
        return draft
    after = replace(draft.after, waits_for=None, review_at=None)
    if draft.stop == ("*",):
        return replace(draft, after=after)
    again = {promise.name for promise in draft.start} | set(draft.stop)
    going = tuple(
        resume(clock, draft.world.now, draft.world.calendar)
        for clock in draft.clocks
        if clock.state == PAUSED and clock.name not in again
    )
    if going:
        after = promised(after, going)
    return replace(draft, after=after, changed=going)


def extend(draft: Draft) -> Draft:
    """The clocks that the method lets be extended start anew, later; one that stands still is later
    when it goes on."""
    by: Duration = draft.given["duration"]
    why = str(draft.given.get("reason", ""))
    world, names = draft.world, draft.world.method_of(draft.before).extension.clocks
    moved = [clock for clock in draft.clocks if clock.name in names]
    start = tuple(
        extended(clock, by, why, world.now, world.calendar)
        for clock in moved
        if clock.state == RUNNING
    )
    later = tuple(
        prolonged(clock, by, why, world.now, world.calendar)
        for clock in moved
        if clock.state == PAUSED
    )
    latest = [resume(clock, clock.next_at or world.now, world.calendar) for clock in later]
    after = replace(draft.after, extended=draft.after.extended + 1)
    return replace(
        draft,
        after=promised(after, (*start, *latest)),
        start=start,
        stop=tuple(promise.name for promise in start),
        changed=later,
        data={"by": str(by)},
    )

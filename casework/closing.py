"""How a case ends, or does not: what the villager's opinion leads to, by the work method."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from casework.case import Case
from casework.clocks import Promise, promise
from casework.draft import Draft, World, anew, once_more, promised, promises, rules_of, up
from casework.duration import until
from casework.methods.method import ClockRule, Closing, Method

AT_ONCE: Final = timedelta(hours=1)  # for what is late already


def _badly_rated(draft: Draft) -> Draft:
    after = replace(draft.after, bad_ratings=draft.after.bad_ratings + 1, heard_at=draft.world.now)
    return replace(draft, after=after, data=_said(draft))


def _said(draft: Draft) -> dict[str, Any]:
    """The rating, and whether it is solved 解决: as it was said, else what the rating comes to."""
    return {"rating": draft.given["rating"], "solved": _solved(draft)}


def _solved(draft: Draft) -> bool:
    said: bool | None = draft.given.get("solved")
    if said is not None:
        return said
    method = draft.world.method_of(draft.before)
    return opinion(method, draft.before, draft.given["rating"]) == "satisfied"


def again(draft: Draft) -> Draft:
    """浦东 满意才退出: the same hands take it up again, at once."""
    return anew(once_more(_badly_rated(draft)), "reply", "settle")


def review(draft: Draft) -> Draft:
    """复查: the next rung takes it up, with the times of its round."""
    draft = _badly_rated(draft)
    method = draft.world.method_of(draft.before)
    rung = (level.covers for level in method.levels if draft.before.level in level.covers)
    moved = up(once_more(draft), frozenset(next(rung, ())))
    return replace(moved, data={**moved.data, **draft.data})


def stand(draft: Draft) -> Draft:
    """After its last round the answer stands, whatever is thought of it."""
    draft = _badly_rated(draft)
    after = replace(draft.after, rating=draft.given["rating"], solved=_solved(draft))
    return settled(replace(draft, after=after))


def opinion(method: Method, case: Case, rating: int) -> str:
    """What a rating does to an answered case, by the method's way to close: the name of an action."""
    closing = Closing() if case.protected else method.closing
    if rating >= closing.accepts:
        return "satisfied"
    if closing.rounds is not None and case.reopened >= closing.rounds:
        return "stand"
    return {"decide": "unsatisfied", "again": "again", "up": "review"}[closing.unsatisfied]


def conclude(draft: Draft) -> Draft:
    now = draft.world.now
    replied = draft.after.replied_at or now
    after = replace(draft.after, answered_at=now, replied_at=replied, rating=None, solved=None)
    silence = promises(draft.world, after, "silence")
    return replace(draft, after=after, start=silence, data={"level": after.level})


def take_back(draft: Draft) -> Draft:
    """办结 by mistake: the same hands go on, and what was promised before holds."""
    world, before = draft.world, draft.before
    first_word = before.replied_at == before.answered_at  # nothing had been said before it
    after = replace(
        draft.after, answered_at=None, replied_at=None if first_word else before.replied_at
    )
    due = {"settle": before.settle_by} | ({"reply": before.promised_at} if first_word else {})
    start = tuple(
        _due_again(world, rule, due[rule.name] or world.now)
        for rule in rules_of(world, after)
        if rule.name in due
    )
    return replace(draft, after=promised(after, start), start=start)


def _due_again(world: World, rule: ClockRule, due: datetime) -> Promise:
    """A clock as it was; what is late already is due soon."""
    due = max(due, world.now + AT_ONCE)
    made = promise(rule, world.now, world.calendar, until(world.now, due))
    return replace(made, due_at=due)


def rated(draft: Draft) -> Draft:
    rating = draft.given["rating"]
    after = replace(draft.after, rating=rating, solved=_solved(draft), heard_at=draft.world.now)
    if draft.after.state == draft.before.state:
        after = replace(after, bad_ratings=after.bad_ratings + 1)
        decide_clock = promises(draft.world, after, "decide")
        return replace(draft, after=after, start=decide_clock, data=_said(draft))
    return replace(settled(replace(draft, after=after)), data=_said(draft))


def settled(draft: Draft) -> Draft:
    """结账; from now on runs the time in which it is made public, where the method has one."""
    after = replace(draft.after, settled_at=draft.world.now)
    start = () if after.protected else promises(draft.world, after, "publish")
    return replace(draft, after=after, start=(*draft.start, *start))


def reopen(draft: Draft) -> Draft:
    """Again, with a new settle clock; after a bad rating one level up. The total age is kept."""
    draft = once_more(draft)
    return up(draft) if draft.before.disputed else anew(draft)

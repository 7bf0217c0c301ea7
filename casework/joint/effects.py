"""What joint handling does to a case: who has a part in it from now on, which clocks run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from casework.case import BEFORE_ANSWER
from casework.clocks import Promise, promise
from casework.draft import Draft, rules_of
from casework.duration import Duration
from casework.joint.call import (
    CLOCKS,
    EXCUSED,
    INVITED,
    REPORTED,
    SIGNED_IN,
    Call,
    Part,
    called,
    same_form,
)
from casework.recusal import away, free
from casework.routing import answering


def summon(draft: Draft) -> Draft:
    """召集: a new call, or more people for one of the same form that is still open."""
    wanted: Call = draft.given["call"]
    calls = list(_calls(draft))
    same = same_form(calls, wanted)
    if same is None:
        call = wanted
        calls.append(call)
    else:
        new = tuple(part for part in wanted.parts if same.part(part.key) is None)
        children = tuple(dict.fromkeys((*same.children, *wanted.children)))
        fields = {**wanted.fields, **same.fields}
        call = replace(same, parts=(*same.parts, *new), children=children, fields=fields)
        calls[calls.index(same)] = call
    known = {part.key for part in same.parts} if same is not None else set()
    keys = [part.key for part in call.parts if part.key not in known]
    start = _promises(draft, wanted) if keys else ()
    call = _begun(draft, call, keys, start)
    draft = _kept(draft, [*(each for each in calls if each.id != call.id), call], (call,))
    return replace(draft, start=start, data=said(call, keys))


def _begun(draft: Draft, call: Call, keys: Sequence[str], start: Sequence[Promise]) -> Call:
    """With its times; who calls themselves is there."""
    own = [key for key in keys if key in draft.given.get("hands", ())]
    due = dict(call.due) | {str(each.name): each.due_at for each in start}
    there = call.changed(own, state=SIGNED_IN, signed_at=draft.world.now)
    return replace(there, due=due)


def _promises(draft: Draft, call: Call) -> tuple[Promise, ...]:
    """The clocks of the form, by the work method; the term as it was said, if it was."""
    rules = {rule.name: rule for rule in rules_of(draft.world, draft.before)}
    term: Duration | None = draft.given.get("term")
    if term is None and call.form.due:
        term = Duration.parse(call.form.due)
    return tuple(
        promise(
            rules[name], draft.world.now, draft.world.calendar, term if name == "term" else None
        )
        for name in call.form.clocks
        if name in rules
    )


def sign_in(draft: Draft) -> Draft:
    """报到, 认领, 回执: here, now. Where the first one has it, the others are free. A place that is
    sent `again`, afterwards, belongs to the 报到 before it."""
    call: Call = draft.given["call"]
    keys, where = tuple(draft.given["parts"]), draft.given.get("place", "")
    again = all(part.state == SIGNED_IN for part in call.parts if part.key in keys)
    changed = _handed_over(draft, call)
    for key, at in _since(draft, call, keys):
        changed = changed.changed((key,), state=SIGNED_IN, signed_at=at, place=where)
    free_now: list[str] = []
    if call.form.first:
        free_now = [part.key for part in call.parts if part.key not in keys and part.awaited]
        changed = changed.changed(free_now, state=EXCUSED)
    draft = _replaced(draft, call, changed)
    data = {**said(changed, keys), "free": free_now, "place": where, "again": again}
    return replace(draft, data={**data, "handed_over": sorted(draft.given.get("fields", ()))})


def _handed_over(draft: Draft, call: Call) -> Call:
    """材料=身份证、户口簿: what came into the hands of who does it."""
    return replace(call, fields={**call.fields, **draft.given.get("fields", {})})


def taken(draft: Draft) -> Draft:
    """接单: who takes a case takes what was asked of them with it."""
    call = next((call for call in _calls(draft) if call.open and call.form.agent), None)
    part = call.part(draft.before.lead_post) if call is not None else None
    if call is None or part is None or part.state != INVITED:
        return draft
    there = call.changed([part.key], state=SIGNED_IN, signed_at=draft.world.now)
    return _replaced(draft, call, there)


def _since(draft: Draft, call: Call, keys: Sequence[str]) -> list[tuple[str, datetime]]:
    """Since when they are there: since they said so, or now."""
    return [
        (part.key, part.signed_at or draft.world.now) for part in call.parts if part.key in keys
    ]


def feedback(draft: Draft) -> Draft:
    """反馈: what was done, to the lead handler. Who reports has been there."""
    call: Call = draft.given["call"]
    now, keys = draft.world.now, tuple(draft.given["parts"])
    changed = call
    for key, at in _since(draft, call, keys):
        changed = changed.changed(
            (key,), state=REPORTED, signed_at=at, report=draft.given["text"], reported_at=now
        )
    draft = _replaced(draft, call, changed)
    return replace(draft, data=said(changed, keys))


def overrule(draft: Draft) -> Draft:
    """否决: what was reported is not enough; 事不绝、人不撤."""
    call: Call = draft.given["call"]
    keys = tuple(draft.given["parts"])
    again = tuple(each for each in _promises(draft, call) if each.name == "feedback")
    due = dict(call.due) | {str(each.name): each.due_at for each in again}
    changed = replace(call.changed(keys, state=SIGNED_IN), due=due)
    return replace(_replaced(draft, call, changed), start=again, data=said(changed, keys))


def appraise(draft: Draft) -> Draft:
    """下评上: those below rate who came, and who did not."""
    call: Call = draft.given["call"]
    keys = tuple(draft.given["parts"])
    changed = call.changed(keys, rating=draft.given["rating"], rated_by=draft.actor.label)
    data = {**said(changed, keys), "rating": draft.given["rating"]}
    return replace(draft, calls=(changed,), data=data)


def disband(draft: Draft) -> Draft:
    """结哨, 散会, 交回: it is over; what has to be said at its end is kept with it."""
    call: Call = draft.given["call"]
    fields = {**call.fields, **draft.given.get("fields", {})}
    over = replace(call, closed_at=draft.world.now, outcome=draft.given["text"], fields=fields)
    draft = _replaced(draft, call, over)
    return replace(draft, data=said(over, [part.key for part in call.parts]))


def absent(draft: Draft) -> Draft:
    """未报到: a time has passed without a word: on record for each, and told above."""
    call, clock = draft.given["call"], draft.given["clock"]
    missing = call.awaited(clock)
    one = not call.form.first  # nobody has to take an order
    parts = tuple(
        replace(part, missed=part.missed + one) if part in missing else part for part in call.parts
    )
    data = {**said(call, [part.key for part in missing]), "clock": clock}
    return replace(draft, calls=(replace(call, parts=parts),), data=data)


def released(draft: Draft) -> Draft:
    """A case that is answered or closed needs nobody any more: what is still open ends with it."""
    if draft.after.state in BEFORE_ANSWER or not draft.before.called:
        return draft
    still = [call for call in _calls(draft) if call.open]
    over = tuple(replace(call, closed_at=draft.world.now) for call in still)
    keys = [part.key for call in still for part in call.parts if part.state != EXCUSED]
    after = replace(draft.after, called="")
    return replace(
        draft,
        after=after,
        calls=over,
        stop=(*draft.stop, *CLOCKS),
        data={**draft.data, "parts": keys, "released": True},
    )


def kept_out(draft: Draft) -> Draft:
    """回避: who has to stay away has no part in it either."""
    people, town = away(draft.after), draft.world.town
    if not draft.before.called or people == away(draft.before):
        return draft
    changed = []
    for call in _calls(draft):
        gone = [p.post for p in call.parts if p.post and not free(answering(town, p.post), people)]
        if call.open and gone:
            changed.append(call.changed(gone, state=EXCUSED))
    ids = {call.id: call for call in changed}
    calls = [ids.get(call.id, call) for call in _calls(draft)]
    return _kept(draft, calls, tuple(changed)) if changed else draft


def said(call: Call, keys: Sequence[str]) -> Mapping[str, Any]:
    """What the history keeps of it: which call, and whose parts it is about."""
    return {
        "title": call.form.word,
        "form": call.form_id,
        "convener": call.convener,
        "parts": list(keys),
    }


def _calls(draft: Draft) -> Sequence[Call]:
    calls: Sequence[Call] = draft.given.get("calls", ())
    return calls


def _replaced(draft: Draft, old: Call, new: Call) -> Draft:
    calls = [new if call.id == old.id else call for call in _calls(draft)]
    return _kept(draft, calls, (new,))


def _kept(draft: Draft, calls: Sequence[Call], changed: tuple[Call, ...]) -> Draft:
    """The calls as they are now; a clock that nobody is awaited for any more ends."""
    over = tuple(
        clock
        for clock in CLOCKS
        if any(call.awaited(clock) for call in _calls(draft))
        and not any(call.awaited(clock) for call in calls)
    )
    after = replace(draft.after, called=called(calls))
    return replace(draft, after=after, calls=changed, stop=(*draft.stop, *over))


def parts_of(role: str, keys: Sequence[str], posts: frozenset[str]) -> tuple[Part, ...]:
    """Parts for those named under one field of a form."""
    return tuple(
        Part(post=key, role=role) if key in posts else Part(post="", role=role, name=key)
        for key in keys
    )

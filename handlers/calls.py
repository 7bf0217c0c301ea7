"""Joint handling 联办 in words: who has a part in it, who has come, what was agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.case import Case
from casework.joint.call import EXCUSED, INVITED, REPORTED, Call, Part
from casework.joint.form import ANYBODY, CALLING, forms, said
from handlers import wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import joint


def names(occasion: Occasion, keys: Sequence[str]) -> str:
    """水务站、派出所: posts by their name, others as they were named."""
    town = occasion.town
    return "、".join(wording.post_name(town, key) if key in town.posts else key for key in keys)


def words(occasion: Occasion, data: Mapping[str, Any]) -> dict[str, str]:
    """What a sentence may say of a call, from what the history keeps of it."""
    form = forms().get(data.get("form", ""))
    if form is None:
        return {}
    place = data.get("place", "")
    return {
        "title": form.word,
        "form": form.name,
        "names": names(occasion, data.get("parts", ())),
        "convener": wording.post_name(occasion.town, data.get("convener", "")),
        "where": say("joint.where", place=place) if place else "",
        **form.words,
    }


def step(kind: str, data: Mapping[str, Any]) -> str:
    """What a step is called in its form: 吹哨, 到会, 交回; empty where it has no word of its own."""
    form = forms().get(data.get("form", ""))
    if form is None:
        return ""
    own = {"summon": form.word, "wish": form.word, "disband": form.words["end"], **form.words}
    return own.get(kind, "")


def explained(word: str) -> str:
    """帮助 吹哨: who may call whom, and who ends it, from the table of forms."""
    lines = [
        say(
            "joint.explained",
            name=form.name,
            by=form.title or roles(form.by),
            calls=roles(form.calls),
            end=form.words["end"],
            ends=roles(form.ends),
        )
        for form in said(word)
        if form.calls
    ]
    return "\n" + "\n".join(lines) if lines else ""


def roles(names: Sequence[str]) -> str:
    """镇里、部门; all of them: 谁都可以."""
    if tuple(names) == ANYBODY:
        return say("joint.anybody")
    return "、".join(say(f"word.role.{role}") for role in names)


def shown(occasion: Occasion, calls: Sequence[Call]) -> str:
    """联办 1023: each call with its parts, as they stand."""
    return "\n".join(one(occasion, call) for call in calls)


def agreement(occasion: Occasion, case: Case, calls: Sequence[Call]) -> str:
    """人民调解协议书: of the last mediation that came to one, ready to be printed and signed."""
    agreed = [call for call in calls if call.fields.get("协议")]
    if not agreed:
        return say("joint.no_agreement", number=case.number)
    call = agreed[-1]
    return say(
        "joint.agreement",
        number=case.number,
        parties=call.fields.get("当事人", ""),
        text=case.text,
        agreement=call.fields["协议"],
        people=names(occasion, [part.key for part in call.parts]),
        at=wording.when(call.closed_at or occasion.now, occasion.now),
    )


def tracking_card(occasion: Occasion, case: Case, calls: Sequence[Call]) -> str:
    """为民代办服务跟踪卡 of the last errand, with the seven fields of 溆浦 (群众工作法案例集 L229), ready to be
    printed and signed."""
    errands = [call for call in calls if call.form.agent]
    if not errands:
        return say("joint.no_errand", number=case.number)
    call, town = errands[-1], occasion.town
    taken = _taken(call)
    who = taken.key if taken is not None else call.convener
    agent = wording.holder(town, who, occasion.now)
    asked = next(field.name for field in call.form.fields if field.bare)
    lead = wording.holder(town, case.lead_post, occasion.now)
    due = call.due.get("term")
    return say(
        "joint.tracking_card",
        town=town.name,
        number=case.number,
        lead=wording.post_name(town, case.lead_post) + (lead.name if lead else ""),
        agent=agent.name if agent else who,
        phone=agent.phone if agent else "",
        matter=call.fields.get(asked) or case.text,
        due=wording.when(due, occasion.now) if due else "",
        outcome=call.outcome or say("joint.under_way"),
        client=call.fields.get("委托人", ""),
    )


def tracked(occasion: Occasion, calls: Sequence[Call]) -> str:
    """代办, 代购, 点单 as the villager follows them: who has it, what was handed over, how far it is."""
    return "".join(_tracked(occasion, call) for call in calls if call.form.agent)


def _taken(call: Call) -> Part | None:
    """The part of who does it."""
    own = (part for part in call.parts if part.state != EXCUSED)
    return next((part for part in own if part.signed_at is not None), None)


def _tracked(occasion: Occasion, call: Call) -> str:
    form, taken = call.form, _taken(call)
    state = say("joint.unclaimed", sign_in=form.words["sign_in"])
    if taken is not None and taken.signed_at is not None:
        at = wording.when(taken.signed_at, occasion.now)
        came = say("joint.came", sign_in=form.words["sign_in"], at=at, where="")
        state = f"{names(occasion, [taken.key])}{came}"
    hidden = {"委托人", *(field.name for field in form.fields if field.kind in CALLING)}
    fields = "".join(
        say("joint.tracked_field", name=name, value=value)
        for name, value in call.fields.items()
        if name not in hidden
    )
    news = ""
    if taken is not None and taken.reported_at is not None:
        at = wording.when(taken.reported_at, occasion.now)
        news = say("joint.tracked_news", at=at, feedback=form.words["feedback"], text=taken.report)
    return say("joint.tracked", title=form.word, state=state, fields=fields, news=news)


def ratings(
    occasion: Occasion, since: datetime | None = None, until: datetime | None = None
) -> str:
    """下评上, a line for each who was called."""
    return "\n".join(
        say(
            "joint.ratings_line",
            name=wording.post_name(occasion.town, post),
            count=count,
            came=came,
            missed=missed,
            rating=say("joint.no_rating")
            if rating is None
            else say("joint.points", points=f"{rating:.1f}"),
        )
        for post, count, came, missed, rating in joint.ratings(occasion.session, since, until)
    )


def one(occasion: Occasion, call: Call) -> str:
    form = call.form
    lines = [
        say(
            "joint.head",
            title=form.name,
            convener=wording.post_name(occasion.town, call.convener),
            at=wording.when(call.opened_at, occasion.now),
            state=say("joint.open") if call.open else _closed(call),
        )
    ]
    called = {field.name for field in form.parties}
    lines += [
        say("joint.field", name=name, value=value)
        for name, value in call.fields.items()
        if name not in called and value != call.outcome
    ]
    lines += [_part(occasion, call, part) for part in call.parts if part.state != EXCUSED]
    return "\n".join(lines)


def _closed(call: Call) -> str:
    if not call.outcome:
        return say("joint.closed_with_it")
    return say("joint.closed", end=call.form.words["end"], outcome=call.outcome)


def _part(occasion: Occasion, call: Call, part: Part) -> str:
    form = call.form
    state = say("joint.waiting", sign_in=form.words["sign_in"])
    if part.signed_at is not None:
        where = say("joint.where", place=part.place) if part.place else ""
        at = wording.when(part.signed_at, occasion.now)
        state = say("joint.came", sign_in=form.words["sign_in"], at=at, where=where)
    elif not call.open and part.state == INVITED:
        state = say("joint.never_there", sign_in=form.words["sign_in"])
    return say(
        "joint.part",
        role=part.role,
        name=names(occasion, [part.key]),
        state=state,
        missed=say("joint.missed", count=part.missed) if part.missed else "",
        report=say("joint.report", feedback=form.words["feedback"], text=part.report)
        if part.state == REPORTED
        else "",
        rating=say("joint.rating", rating=say(f"word.rating.{part.rating}")) if part.rating else "",
    )

"""A case on one screen: as the villager sees it, and as staff see it."""

from __future__ import annotations

from casework.actions import ACTIONS
from casework.case import BEFORE_ANSWER, Case
from casework.clocks import PAUSED, STOPPED
from handlers import calls, care, wording
from handlers.copy import say
from handlers.partner import news
from handlers.telling import case_words
from handlers.told import told
from handlers.turn import Occasion
from storage import alike, cases, contact, joint, media, people
from storage.case import EventRow
from storage.clock import ClockRow

# what a villager may read of the history: what was said to them or done for them
TOLD = (
    "accept",
    "reply",
    "ask",
    "conclude",
    "take_back",
    "hand_up",
    "escalate",
    "extend",
    "reopen",
    "uphold",
)

LAST = 6  # lines of the history on one screen
WHOLE = 2000  # characters: more than anybody says at once


def for_villager(occasion: Occasion, case: Case, events: list[EventRow], word: str = "") -> str:
    """The case for whose it is: where it stands, who has it, until when, what was said last.
    Who has joined it, and knows no query word, does not read what somebody else wrote."""
    words = case_words(case, occasion)
    promised = case.state in BEFORE_ANSWER and case.promised_at is not None
    joined = case.villager != occasion.actor.villager and not word
    return say(
        "card.villager_view",
        **words,
        said="" if joined else say("card.said", **words),
        state=wording.state_of(case),
        promise=say("card.promise", **words) if promised else "",
        errand="" if joined else _errand(occasion, case, events),
        last=_last_told(occasion, events) if case.merged_into is None else _merged(case),
    )


def _errand(occasion: Occasion, case: Case, events: list[EventRow]) -> str:
    """The tracking card of what is done for the villager 代办, 点单."""
    if not any(event.kind in ("summon", "wish") for event in events):
        return ""
    return calls.tracked(occasion, joint.of_case(case, occasion.session))


def _merged(case: Case) -> str:
    return say("card.merged", into=case.merged_into)


def for_staff(occasion: Occasion, case: Case) -> str:
    """The case for who works on it: words, people, clocks, history, in that order."""
    viewer, session = occasion.viewer, occasion.session
    clocks = cases.clocks(viewer, session, case.number)
    history = cases.events(viewer, session, case.number)
    words = case_words(case, occasion)
    return say(
        "card.staff_view",
        **{**words, "text": case.text or say("card.erased")},
        state=wording.state_of(case),
        care=_care(history),
        villager=_villager(occasion, case),
        attachments=_attachments(occasion, case) + _alike(occasion, case),
        clocks="\n".join(_clock(occasion, clock) for clock in clocks if clock.state != STOPPED)
        or say("card.cards", yellow=case.yellow_cards, red=case.red_cards),
        stage=_stage(occasion, case, history),
        history=_last_of(occasion, case, history),
        told=told(occasion, case),
    )


def _last_of(occasion: Occasion, case: Case, history: list[EventRow]) -> str:
    """The last lines of the history; where there are more, how to see them."""
    before = len(history) - LAST
    more = say("card.history_more", count=before, number=case.number) if before > 0 else ""
    return more + "\n".join(_event(occasion, event) for event in history[-LAST:])


def history(occasion: Occasion, case: Case) -> str:
    """All lines of the history, with all their words."""
    events = cases.events(occasion.viewer, occasion.session, case.number)
    lines = "\n".join(_event(occasion, event, WHOLE) for event in events)
    return say("card.history", number=case.number, count=len(events), lines=lines)


def times(occasion: Occasion, case: Case) -> str:
    """How each of the case's times was computed."""
    lines = [
        say(
            "admin.times_clock",
            name=say(f"word.clock.{clock.name}"),
            level=say(f"word.level.{clock.level}"),
            state=say(f"admin.times_{clock.state}"),
            explained=clock.explained,
        )
        for clock in cases.clocks(occasion.viewer, occasion.session, case.number)
    ]
    method = occasion.world.method_of(case)
    return say(
        "admin.times_case",
        number=case.number,
        method=f"{method.name} {case.method.partition('@')[2]}",
        lines="\n".join(lines),
    )


def _care(history: list[EventRow]) -> str:
    """What the handler should mind, as the villager's last words tell."""
    return care.hint(next((e.data for e in reversed(history) if e.data.get("care")), {}))


def _stage(occasion: Occasion, case: Case, history: list[EventRow]) -> str:
    """Where the case stands on the way that the method names: 第3步，共8步：跟踪问效."""
    stages = () if case.protected else occasion.world.method_of(case).stages
    happened = {event.kind for event in history}
    reached = [n for n, stage in enumerate(stages, 1) if happened & set(stage.by)]
    if not reached:
        return ""
    step = reached[-1]
    return say("card.stage", step=step, steps=len(stages), name=stages[step - 1].name)


def row(occasion: Occasion, case: Case) -> str:
    """One line of a list."""
    left = wording.left(case.promised_at, occasion.now) if case.promised_at else ""
    if case.state not in BEFORE_ANSWER:
        left = wording.when(case.answered_at or case.opened_at, occasion.now)
    sentence = "card.row_protected" if case.protected else "card.row"
    words = case_words(case, occasion)
    return say(sentence, **words, state=wording.state_of(case), left=left)


def _villager(occasion: Occasion, case: Case) -> str:
    """Who it is, masked; of an anonymous case nothing."""
    if case.anonymous:
        return say("card.anonymous")
    villager = people.find(occasion.session, case.villager) if case.villager is not None else None
    if villager is None:
        return _told_by(occasion, case)
    if not (villager.name or villager.phone or villager.unit):
        return say("card.not_left")
    unit = occasion.town.full_name(villager.unit)
    return " ".join(filter(None, (villager.name, wording.masked_phone(villager.phone), unit)))


def _told_by(occasion: Occasion, case: Case) -> str:
    """Who told staff of it, and how: 王大爷 138****0000（电话）."""
    who = contact.of(occasion.session, case.number)
    named = " ".join(filter(None, (who.name, wording.masked_phone(who.phone)))) if who else ""
    way = say(f"word.channel.{case.channel}")
    told_by = say("card.told_by", who=named or say("card.not_left"), way=way)
    return told_by + news.origin(occasion, case)


def _attachments(occasion: Occasion, case: Case) -> str:
    count = len(media.of_case(occasion.viewer, occasion.session, case.number))
    return say("card.attachments", count=count) if count else ""


def _alike(occasion: Occasion, case: Case) -> str:
    """The earlier case that this one seems to be the same as, for who may see that one too."""
    first = alike.first_of(occasion.viewer, occasion.session, case.number) if case.open else None
    return say("card.alike", first=first.number) if first is not None else ""


def _clock(occasion: Occasion, clock: ClockRow) -> str:
    if clock.state == PAUSED:
        until = wording.when(clock.next_at, occasion.now) if clock.next_at else ""
        name, why = say(f"word.clock.{clock.name}"), say(f"word.paused.{clock.paused_for}")
        return say("card.clock_paused", name=name, why=why, until=until)
    line = say(
        "card.clock",
        name=say(f"word.clock.{clock.name}"),
        due=wording.when(clock.due_at, occasion.now),
        left=wording.left(clock.due_at, occasion.now),
    )
    return line + say("card.provisional") if clock.provisional else line


def _event(occasion: Occasion, event: EventRow, most: int = 60) -> str:
    return say(
        "card.event",
        at=wording.when(event.at, occasion.now),
        who=actor_name(occasion, event.actor),
        title=_title_with_clock(event),
        text=_parts(occasion, event) + _said(event, most) + _answered(event),
    )


def _parts(occasion: Occasion, event: EventRow) -> str:
    """Of what is done jointly: whose parts it is about."""
    keys = event.data.get("parts", ()) if event.data.get("form") else ()
    return f"（{calls.names(occasion, keys)}）" if keys else ""


def _said(event: EventRow, most: int = 60) -> str:
    return f"：{wording.short(event.text, most)}" if event.text else ""


def _answered(event: EventRow) -> str:
    """Which answer was told before, and was not enough."""
    answer, version = event.data.get("answer"), event.data.get("version")
    return say("card.answered", answer=answer, version=version) if answer else ""


def _title_with_clock(event: EventRow) -> str:
    clock = event.data.get("clock")
    title = calls.step(event.kind, event.data) or event_title(event.kind)
    return f"{title}（{say(f'word.clock.{clock}')}）" if clock else title


def _last_told(occasion: Occasion, events: list[EventRow]) -> str:
    told = [event for event in events if event.kind in TOLD]
    if not told:
        return ""
    event = told[-1]
    return say(
        "card.last",
        at=wording.when(event.at, occasion.now),
        who=actor_name(occasion, event.actor),
        title=event_title(event.kind),
        text=_said(event),
    )


def actor_name(occasion: Occasion, label: str) -> str:
    kind, _, identity = label.partition(":")
    if kind == "staff":
        staff = occasion.town.staff.get(identity)
        return staff.name if staff is not None else identity
    if kind == "partner":
        return news.name_of(occasion, identity)
    return say("card.villager" if kind == "villager" else "card.service")


def event_title(kind: str) -> str:
    action = ACTIONS.get(kind)
    return action.title if action is not None else say(f"word.event.{kind}")

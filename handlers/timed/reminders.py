"""Reminders 提醒: to each that the method names, by the channel and in the words that it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casework.case import Case, Event
from casework.clocks import Clock, ScheduledStep
from casework.joint import effects
from casework.joint.call import CLOCKS, Call, late
from casework.rights import THE_SERVICE
from handlers import calls, telling, wording
from handlers.copy import say
from handlers.turn import Occasion
from storage import joint, tasks
from storage.record import Letter, note, post

# what those hear who have not come, or not reported
AWAITED: Final = {
    "sign_in": "joint_sign_in",
    "feedback": "joint_feedback",
    "term": "joint_term",
}


# … and those who called, or lead
OTHERS: Final = {
    "sign_in": "joint_still_out",
    "feedback": "joint_still_out",
    "term": "joint_term_over",
}


def remind(occasion: Occasion, case: Case, clock: Clock, index: int, step: ScheduledStep) -> None:
    """The step on record, and told: by message, by a line in the day's list, or by telephone."""
    note(occasion.session, case.number, event("remind", clock, index), occasion.now)
    if _in_digest(occasion, step):
        return
    if step.by == "phone" and not case.protected:  # tasks are read by admins
        text = say(
            "task.please_ring", number=case.number, text=_words(occasion, case, clock, step)["said"]
        )
        tasks.add(occasion.session, f"clock:{clock.id}:{index}", text, occasion.now, case.number)
    told = letters(occasion, case, clock, step)
    post(occasion.session, told, occasion.now, occasion.wall, case.number)


def letters(occasion: Occasion, case: Case, clock: Clock, step: ScheduledStep) -> list[Letter]:
    """To each that the method names, in their words; nobody twice."""
    importance, words = _importance(case, step), _words(occasion, case, clock, step)
    found: dict[str, Letter] = {}
    for audience in step.to:
        for letter in _to(occasion, case, clock, step, audience, words, importance):
            found.setdefault(letter.recipient, letter)
    return list(found.values())


def addressed(occasion: Occasion, case: Case, step: ScheduledStep) -> tuple[str, ...]:
    """Whom of the staff a step tells; nobody by a line in the day's list."""
    if _in_digest(occasion, step):
        return ()
    people: dict[str, None] = {}
    for audience in step.to:
        if audience != "villager":
            post = _post(occasion, case, audience)
            people |= dict.fromkeys(
                telling.people_at(occasion, case, post, _importance(case, step))
            )
    return tuple(people)


def _importance(case: Case, step: ScheduledStep) -> str:
    return "urgent" if step.card and case.urgency == "ordinary" else case.urgency


def _in_digest(occasion: Occasion, step: ScheduledStep) -> bool:
    """True for what the list of the day holds anyway (`handlers.timed.digest`). A card is told."""
    return step.by == "digest" and not step.card and occasion.town.digest is not None


def event(kind: str, clock: Clock, step: int) -> Event:
    return Event(
        kind,
        THE_SERVICE.label,
        data={"clock": clock.name, "step": step},
        key=f"clock:{clock.id}:{step}",
    )


def _words(occasion: Occasion, case: Case, clock: Clock, step: ScheduledStep) -> dict[str, object]:
    following = say(f"remind.{clock.name}", number=case.number)
    return {
        **telling.case_words(case, occasion),
        "clock": say(f"word.clock.{clock.name}"),
        "left": wording.left(clock.due_at, occasion.now),
        "due": wording.when(clock.due_at, occasion.now),
        "next": following,
        "said": step.say or following,
        "card_name": say(f"word.card.{step.card}") if step.card else "",
    }


def _to(
    occasion: Occasion,
    case: Case,
    clock: Clock,
    step: ScheduledStep,
    audience: str,
    words: dict[str, object],
    importance: str,
) -> Iterator[Letter]:
    if audience == "villager":
        sentence = "own_for_villager" if step.say else "going_on"
        return telling.to_villagers(occasion, case, sentence, words, importance)
    if clock.name in CLOCKS:
        return _joint(occasion, case, clock, step, audience, words, importance)
    post_id = _post(occasion, case, audience)
    return telling.to_post(
        occasion, case, post_id, _sentence(clock, step, audience), words, importance
    )


def _joint(
    occasion: Occasion,
    case: Case,
    clock: Clock,
    step: ScheduledStep,
    audience: str,
    words: dict[str, object],
    importance: str,
) -> Iterator[Letter]:
    """Of what is done jointly 联办: those who have not come or reported; who called them."""
    for call in late(joint.of_case(case, occasion.session), clock.name, clock.due_at):
        missing = [part.key for part in call.awaited(clock.name)]
        more = calls.words(occasion, effects.said(call, missing))
        posts = (
            _with_account(occasion, missing)
            if audience == "absent"
            else [_whose(occasion, case, call, audience)]
        )
        sentence = (AWAITED if audience == "absent" else OTHERS)[clock.name]
        for each in posts:
            yield from telling.to_post(
                occasion, case, each, sentence, {**words, **more}, importance
            )


def _with_account(occasion: Occasion, keys: list[str]) -> list[str]:
    return [key for key in keys if key in occasion.town.posts]


def _whose(occasion: Occasion, case: Case, call: Call, audience: str) -> str:
    return call.convener if audience == "convener" else _post(occasion, case, audience)


def _sentence(clock: Clock, step: ScheduledStep, audience: str) -> str:
    if step.card:
        return "carded"
    if step.say:
        return "own"
    if clock.name == "decide":
        return "reminded_to_decide"
    return "reminded" if audience == "handler" else "reminded_above"


def _post(occasion: Occasion, case: Case, audience: str) -> str:
    if audience == "handler" or case.protected:
        return telling.leading(case, occasion)
    if audience == "first":
        return case.first_post
    if audience == "supervisor":
        return telling.supervisor(case, occasion)
    return occasion.town.intake

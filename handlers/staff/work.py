"""What a handler does with a case: 接单 回复 问 上报 转 延期 办结.

Every word said to the villager reaches the villager. The number may be left out where only one
case can be meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from casework.actions import ACTIONS
from casework.case import Case
from casework.duration import Duration
from casework.rights import HANDLER, is_admin, standing
from handlers import cards, telling, wording
from handlers.acting import Ask, Sorry, perform
from handlers.arguments import number
from handlers.commands import Said
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import several
from handlers.turn import Turn
from storage import audit, cases, contact, incoming

Given = Mapping[str, Any]
SILENT: Final = frozenset({"wechat", "omen", "inspection"})  # nobody waits for a call there
LONGEST: Final = timedelta(days=365)
JUST_NOW: Final = timedelta(minutes=10)  # what is said then belongs to what was done
WORDS: Final = 3  # characters that say something of their own
OFFERED: Final = 8  # cases of several that can be meant
AGREES: Final = frozenset({"同意", "批准", "准", "准了"})
CONSENT: Final = AGREES | {"可以", "行", "好", "好的"}


def accept(turn: Turn, given: Given) -> Reply:
    case = perform(turn, "accept", meant(turn, given, "accept"))
    left, accepted = given.get("left", ""), done(turn, "accepted", case)
    if len(left) < WORDS:
        return accepted
    more = say("staff.accepted_not_told", words=left, number=case.number)
    return replace(accepted, text=accepted.text + more)


def reply(turn: Turn, given: Given) -> Reply:
    case = perform(turn, "reply", meant(turn, given, "reply"), text=given["text"])
    return _answered(turn, "replied", case)


def ask(turn: Turn, given: Given) -> Reply:
    case = perform(turn, "ask", meant(turn, given, "ask"), text=given["text"])
    return done(turn, "asked", case)


def hand_up(turn: Turn, given: Given) -> Reply:
    case = meant(turn, given, "hand_up")
    if not case.protected and telling.next_up(case, turn) is None:
        raise Sorry(say("refused.top", number=case.number))
    case = perform(turn, "hand_up", case, reason=given["reason"])
    return done(turn, "handed_up", case)


def transfer(turn: Turn, given: Given) -> Reply:
    case = meant(turn, given, "transfer")
    case = perform(turn, "transfer", case, post=given["post"].id, reason=given["reason"])
    return done(turn, "transferred", case)


def extend(turn: Turn, given: Given) -> Reply:
    """延期: who stands above the handler does it, the handler asks for it."""
    case = meant(turn, given, "request_extension", "extend")
    return prolong(turn, case, given)


def prolong(turn: Turn, case: Case, given: Given) -> Reply:
    duration, reason = _longer(turn, case, given["duration"]), given["reason"]
    if not _decides(turn, case, "extend"):
        case = perform(turn, "request_extension", case, duration=duration, reason=reason)
        return done(turn, "extension_requested", case)
    reason = _wanted(turn, case) or reason if reason.strip(" 。.!！") in CONSENT else reason
    case = perform(turn, "extend", case, duration=duration, reason=reason)
    return done(turn, "extended", case)


def _longer(turn: Turn, case: Case, wish: Duration | datetime) -> Duration:
    """So much longer; or until then, in hours from what is promised now."""
    if isinstance(wish, Duration):
        if wish.length > LONGEST:
            raise Ask(say("staff.too_long"), "duration")
        return wish
    promised = case.promised_at or case.settle_by or turn.now
    hours = -((promised - wish) // timedelta(hours=1))
    if hours <= 0:
        raise Ask(say("staff.no_later", promised=wording.when(promised, turn.now)), "duration")
    longer = Duration(hours, "h")
    if longer.length > LONGEST:
        raise Ask(say("staff.too_long"), "duration")
    return longer


def _wanted(turn: Turn, case: Case) -> str:
    """Why the handler wants more time: that, and not 同意, is what the villager is told."""
    history = cases.events(turn.viewer, turn.session, case.number)
    asked = [event.text for event in history if event.kind == "request_extension"]
    return asked[-1] if asked else ""


def conclude(turn: Turn, given: Given) -> Reply:
    """办结: the work is done. Of a case whose villager is not content: the result is upheld."""
    case = meant(turn, given, "conclude")
    if case.disputed and _decides(turn, case, "uphold"):
        return done(turn, "upheld", perform(turn, "uphold", case, text=given["text"]))
    return _answered(turn, "concluded", perform(turn, "conclude", case, text=given["text"]))


def take_back(turn: Turn, given: Given) -> Reply:
    """收回办结 1023: it was a mistake, and the work goes on."""
    if given.get("number") is None:
        raise Ask(say("staff.take_back_which"), "number")
    return done(turn, "taken_back", perform(turn, "take_back", meant(turn, given, "take_back")))


def _decides(turn: Turn, case: Case, name: str) -> bool:
    return bool(standing(turn.actor, case, turn.town) & ACTIONS[name].who)


def _answered(turn: Turn, sentence: str, case: Case) -> Reply:
    """Whoever has answered a question learns how it becomes an answer for all."""
    said = done(turn, sentence, case)
    if case.kind != "consultation" or case.protected:
        return said
    command = "/答案 收" if is_admin(turn.actor.staff, turn.town) else "推荐"
    return Reply(said.text + say("staff.may_be_for_all", command=command, number=case.number))


def done(turn: Turn, sentence: str, case: Case, **more: str) -> Reply:
    said = say(f"staff.{sentence}", **telling.case_words(case, turn), **more)
    return Reply(said + _by_phone(turn, case))


def _by_phone(turn: Turn, case: Case) -> str:
    """Who told it to staff and is not on WeChat hears nothing by it: a person has to tell them."""
    if case.villager is not None or case.channel in SILENT:
        return ""
    who = contact.of(turn.session, case.number)
    if who is None and case.channel == "intake":
        return ""  # the partner hears of it
    named = " ".join(filter(None, (who.name, who.phone))) if who is not None else ""
    return say("staff.tell_them", who=named or say("card.not_left"))


def meant(turn: Turn, given: Given, *names: str) -> Case:
    """The case of a command, taken for a change. Raises Sorry if none or several can be meant."""
    number = given.get("number")
    if number is None:
        fit = _fitting(turn, names)
        if not fit:
            raise Sorry(say("staff.none_fits"))
        if len(fit) > 1:
            raise which(turn, fit)
        number = fit[0].number
    return _there(cases.take(turn.viewer, turn.session, number), number)


def waits_for(turn: Turn, name: str) -> bool:
    """True if this can be done with a case in the speaker's own hands."""
    return bool(_fitting(turn, (name,)))


def numbered(turn: Turn, said: Said) -> Said:
    """What is only suggested names its cases: a 是 is said to these, and to no other."""
    chosen = several.chosen(turn, said)
    if chosen is not None and not chosen.rest and 0 < len(chosen.numbers) <= OFFERED:
        return replace(said, rest=" ".join(map(str, chosen.numbers)))
    takes = bool(said.command.arguments) and said.command.arguments[0].name == "number"
    if not takes or number(said.rest, turn)[0] is not None:
        return said
    fit = _fitting(turn, said.command.actions)
    if len(fit) > 1:
        fit = _spoken_of(turn, fit) or _just_worked_on(turn, fit)
    return replace(said, rest=f"{fit[0].number} {said.rest}".strip()) if len(fit) == 1 else said


def _spoken_of(turn: Turn, found: Sequence[Case]) -> list[Case]:
    """路灯修好了: those of that topic, and where the words say a place, of that place."""
    reading = turn.reading
    units = {place.unit for place in reading.places}
    return [
        case
        for case in found
        if reading.topic and case.topic == reading.topic and (not units or case.unit in units)
    ]


def just_concluded(turn: Turn) -> Case | None:
    """What was concluded last, if that was just now."""
    lately = {
        case.answered_at: case
        for case in _fitting(turn, ("take_back",))
        if case.answered_at is not None and turn.now - case.answered_at <= JUST_NOW
    }
    return lately[max(lately)] if lately else None


def _just_worked_on(turn: Turn, found: Sequence[Case]) -> list[Case]:
    last = incoming.last_about(turn.session, turn.incoming.person, turn.now - JUST_NOW)
    return [case for case in found if case.number == last]


def which(turn: Turn, fit: Sequence[Case]) -> Ask:
    """Several can be meant; the number alone answers."""
    lines = wording.listed(fit, OFFERED, partial(cards.row, turn))
    return Ask(say("staff.which", lines=lines), "number")


def seen(turn: Turn, number: int, *, sealed: bool = True) -> Case:
    """The case with this number, to be looked at; where reports about people have no place, not
    `sealed` ones. Raises Sorry."""
    case = cases.find(turn.viewer, turn.session, number)
    hidden = case is not None and case.protected and not sealed
    return _there(None if hidden else case, number)


def looked_at(turn: Turn, case: Case) -> None:
    """What is said next is about it. Each look at a protected case is recorded."""
    turn.about = case.number
    if case.protected:
        audit.write(
            turn.session, actor=turn.actor.label, act="查看", target=str(case.number), detail="",
            now=turn.now,
        )  # fmt: skip


def _there(case: Case | None, number: int) -> Case:
    if case is None:
        raise Sorry(say("refused.unseen_staff", number=number))
    return case


def _fitting(turn: Turn, names: tuple[str, ...]) -> list[Case]:
    """Cases in the speaker's own hands with which one of these things can be done."""
    states = frozenset[str]().union(*(ACTIONS[name].states for name in names))
    own = cases.led_by(turn.viewer, turn.session, turn.staff.hands)
    return [c for c in own if c.state in states and HANDLER in standing(turn.actor, c, turn.town)]

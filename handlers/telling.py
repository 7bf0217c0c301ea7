"""The letters that follow from what was done to a case: to whom, in which words, not before when.

Who hears of what stands in the table of `tells`; the sentences in `copy/tell.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from casework.case import WAITING, Case, Decision
from casework.cover import asked
from casework.duration import Duration
from casework.hours import after_quiet
from casework.joint.form import forms
from casework.recusal import away, free_above, stand_in
from casework.routing import answering
from casework.town import Post, Staff
from handlers import calls, care, wording
from handlers.copy import say, sentences
from handlers.partner import news
from handlers.ratings import RATINGS
from handlers.tells import BY_FORM, RELEASED, TELLS, Tell
from handlers.turn import Occasion
from storage import people
from storage.record import Letter
from storage.villager import Villager

# in this time after the villager's last word an answer is part of the conversation
CONVERSATION: Final = timedelta(minutes=30)


# What a villager has to learn, on whatever way; the rest may wait for their next word.
MATTERS: Final = frozenset({"replied", "asked", "concluded", "extended", "upheld"})


def letters(occasion: Occasion, decision: Decision, **more: Any) -> list[Letter]:
    """All letters that follow from a decision."""
    case, words = decision.case, _words(occasion, decision, more)
    found = list(news.letters(occasion, decision))
    for tell, told_to in addressed(occasion, decision):
        importance = _importance(tell, case)
        if tell.to == "villagers":
            found.extend(to_villagers(occasion, case, tell.sentence, words, importance))
        for person in told_to:
            found.extend(to_person(occasion, case, person, tell.sentence, words, importance))
    return found


def addressed(occasion: Occasion, decision: Decision) -> Iterator[tuple[Tell, tuple[str, ...]]]:
    """What is told after a decision, and to whom of the staff; to villagers it goes by their rows."""
    case = decision.case
    for tell in _tells(decision):
        if not _wanted(tell, decision, occasion):
            continue
        if tell.to == "villagers":
            yield tell, ()
        elif tell.to == "called":
            yield tell, (str(decision.events[0].data.get("person", "")),)
        else:
            for post in _posts(tell, decision, occasion):
                yield tell, people_at(occasion, case, post, _importance(tell, case))


def are_read(action: str) -> bool:
    """True if the words that are given with an action stand in a letter to those whose case it is."""
    told = (f"tell.{tell.sentence}" for tell in TELLS.get(action, ()) if tell.to == "villagers")
    return any("{text}" in sentences()[sentence] for sentence in told)


def _tells(decision: Decision) -> tuple[Tell, ...]:
    at_the_top = decision.events[0].data.get("top") and decision.action == "escalate"
    told = TELLS.get("escalate_at_the_top" if at_the_top else decision.action, ())
    return (*told, RELEASED) if decision.events[0].data.get("released") else told


def _importance(tell: Tell, case: Case) -> str:
    """As the case is; what presses is at least urgent, and never less than the case."""
    return "emergency" if case.urgency == "emergency" else tell.importance or case.urgency


def _wanted(tell: Tell, decision: Decision, occasion: Occasion) -> bool:
    """Conditions of the few letters that are not sent each time."""
    if tell is RELEASED:
        return True
    if decision.action == "conclude":
        settles = occasion.world.method_of(decision.case).silence_settles
        return settles == (tell.sentence == "concluded")
    if decision.action == "summon" and not decision.events[0].data["parts"]:
        return False  # nobody is called: cases are held together
    if tell.sentence == "taken_for_you" and decision.events[0].data["again"]:
        return False
    if tell.sentence == "handed_over_for_you":
        return bool(decision.events[0].data["handed_over"])
    if tell.sentence in BY_FORM:
        return BY_FORM[tell.sentence](forms()[decision.events[0].data["form"]])
    before, case = decision.before, decision.case
    moved = before is not None and before.lead_post != case.lead_post
    if decision.action == "supplement" and tell.to != "former":
        risen = before is not None and before.urgency != case.urgency == "emergency"
        return tell.sentence == ("danger_now" if risen else "opened" if moved else "supplemented")
    if tell.to == "duty":
        return case.urgency == "emergency" and not case.protected
    if tell.to == "admin":
        return not case.protected
    if tell.to == "former":
        return moved
    if tell.to == "named":
        return bool(decision.events[0].data.get("person", case.lead_post) != case.lead_post)
    if decision.action == "ask_back":
        return moved == (tell.sentence != "back_wanted")
    if decision.action == "recuse":
        return moved
    if tell.sentence in ("opened", "opened_now"):
        return (case.urgency == "emergency") == (tell.sentence == "opened_now")
    if tell.sentence in ("escalated", "not_accepted"):
        accepted = decision.events[0].data.get("clock") != "acknowledge"
        return accepted == (tell.sentence == "escalated")
    if tell.sentence == "still_late":
        return before is not None and before.promised_at != case.promised_at
    if tell.sentence == "urged_again":
        return case.urged >= 2
    return True


def _posts(tell: Tell, decision: Decision, occasion: Occasion) -> Sequence[str | None]:
    data = decision.events[0].data
    if tell.to in ("parts", "free"):
        keys = data.get(tell.to, ())
        return [key for key in keys if key in occasion.town.posts]  # others have no account
    if tell.to == "convener":
        return [data["convener"]]
    return [_post(tell, decision, occasion)]


def _post(tell: Tell, decision: Decision, occasion: Occasion) -> str | None:
    before, case, town = decision.before, decision.case, occasion.town
    if tell.to == "duty":
        return town.duty
    if tell.to == "former":
        return before.lead_post if before is not None else None
    if tell.to == "admin":
        return town.intake
    if tell.to == "supervisor":
        return supervisor(case, occasion)
    if tell.to == "named":
        return str(decision.events[0].data.get("person"))
    if tell.to == "sender":
        return case.previous_post or town.intake
    return leading(case, occasion)


def leading(case: Case, occasion: Occasion) -> str:
    """The post that hears what its case needs; or who stands in where all in it stay away."""
    if case.protected or not case.recused:
        return case.lead_post
    return stand_in(occasion.town, answering(occasion.town, case.lead_post), away(case)).id


def supervisor(case: Case, occasion: Occasion) -> str:
    """The post above the leading one; at the top, and for a protected case, the leading one itself."""
    upper = None if case.protected else next_up(case, occasion)
    return upper.id if upper is not None else leading(case, occasion)


def next_up(case: Case, occasion: Occasion) -> Post | None:
    """The post to which the case would climb, on the ladder of its method; None at the top."""
    skipped = occasion.world.method_of(case).skipped
    lead = answering(occasion.town, case.lead_post)
    return free_above(occasion.town, lead, away(case), skipped)


def to_post(
    occasion: Occasion,
    case: Case,
    post: str | None,
    sentence: str,
    words: Mapping[str, Any],
    importance: str,
) -> Iterator[Letter]:
    """A letter to who holds a post."""
    for person in people_at(occasion, case, post, importance):
        yield from to_person(occasion, case, person, sentence, words, importance)


def people_at(occasion: Occasion, case: Case, post: str | None, importance: str) -> tuple[str, ...]:
    """Who is told what goes to a post: who is there, in an emergency all of them. Of a protected
    case nobody but its own holders."""
    town = occasion.town
    held = town.posts.get(post or "") if case.protected else answering(town, post or "")
    if held is None:
        return ()
    there = asked(town, held, occasion.now, away(case))
    on_duty = held.id == town.duty and town.duty in town.rosters  # the others may sleep
    return there if importance == "emergency" and not on_duty else there[:1]


def to_person(
    occasion: Occasion,
    case: Case,
    person: str,
    sentence: str,
    words: Mapping[str, Any],
    importance: str,
) -> Iterator[Letter]:
    """A letter to one member of staff, unless it is their own doing. Of a protected case it carries
    the number and nothing else."""
    staff = occasion.town.staff.get(person)
    if staff is None or staff == occasion.actor.staff:
        return
    sentence = "protected" if case.protected else sentence
    text = say(f"tell.{sentence}", **{"number": case.number, **words}).rstrip()
    key = f"{case.number}:{sentence}:{staff.id}"
    yield staff_letter(occasion, staff, key, text, importance, case.urgency)


def staff_letter(
    occasion: Occasion,
    staff: Staff,
    key: str,
    text: str,
    importance: str = "ordinary",
    urgency: str | None = None,
) -> Letter:
    """A letter to a member of staff. What wakes them is how urgent the matter is: the letter, unless
    it is about a case."""
    return Letter(
        channel="wecom",
        account="",
        recipient=staff.userid,
        key=f"{occasion.origin}:{key}",
        text=text,
        importance=importance,
        not_before=occasion.world.opening(urgency or importance),
    )


def to_villagers(
    occasion: Occasion, case: Case, sentence: str, words: Mapping[str, Any], importance: str
) -> Iterator[Letter]:
    """A letter to everybody whose case it is."""
    text = say(f"tell.{sentence}", **words).rstrip()
    for villager in people.parties(occasion.session, case.number, case.villager):
        if villager.id == occasion.actor.villager:
            continue
        yield villager_letter(occasion, case, villager, sentence, text, importance)


def villager_letter(
    occasion: Occasion, case: Case, villager: Villager, sentence: str, text: str, importance: str
) -> Letter:
    awake = occasion.now - case.heard_at < CONVERSATION
    return Letter(
        channel=villager.channel,
        account=villager.account,
        recipient=villager.openid,
        key=f"{occasion.origin}:{case.number}:{sentence}:v{villager.id}",
        text=text,
        importance=importance,
        not_before=occasion.now
        if awake
        else after_quiet(occasion.town, case.urgency, occasion.now),
        buttons=_choices(case, sentence),
        more={
            "matters": sentence in MATTERS or importance == "emergency",
            "notice": _notice(occasion, case, text),
        },
    )


def _choices(case: Case, sentence: str) -> tuple[tuple[str, str], ...]:
    """What can be tapped beneath a letter, and what it then says."""
    if sentence != "concluded":
        return ()
    ratings = [say(f"word.rating.{rating}") for rating in RATINGS]
    return tuple((label, f"{case.number} {label}") for label in ratings)


def _notice(occasion: Occasion, case: Case, text: str) -> dict[str, str]:
    """The words of a template message. It can be read on a locked phone: of a protected case it
    says nothing. Where no other phone can be named, it is the township's duty post's."""
    town = occasion.town
    on_duty = wording.holder(town, town.duty, occasion.now)
    phone = on_duty.phone if on_duty is not None else ""
    words = {"number": str(case.number), "at": occasion.now.isoformat(), "phone": phone}
    if case.protected:
        hidden = say("tell.notice_protected")
        return {**words, "matter": hidden, "text": hidden, "state": "", "by": ""}
    holder = wording.holder(town, wording.reachable(town, case), occasion.now)
    return {
        **words,
        "matter": case_words(case, occasion)["matter"],
        "state": wording.state_of(case),
        "by": holder.name if holder is not None else town.name,
        "phone": (holder.phone if holder is not None else "") or phone,
        "text": wording.short(text, 60),
    }


def to_admins(occasion: Occasion, text: str, importance: str = "urgent") -> Iterator[Letter]:
    """A letter about the service itself, to who holds the 受理岗."""
    intake = occasion.town.posts[occasion.town.intake]
    for person in asked(occasion.town, intake, occasion.now)[:1]:
        staff = occasion.town.staff[person]
        yield staff_letter(occasion, staff, f"admin:{staff.id}", text, importance)


def case_words(case: Case, occasion: Occasion) -> Mapping[str, Any]:
    """What a sentence may say about a case; letter and reply say it of the same one."""
    if occasion.worded is None or occasion.worded[0] is not case:
        occasion.worded = (case, _case_words(case, occasion))
    return occasion.worded[1]


def _case_words(case: Case, occasion: Occasion) -> dict[str, Any]:
    town, post = occasion.town, wording.reachable(occasion.town, case)
    deed = "reply" if case.replied_at is None else "settle"
    sort, place = wording.sort_of(case), wording.place_of(case, town)
    return {
        "number": case.number,
        "sort": sort,
        "urgency": say(f"word.urgency.{case.urgency}"),
        "place": place or say("card.no_place"),
        "matter": f"{sort}，{place}" if place else sort,
        "case_text": wording.short(case.text),
        "responsible": wording.responsible(town, post, occasion.now, away(case)),
        "post": wording.post_name(town, post),
        "deed": say(f"word.deed.{deed}"),
        "to_you": say(f"word.deed.{deed}_you"),
        "to_them": say(f"word.deed.{deed}_them"),
        "promised": wording.when(case.promised_at, occasion.now) if case.promised_at else "",
        "urged": case.urged,
        "query_word": case.query_word,
    }


def _longer(occasion: Occasion, decision: Decision) -> dict[str, str]:
    """延期 as it is told: how much longer, and until when a request would have it, where no calendar
    has to be asked."""
    if decision.action not in ("extend", "request_extension"):
        return {"by": decision.events[0].data.get("by", ""), "wished": ""}
    by, case = Duration.parse(decision.events[0].data["by"]), decision.case
    wished = None
    if case.promised_at is not None and case.state != WAITING and by.unit in ("h", "d"):
        wished = case.promised_at + by.length
    told = say("tell.wished", at=wording.when(wished, occasion.now)) if wished else ""
    return {"by": wording.so_long(by), "wished": told}


def _words(occasion: Occasion, decision: Decision, more: Mapping[str, Any]) -> dict[str, Any]:
    before, case, staff = decision.before, decision.case, occasion.actor.staff
    event = decision.events[0]
    rating, card, clock = (event.data.get(name) for name in ("rating", "card", "clock"))
    silent = next((each for each in decision.start if each.name == "silence"), None)
    return {
        **case_words(case, occasion),
        **calls.words(occasion, event.data),
        "text": event.text,
        "order": news.origin(occasion, decision.case),
        "care": care.hint(event.data),
        **_longer(occasion, decision),
        "who": staff.name if staff is not None else say("card.villager"),
        "former": wording.post_name(occasion.town, before.lead_post) if before else "",
        "card_name": say(f"word.card.{card}") if card else say("word.card.none"),
        "clock": say(f"word.clock.{clock}") if clock else "",
        "review": wording.when(case.review_at, occasion.now) if case.review_at else "",
        "silence": wording.when(silent.due_at, occasion.now) if silent else "",
        "until": say("tell.until", by=event.data["by"])
        if decision.action == "supervise" and event.data.get("by")
        else "",
        "rating": say(f"word.rating.{rating}") if rating else "",
        "into": case.merged_into,
        "joined": len(decision.parties),
        **more,
    }

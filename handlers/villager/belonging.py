"""Where a villager belongs: 绑定, 我的网格员; and whether staff may know who it is: 匿名."""

from __future__ import annotations

import re

from casework.routing import assign
from handlers import telling, wording
from handlers.acting import NotThat, Sorry, perform
from handlers.arguments import posts_called
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import query_word
from handlers.turn import Turn
from handlers.understood import says_what_is_wrong, sure_place
from handlers.villager.continuing import TOGETHER
from nlp.reading import Place
from storage import cases, people


def my_member(turn: Turn, _: re.Match[str]) -> Reply:
    if turn.person.unit is None:
        return Reply(say("villager.bind_first"))
    return Reply(say("villager.my_member", **_member(turn, turn.person.unit)))


def member_of(turn: Turn, found: re.Match[str]) -> Reply:
    """谁负责石墙村三组."""
    place = sure_place(turn, turn.book.reader.read(found["whom"], turn.person.unit))
    if place is None:
        raise NotThat
    return Reply(say("villager.member_of", **_member(turn, place.unit)))


def phone(turn: Turn, found: re.Match[str]) -> Reply:
    """电话多少: of the own grid member, or of who takes calls."""
    return whom_to_call(turn) if turn.person.unit is None else my_member(turn, found)


def phone_of(turn: Turn, found: re.Match[str]) -> Reply:
    """李守田电话."""
    everybody = turn.town.staff.values()
    named = (each for each in everybody if each.name == found["name"] and each.posts)
    posts = [staff.posts[0] for staff in named]
    if not posts:
        called = posts_called(turn.town, found["name"])
        posts = [post.id for post in called if turn.town.units[post.unit].department]
    if len(posts) != 1:
        raise NotThat
    who = wording.responsible(turn.town, posts[0], turn.now)
    return Reply(say("villager.reach", responsible=who))


def whom_to_call(turn: Turn) -> Reply:
    """Who answers where nothing is known of the matter yet."""
    to = assign(turn.town, topic="", field="", unit=turn.person.unit, misconduct=False)
    who = wording.responsible(turn.town, to.post, turn.now)
    return Reply(say("villager.person", responsible=who))


def bind(turn: Turn, found: re.Match[str]) -> Reply:
    """绑定 石墙村三组."""
    reading = turn.book.reader.read(found["where"], turn.person.unit)
    explicit = turn.text.strip().startswith("绑定")
    places = [place for place in reading.places if turn.town.units[place.unit].level != "township"]
    tells = reading.topic or says_what_is_wrong(reading)
    if not explicit and (not places or tells):
        raise NotThat  # 我在村口看到有人打架: not about where somebody lives
    if not places:
        return Reply(say("villager.bind_unknown", text=found["where"]))
    best = max(places, key=_surest)
    rivals = {place.unit for place in places if place.confidence > best.confidence - 0.05}
    if len(rivals) > 1:
        names = "、".join(turn.town.full_name(unit) for unit in sorted(rivals))
        return Reply(say("villager.bind_which", names=names))
    return bind_to(turn, best.unit)


def claim(turn: Turn, found: re.Match[str]) -> Reply:
    """认领 1023 青山稻田: what was told to staff on the phone or at the window is one's own now."""
    number, word = int(found["number"]), found["word"]
    case = cases.with_word(turn.viewer, turn.session, number, word)
    if case is None or case.villager not in (None, turn.person.id):
        raise Sorry(say("refused.unseen", number=number))
    if case.villager is None:
        perform(turn, "claim", case, joined=True)
    return Reply(say("register.claimed", number=number))


def bind_to(turn: Turn, unit: str) -> Reply:
    people.change(turn.session, turn.person.id, unit=unit)
    return Reply(say("villager.bound", **_member(turn, unit)))


def anonymous(turn: Turn, _: re.Match[str]) -> Reply:
    """匿名: the case just filed, or else the next one, is nobody's to staff."""
    for case in cases.recent(turn.viewer, turn.session):
        if case.open and not case.anonymous and turn.now - case.opened_at <= TOGETHER:
            case = perform(turn, "anonymise", case, query_word=query_word())
            return Reply(say("villager.anonymous_now", **telling.case_words(case, turn)))
    people.change(turn.session, turn.person.id, anonymous=True)
    return Reply(say("villager.anonymous_next"))


def _surest(place: Place) -> tuple[float, int]:
    return (place.confidence, len(place.name))


def _member(turn: Turn, unit: str) -> dict[str, str]:
    to = assign(turn.town, topic="", field="", unit=unit, misconduct=False)
    return {
        "place": turn.town.full_name(unit),
        "responsible": wording.responsible(turn.town, to.post, turn.now),
    }

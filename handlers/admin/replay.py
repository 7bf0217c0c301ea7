"""/时限 试算: the last 90 days once more under another method, or with another number, before it counts.

Asked on a read session. What happens to each case is found by `casework.replay`, and who would have
been told by those who tell in earnest; the figures of now are found in the same way. Cases count as
far as the viewer may see them, and none is put into words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from casework.duration import Duration, back
from casework.methods import Method
from casework.replay import PROMISES, Happened, live
from casework.rights import THE_SERVICE, Viewer
from handlers import telling
from handlers.admin.times import changed, chosen
from handlers.copy import say
from handlers.message import Reply
from handlers.timed import meetings, reminders
from handlers.turn import Occasion, Turn
from storage import past
from storage.book import Book
from storage.session import ReadSession, WriteSession

Given = Mapping[str, Any]
DAYS: Final = 90
MOST: Final = 1000  # cases that an answer in the chat is made of; of more, each second, third …
PEOPLE: Final = 12
SHOWN: Final = 8


@dataclass(slots=True)
class Effect:
    """What a method comes to."""

    reminded: int = 0
    escalated: int = 0
    overdue: int = 0  # cases of which a promise was not kept …
    late: Counter[str] = field(default_factory=Counter)  # … and which
    cards: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, to which post
    brought: int = 0  # by cards: 督办, 挂牌, a red one
    messages: Counter[str] = field(default_factory=Counter)  # to staff, by their ids
    to_villagers: int = 0
    climbed: list[int] = field(default_factory=list)  # cases that may be named


@dataclass(frozen=True, slots=True)
class Trial:
    method: Method
    cases: int  # opened in this time
    every: int  # so many of them are one that was tried
    now: Effect
    then: Effect


def trial(turn: Turn, given: Given) -> Reply:
    """/时限 试算 村 办结 7天 · /时限 试算 接诉即办"""
    words = given["text"].removeprefix("用 ").removeprefix("改 ").strip()
    method = changed(turn, words) if _is_number(words) else chosen(turn, words)
    found = try_out(turn.viewer, turn.session, turn.book, turn.now, method, MOST)
    return Reply(told(turn.book, found))


def _is_number(words: str) -> bool:
    with suppress(ValueError):
        return Duration.parse(words.split()[-1]).amount > 0
    return False


def try_out(
    viewer: Viewer, session: ReadSession, book: Book, now: datetime, method: Method, most: int
) -> Trial:
    """The last 90 days as they would be under today's method, and under this one."""
    since = now - timedelta(days=DAYS)
    numbers = past.opened_since(viewer, session, since)
    every = -(-len(numbers) // most) or 1
    both = [Effect(), Effect()]
    books = [under(book, book.methods[book.town.method]), under(book, method)]
    for known in past.pasts(viewer, session, numbers[::every]):
        for tried, effect in zip(books, both, strict=True):
            life = live(tried.world, known, now)
            effect.late.update(life.late)
            effect.overdue += bool(life.late)
            for happened in life.happened:
                _count(effect, tried, session, happened)
    for tried, effect in zip(books, both, strict=True):
        effect.brought = sum(_brought(effect, tried))
        _scale(effect, every)
        _meetings(effect, tried, session, since, now)
    return Trial(method, len(numbers), every, *both)


def under(book: Book, method: Method) -> Book:
    """The book as if the town had this method."""
    versions = {**book.versions, method.id: method, method.version: method}
    return replace(
        book,
        town=replace(book.town, method=method.id),
        methods={**book.methods, method.id: method},
        versions=versions,
        _world=[],
    )


def _count(effect: Effect, book: Book, session: ReadSession, happened: Happened) -> None:
    case, decision, step = happened.case, happened.decision, happened.step
    occasion = _occasion(book, session, happened.at)
    if step is not None:
        effect.reminded += not step.card
        people = reminders.addressed(occasion, case, step)
        villagers = "villager" in step.to
    else:
        assert decision is not None
        occasion.actor = happened.actor
        tells = list(telling.addressed(occasion, decision))
        people = tuple(person for _, each in tells for person in each)
        villagers = any(tell.to == "villagers" for tell, _ in tells)
    own = happened.actor.staff.id if happened.actor.staff is not None else ""
    effect.messages.update(person for person in people if person != own)
    asked = case.villager is not None and case.villager != happened.actor.villager
    effect.to_villagers += villagers and asked
    if decision is None:
        return
    if decision.action == "escalate":
        effect.escalated += 1
        if not case.protected and case.number not in effect.climbed:
            effect.climbed.append(case.number)
    for event in decision.events:
        if (card := event.data.get("card")) and not case.protected:
            effect.cards.append((happened.at, str(event.data["of"]), card))


def _occasion(book: Book, session: ReadSession, now: datetime) -> Occasion:
    return Occasion(
        actor=THE_SERVICE, now=now, wall=now, book=book, session=_unwritten(session), origin="trial"
    )


def _unwritten(session: Any) -> WriteSession:
    """Whoever is only asked to whom something would go writes nothing."""
    found: WriteSession = session
    return found


def _brought(effect: Effect, book: Book) -> Iterator[bool]:
    """Cards in the order in which they were given: which of them was one too many?"""
    consequences = book.methods[book.town.method].consequences
    given: dict[tuple[str, str], list[datetime]] = {}
    for at, post, card in sorted(effect.cards):
        times = given.setdefault((post, card), [])
        times.append(at)
        for each in consequences:
            since = back(at, each.within, book.calendar)
            count = sum(since is None or time >= since for time in times)
            yield each.card == card and each.comes_with(count)


def _scale(effect: Effect, every: int) -> None:
    """What one case of several came to stands for all of these."""
    for name in ("reminded", "escalated", "overdue", "brought", "to_villagers"):
        setattr(effect, name, getattr(effect, name) * every)
    for counter in (effect.late, effect.messages):
        for key in counter:
            counter[key] *= every
    effect.cards *= every


def _meetings(
    effect: Effect, book: Book, session: ReadSession, since: datetime, now: datetime
) -> None:
    """What the method does again and again is told, too."""
    for each in book.methods[book.town.method].rhythms:
        at = each.when.after(since, book.calendar)
        while at is not None and at <= now:
            effect.messages.update(meetings.addressed(each, _occasion(book, session, at)))
            at = each.when.after(at, book.calendar)


# --- in words -------------------------------------------------------------------------------------


def told(book: Book, found: Trial) -> str:
    now, then = found.now, found.then
    late = "，".join(
        say(
            "trial.late_of",
            name=say(f"word.clock.{name}"),
            now=now.late[name],
            then=then.late[name],
        )
        for name in sorted(PROMISES)
        if now.late[name] or then.late[name]
    )
    cards = ([card for _, _, card in effect.cards] for effect in (now, then))
    yellow, red = zip(*((its.count("yellow"), its.count("red")) for its in cards), strict=True)
    return say(
        "trial.told",
        name=found.method.name,
        version=found.method.version,
        days=DAYS,
        cases=found.cases,
        sampled=say("trial.sampled", every=found.every) if found.every > 1 else "",
        reminded=_change(now.reminded, then.reminded),
        escalated=_change(now.escalated, then.escalated),
        overdue=_change(now.overdue, then.overdue),
        late=say("trial.late", lines=late) if late else "",
        yellow=_change(*yellow),
        red=_change(*red),
        brought=_change(now.brought, then.brought),
        to_villagers=_change(now.to_villagers, then.to_villagers),
        people="\n".join(_people(book, now, then)),
        climbing=_climbing(now, then),
    ).rstrip()


def _people(book: Book, now: Effect, then: Effect) -> Iterator[str]:
    """Those for whom most changes, first."""
    everybody = {*now.messages, *then.messages}
    change = {who: then.messages[who] - now.messages[who] for who in everybody}
    changed = sorted((who for who in everybody if change[who]), key=lambda w: (-abs(change[w]), w))
    for who in changed[:PEOPLE]:
        staff = book.town.staff.get(who)
        count = _change(now.messages[who], then.messages[who])
        yield say("trial.person", name=staff.name if staff else who, change=count)
    if len(changed) > PEOPLE:
        yield say("trial.others", count=len(changed) - PEOPLE)
    if len(everybody) > len(changed):
        yield say("trial.same", count=len(everybody) - len(changed))


def _climbing(now: Effect, then: Effect) -> str:
    new = [number for number in then.climbed if number not in set(now.climbed)]
    if not new:
        return ""
    numbers = "、".join(map(str, new[:SHOWN]))
    return say("trial.climbing", numbers=numbers, more="…" if len(new) > SHOWN else "")


def _change(now: int, then: int) -> str:
    return say("trial.change", now=now, then=then)

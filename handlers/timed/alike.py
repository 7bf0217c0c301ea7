"""New cases are compared with the open ones, after their commit: has somebody else said the same?

1. On a read session: the next new cases, what is alike to each (`look`).
2. In the writer, a small slice: they are filed in the index; what was found is remembered, the
   villager is offered to join, and of a matter that grows an admin is told (`tell`).

A number that was given stays. Protected and anonymous cases are neither compared nor shown, nor is
what each household has to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.case import Case
from casework.rights import THE_SERVICE, Viewer
from casework.town import Town
from handlers import telling
from handlers.copy import say
from handlers.tasks import ask_admins
from handlers.turn import Occasion, by_itself
from nlp.duplicates import ENOUGH, PERSONAL, Signature, keys, likeness, signature
from nlp.normal import normalise
from storage import alike, people, text_keys
from storage.book import Book
from storage.database import Moment
from storage.record import post
from storage.session import ReadSession, WriteSession

SLICE: Final = 4  # what is compared holds Python's lock, and whoever writes meanwhile waits for it
FORGOTTEN: Final = 200  # cases of which one slice looks whether they are still open
CLOSEST: Final = 16  # cases that a new one is compared with
TOO_WIDE: Final = ("township", "county")  # levels at which being in the same place tells nothing
COMMON: Final = (3, 5, 10, 20, 50, 100)  # so many people: an admin is told 共性问题


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about the next new cases. `first`: by case the one it is alike to."""

    since: int
    until: int
    keys: Mapping[int, tuple[int, ...]]
    alike: Mapping[int, int]


def look(session: ReadSession, begun: Moment, book: Book) -> Found | None:
    """Compare the next new cases with those that are filed, and with one another."""
    viewer = Viewer(THE_SERVICE, book.town)
    since = text_keys.compared(session)
    new = alike.to_compare(viewer, session, SLICE)
    if not new:
        return None
    signed: dict[int, tuple[Case, Signature]] = {}
    found_alike: dict[int, int] = {}
    for case in filter(is_comparable, new):
        mine = signature_of(case, book.town)
        filed = text_keys.filed(session, keys(mine), CLOSEST)
        others = [c for c in alike.still_open(viewer, session, filed) if is_comparable(c)]
        known = [(other, signature_of(other, book.town)) for other in others]
        best = _closest(case, mine, [*known, *signed.values()])
        if best is not None:
            found_alike[case.number] = best
        signed[case.number] = case, mine
    filed_under = {number: keys(sign) for number, (_, sign) in signed.items()}
    return Found(since, new[-1].number, filed_under, found_alike)


def is_comparable(case: Case) -> bool:
    """May somebody else hear of this case that it is there?"""
    return not (
        case.protected or case.anonymous or case.kind == "consultation" or case.topic in PERSONAL
    )


def signature_of(case: Case, town: Town) -> Signature:
    """Its place is no likeness by itself: in the words only what is said besides counts."""
    place, text = chain(town, case.unit), normalise(case.text)
    for unit in (town.units[each] for each in place):
        for name in (town.full_name(unit.id), unit.name, *unit.aliases):
            text = text.replace(name, "，")
    return signature(text, case.topic, place)


def chain(town: Town, unit: str | None) -> tuple[str, ...]:
    """A unit and those above it, as far up as a matter can be one and the same."""
    return tuple(each.id for each in town.ancestors(unit) if each.level not in TOO_WIDE)


def _closest(case: Case, mine: Signature, others: list[tuple[Case, Signature]]) -> int | None:
    scored = [
        (likeness(mine, theirs), -other.number)
        for other, theirs in others
        if other.villager != case.villager and (not case.topic or other.topic in ("", case.topic))
    ]
    score, number = max(scored, default=(0.0, 0))
    return -number if score >= ENOUGH else None


def tell(session: WriteSession, begun: Moment, book: Book, found: Found) -> None:
    """Write what was found, unless another process has."""
    if not text_keys.file(session, found.since, found.until, found.keys):
        return
    for number, other in found.alike.items():
        occasion = by_itself(session, begun, book, f"alike:{number}")
        _link(occasion, number, other)


def _link(occasion: Occasion, number: int, other: int) -> None:
    viewer, session = occasion.viewer, occasion.session
    earlier = alike.first_of(viewer, session, other)
    both = alike.still_open(viewer, session, [number, earlier.number if earlier else other])
    if len(both) < 2:
        return
    case, first = both
    alike.link(case, session, first.number)
    count = alike.people_in(viewer, session, first.number)
    _offer(occasion, case, first, count)
    if count in COMMON:
        _common(occasion, first, count)


def _offer(occasion: Occasion, case: Case, first: Case, count: int) -> None:
    """The villager who came later may join; nothing happens by itself."""
    if case.urgency == "emergency" or case.villager is None:
        return
    villager = people.find(occasion.session, case.villager)
    if villager is None:
        return
    words = {**telling.case_words(case, occasion), "first": first.number, "others": count - 1}
    text = say("tell.alike", **words)
    letter = telling.villager_letter(occasion, case, villager, "alike", text, "ordinary")
    post(occasion.session, [letter], occasion.now, occasion.wall, case.number)


def _common(occasion: Occasion, first: Case, count: int) -> None:
    """共性问题: the same from so many people is no single case any more."""
    group = alike.numbers_of(occasion.viewer, occasion.session, first.number)
    words = telling.case_words(first, occasion)
    numbers = "、".join(map(str, group))
    text = say("task.common", **words, count=count, numbers=numbers, first=first.number)
    ask_admins(occasion, f"common:{first.number}:{count}", text, "ordinary", first.number)


def forget(occasion: Occasion, _slot: datetime, cursor: str | None) -> str | None:
    """Cases that are not open any more leave the index, a slice of them."""
    after = text_keys.forget_closed(occasion.session, int(cursor or 0), FORGOTTEN)
    return None if after is None else str(after)

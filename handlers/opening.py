"""A matter is opened for somebody else: who tells staff of it (登记), or a partner who sends it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casework.case import Case
from casework.lifecycle import Matter, open_case
from casework.recusal import instead, spoken_of
from casework.routing import Assignment, assign, outside
from handlers import telling
from handlers.turn import Turn
from handlers.villager.filing import query_word
from handlers.villager.understood import SURE, about_a_cadre
from nlp.extent import extent_of
from nlp.reading import Place, Reading
from storage import contact, numbers
from storage.record import record


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told: how it came, who, on which number, what."""

    channel: str
    name: str
    phone: str
    text: str


def read_told(turn: Turn, text: str) -> tuple[Reading, Place | None]:
    """What it is, and where: groups are those of the speaking member's own village."""
    staff = turn.actor.staff
    posts = staff.posts if staff is not None else ()
    own = [turn.town.posts[post].unit for post in posts if post in turn.town.posts]
    reading = turn.book.reader.read(text, own[0] if own else None)
    sure = [place for place in reading.places if place.confidence >= SURE]
    best = max(sure, key=lambda place: (place.confidence, len(place.name))) if sure else None
    return reading, best


def open_told(
    turn: Turn,
    told: Told,
    reading: Reading,
    where: Place | None,
    to: Assignment | None = None,
    explained: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Case | None:
    """建账 for somebody else; `changes` are columns that are known better. None for a report that has to go outside the township."""
    sealed = about_a_cadre(turn, reading)
    if sealed and outside(turn.town, told.text):
        return None
    people = frozenset[str]() if sealed else spoken_of(told.text, turn.town)
    matter = Matter(
        text=told.text,
        kind="report" if sealed else "grievance" if reading.kind == "other" else reading.kind,
        subkind="misconduct" if sealed else _ordinary(reading.subkind),
        field=reading.field,
        topic=reading.topic,
        urgency=reading.urgency,
        ledger=reading.ledger,
        place=where.name if where is not None else "",
        channel=told.channel,
        query_word=query_word(),
        recused=people,
        extent=extent_of(told.text),
    )
    matter = replace(matter, **changes)
    to = to or assign(
        turn.town,
        topic=reading.topic,
        field=reading.field,
        unit=where.unit if where is not None else None,
        misconduct=sealed,
        start=turn.world.method.start(matter),
    )
    number = (numbers.hidden_number if sealed else numbers.next_number)(turn.session)
    to = instead(turn.town, to, people)
    decision = open_case(turn.world, number, matter, to, turn.actor, explained or {})
    letters = telling.letters(turn, decision)
    record(turn.session, decision, letters, turn.now, turn.wall, turn.message)
    contact.keep(turn.session, number, told.name, told.phone)
    turn.about = number
    return decision.case


def _ordinary(subkind: str) -> str:
    return "" if subkind == "misconduct" else subkind

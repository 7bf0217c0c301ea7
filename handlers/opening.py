"""建账: a matter is opened, by a villager's own words, or told for somebody else: by staff (登记), or by a
partner who sends it in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.case import Case
from casework.lifecycle import Matter, open_case
from casework.recusal import instead, spoken_of
from casework.routing import Assignment, assign, outside
from handlers import care, telling
from handlers.turn import Occasion, Turn
from handlers.understood import about_a_cadre, sure_place
from nlp.extent import extent_of
from nlp.reading import Place, Reading
from storage import contact, numbers
from storage.record import record

QUERY_WORDS: Final = [
    "青山", "稻田", "石桥", "清泉", "竹林", "柿子", "板栗", "燕子", "喜鹊", "山茶",
    "麦穗", "莲藕", "蜜蜂", "杨柳", "枇杷", "溪水", "月亮", "星星", "白鹤", "松树",
]  # fmt: skip


def query_word() -> str:
    """What lets somebody follow a case from whatever phone."""
    return "".join(secrets.SystemRandom().sample(QUERY_WORDS, 2))


def explained_by(reading: Reading) -> dict[str, Any]:
    """What the history keeps of a reading: the words that decided, and what the handler should mind."""
    explained: dict[str, Any] = {
        "matched": {key: list(words) for key, words in reading.matched.items()}
    }
    if sign := care.sign_of(reading.signals):
        explained["care"] = sign
    return explained


def open_matter(
    turn: Turn,
    matter: Matter,
    unit: str | None,
    explained: Mapping[str, Any],
    to: Assignment | None = None,
    asks: bool = False,
) -> Case:
    """Write a new case with everything that belongs to it: first post, number, promises, letters.
    A report keeps nothing of how it was read."""
    sealed = matter.subkind == "misconduct"
    to = to or assign(
        turn.town,
        topic=matter.topic,
        field=matter.field,
        unit=unit,
        misconduct=sealed,
        start=turn.world.method.start(matter),
        asks=asks,
        in_danger=matter.urgency == "emergency",
    )
    to = instead(turn.town, to, matter.recused)
    give = numbers.hidden_number if sealed else numbers.next_number
    told = {} if sealed else explained
    decision = open_case(turn.world, give(turn.session), matter, to, turn.actor, told)
    letters = telling.letters(turn, decision)
    record(turn.session, decision, letters, turn.now, turn.wall, turn.message)
    turn.about = decision.case.number
    return decision.case


# --- told for somebody else ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told: how it came, who, on which number, what."""

    channel: str
    name: str
    phone: str
    text: str


def read_told(occasion: Occasion, text: str) -> tuple[Reading, Place | None]:
    """What it is, and where: groups are those of the speaking member's own village."""
    staff, town = occasion.actor.staff, occasion.town
    posts = staff.posts if staff is not None else ()
    own = [town.posts[post].unit for post in posts if post in town.posts]
    reading = occasion.book.reader.read(text, own[0] if own else None)
    return reading, sure_place(occasion, reading)


def open_told(
    turn: Turn,
    told: Told,
    reading: Reading,
    where: Place | None,
    to: Assignment | None = None,
    explained: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Case | None:
    """建账 for somebody else; `changes` are columns that are known better. None for a report that has
    to go outside the township."""
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
    case = open_matter(
        turn,
        replace(matter, **changes),
        where.unit if where is not None else None,
        explained_by(reading) if explained is None else explained,
        to,
    )
    contact.keep(turn.session, case.number, told.name, told.phone)
    return case


def _ordinary(subkind: str) -> str:
    return "" if subkind == "misconduct" else subkind

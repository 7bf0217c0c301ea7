"""建账: a villager's matter is written down as a case, and gets its number in this reply. There is at most one
question, and it comes with the number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casework.case import Case
from casework.lifecycle import Matter
from casework.recusal import spoken_of
from casework.routing import assign, outside
from handlers import telling
from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import explained_by, open_matter, query_word
from handlers.turn import Turn
from handlers.understood import (
    about_a_cadre,
    advice,
    danger_words,
    in_danger,
    is_chatter,
    is_granted,
    sure_place,
)
from handlers.villager import answering, sealed
from handlers.villager.continuing import TOGETHER, before, speaks_of_somebody, which_place
from handlers.villager.wants import wants
from nlp.extent import extent_of
from nlp.reading import Place, Reading
from storage import people
from storage.told_answers import ToldAnswer


def file(turn: Turn, reading: Reading) -> Reply:
    """建账: one case, or one for each matter that the message holds."""
    if about_a_cadre(turn, reading) or _is_announced(turn, reading):
        return _file_report(turn, replace(reading, kind="report", subkind="misconduct"))
    parts = reading.parts if len(reading.parts) > 1 else (turn.text,)
    if len(parts) == 1:
        reading = not_sealed(reading)
        case = open_case(turn, reading, turn.text)
        return Reply(filed(turn, case, reading))
    opened = []
    for part in parts:
        each = not_sealed(turn.book.reader.read(part, turn.person.unit))
        if not each.places and len(reading.places) == 1:
            each = replace(each, places=reading.places)
        opened.append((open_case(turn, each, part), each))
    lines = [say("villager.filed_line", **telling.case_words(case, turn)) for case, _ in opened]
    danger = next((said for _, each in opened if (said := danger_words(each))), "")
    return Reply(danger + say("villager.filed_several", count=len(opened), lines="\n".join(lines)))


def another(turn: Turn, _: object) -> Reply:
    """另一件: what was taken for the same matter as before is one of its own."""
    said = before(turn)
    reading = turn.book.reader.read(said, turn.person.unit)
    is_filed = sealed.named(turn, said) or any(case.text == said for case in turn.recent)
    if not said or is_filed or is_chatter(reading) or about_a_cadre(turn, reading):
        raise NotThat
    case = open_case(turn, not_sealed(reading), said)
    return Reply(filed(turn, case, reading))


def once_more(turn: Turn, over: Case) -> Reply:
    """又坏了: whoever gets it has to read what."""
    said = say("villager.once_more", said=turn.text, number=over.number, told=over.text)
    reading = turn.book.reader.read(f"{over.text}，{turn.text}", over.unit)
    case = open_case(turn, not_sealed(reading), said, where=_Where(over.unit, over.place))
    return Reply(filed(turn, case, reading))


def open_wish(turn: Turn, reading: Reading) -> Case:
    """代办, 点单: with the nearest grid member, whatever it is about."""
    return open_case(turn, replace(not_sealed(reading), kind="grievance"), turn.text, nearest=True)


def not_sealed(reading: Reading) -> Reading:
    """A report about nobody in office takes the way of every other matter."""
    return replace(reading, subkind="") if reading.subkind == "misconduct" else reading


def _is_announced(turn: Turn, reading: Reading) -> bool:
    """我要举报 was said just before: what the village has a say in is no open matter of its own then."""
    if in_danger(reading) or not is_granted(reading):
        return False
    said = before(turn)
    return "举报" in said and any(want.name == "speak_up" for want in wants(said))


def _file_report(turn: Turn, reading: Reading) -> Reply:
    """举报: past grid and village to the discipline post; about those above it, outside the township."""
    if outside(turn.town, turn.text):
        authority = turn.town.authority
        return Reply(
            say("villager.report_outside", authority=authority.name, phone=authority.phone)
        )
    case = open_case(turn, reading, turn.text)
    first = danger_words(reading)
    return Reply(first + say("villager.report_filed", **telling.case_words(case, turn)))


def open_case(
    turn: Turn,
    reading: Reading,
    text: str,
    told: ToldAnswer | None = None,
    nearest: bool = False,
    where: _Where | None = None,
) -> Case:
    """Write a new case with everything that belongs to it; `told` is the answer before it."""
    villager = turn.person
    anonymous = villager.anonymous or "匿名" in text
    where = where or _where(turn, reading, anonymous)
    misconduct = reading.subkind == "misconduct"
    recused = frozenset[str]() if misconduct else spoken_of(text, turn.town) | _reported(turn, text)
    matter = Matter(
        text=text,
        kind="grievance" if reading.kind == "other" else reading.kind,
        subkind=reading.subkind,
        field=reading.field,
        topic=reading.topic,
        urgency=reading.urgency,
        ledger=reading.ledger,
        place=where.place,
        villager=villager.id,
        anonymous=anonymous,
        channel=turn.incoming.channel,
        query_word=query_word() if misconduct or anonymous else "",
        recused=recused,
        extent=extent_of(text),
    )
    explained, to = explained_by(reading), None
    if told is not None and (answer := turn.town.answers.get(told.answer)) is not None:
        explained |= {"answer": answer.name, "version": told.version}
        if matter.kind == "consultation":
            to = replace(answering.knows(turn.town, answer), unit=where.unit)
    if nearest:
        to = assign(turn.town, topic="", field="", unit=where.unit, misconduct=False)
    asks = matter.kind == "consultation" and not where.place
    case = open_matter(turn, matter, where.unit, explained, to, asks)
    if villager.anonymous:
        people.change(turn.session, villager.id, anonymous=False)
    turn.recent.insert(0, case)
    return case


@dataclass(frozen=True, slots=True)
class _Where:
    unit: str | None
    place: str


def _where(turn: Turn, reading: Reading, anonymous: bool) -> _Where:
    """The place in the text, else the one just spoken of, else where the villager belongs: these,
    for an anonymous one, are hidden."""
    place = sure_place(turn, reading)
    if place is not None:
        return _Where(place.unit, place.name)
    if anonymous:
        return _Where(None, "")
    if reading.places:
        return _Where(turn.person.unit, "")
    return _just_said(turn) or _Where(turn.person.unit, "")


def _reported(turn: Turn, text: str) -> frozenset[str]:
    """Whom the villager has reported, where somebody is spoken of again: 他家修房子占了公家的路 does not go to
    him. A lamp goes where all lamps go, for another way would tell that there is a report."""
    if not speaks_of_somebody(text):
        return frozenset()
    reports = (case.text for case in turn.recent if case.protected and case.open)
    return frozenset[str]().union(*(spoken_of(text, turn.town) for text in reports))


def _just_said(turn: Turn) -> _Where | None:
    """The place of what the villager told us just before this: 还有，自来水也停了; or the place alone."""
    for case in turn.recent:
        told = turn.now - case.heard_at <= TOGETHER and not case.anonymous and not case.protected
        if told and case.unit is not None:
            return _Where(case.unit, case.place)
    if turn.person.unit is not None:
        return None
    if not (said := before(turn)):
        return None
    there = only_a_place(turn, turn.book.reader.read(said))
    return _Where(there.unit, there.name) if there is not None else None


def only_a_place(turn: Turn, reading: Reading) -> Place | None:
    """石墙村二组, and nothing of what is the matter there."""
    place = sure_place(turn, reading)
    alone = place is not None and reading.text.strip(" ，。的") == place.text
    return place if alone else None


def filed(turn: Turn, case: Case, reading: Reading) -> str:
    words, danger = telling.case_words(case, turn), danger_words(reading)
    first = danger or advice(reading)
    said = first + say("villager.filed_danger" if danger else "villager.filed", **words)
    if case.query_word:
        said += say("villager.filed_anonymous", **words)
    return said + _question(case, reading, bool(danger))


def _question(case: Case, reading: Reading, danger: bool) -> str:
    """The one question, with the number: where is it?"""
    if danger:
        return "" if case.unit is not None else say("villager.where_are_you")
    if case.unit is not None or case.kind == "consultation":
        return say("villager.next", number=case.number)
    return which_place(reading) if reading.places else say("villager.where")

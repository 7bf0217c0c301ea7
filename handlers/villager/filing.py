"""A villager's own words become a matter: answered, added to what is spoken of, or filed.

Whatever is filed gets its number in this reply. There is at most one question, and it comes with
the number. No timer holds a message back: what comes within ten minutes joins the case.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from casework.case import BEFORE_ANSWER, WAITING, Case
from casework.lifecycle import Matter, open_case
from casework.routing import assign, outside
from casework.town import Answer
from handlers import telling, wording
from handlers.acting import perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from nlp.reading import Place, Reading
from storage import cases, incoming, numbers, people
from storage.record import record

TOGETHER: Final = timedelta(minutes=10)
DAY: Final = timedelta(hours=24)
CASES_A_DAY: Final = 10
MESSAGES_A_MINUTE: Final = 20
WORTH_FILING: Final = 4  # characters of which nothing was understood
DANGER: Final = frozenset({"life", "violence_home", "self_harm"})
DISCIPLINE: Final = "纪检监察"
SURE: Final = 0.6  # of a place, to act on it without asking
QUERY_WORDS: Final = [
    "青山", "稻田", "石桥", "清泉", "竹林", "柿子", "板栗", "燕子", "喜鹊", "山茶",
    "麦穗", "莲藕", "蜜蜂", "杨柳", "枇杷", "溪水", "月亮", "星星", "白鹤", "松树",
]  # fmt: skip


def speak(turn: Turn) -> Reply:
    """Free words."""
    reading = turn.reading
    if "placeholder" in reading.signals:
        return Reply(say("villager.placeholder"))
    own = cases.recent(turn.viewer, turn.session)
    current = _current(turn, own, reading)
    if current is not None:
        return _add(turn, current, reading)
    if "minority" not in reading.signals:
        answer = _answer(turn, reading)
        if answer is not None:
            return _answered(turn, answer)
        if _is_chatter(reading):
            return _chatter(turn)
    if _too_many(turn, own):
        return _gather(turn, own)
    return file(turn, reading)


def file(turn: Turn, reading: Reading) -> Reply:
    """建账: one case, or one for each matter that the message holds."""
    if _about_a_cadre(turn, reading):
        return _file_report(turn, replace(reading, kind="report", subkind="misconduct"))
    parts = reading.parts if len(reading.parts) > 1 else (turn.text,)
    if reading.subkind == "misconduct":
        reading = replace(reading, subkind="")
    if len(parts) == 1:
        case = _open(turn, reading, turn.text)
        return Reply(_filed(turn, case, reading))
    filed = []
    for part in parts:
        each = turn.book.reader.read(part, turn.person.unit)
        if not each.places and len(reading.places) == 1:
            each = replace(each, places=reading.places)
        filed.append((_open(turn, each, part), each))
    lines = [say("villager.filed_line", **telling.case_words(case, turn)) for case, _ in filed]
    danger = next((said for _, each in filed if (said := _danger(each))), "")
    return Reply(danger + say("villager.filed_several", count=len(filed), lines="\n".join(lines)))


def _about_a_cadre(turn: Turn, reading: Reading) -> bool:
    """举报; and a complaint about a cadre, which those complained about must not see either.
    That somebody sells fake seed or gambles is a matter for a department."""
    accused = "official" in reading.signals or any(
        staff.name in reading.text for staff in turn.town.staff.values() if staff.name
    )
    if reading.subkind == "misconduct":
        return accused or reading.field in ("", DISCIPLINE)
    return accused and reading.field == DISCIPLINE and reading.kind != "consultation"


def without_words(turn: Turn) -> Reply:
    """A picture, a voice that was not recognised, a video, a link: nothing is refused for its form."""
    own = cases.recent(turn.viewer, turn.session)
    current = _speaking_of(turn, own)
    kind = turn.incoming.kind
    if current is not None:
        text = say(f"villager.medium.{kind}") if kind != "link" else turn.text
        perform(turn, "supplement", current, text=text)
        return Reply(say("villager.medium_added", number=current.number))
    if turn.incoming.attachment is None:
        return Reply(say("villager.say_what"))
    if _too_many(turn, own):
        return _gather(turn, own)
    text = say(f"villager.medium.{kind}")
    case = _open(turn, Reading(text=text, kind="grievance"), text)
    return Reply(say(f"villager.filed_{kind}", **telling.case_words(case, turn)))


def located(turn: Turn) -> Reply:
    """A location: where the matter is that is spoken of."""
    current = _speaking_of(turn, cases.recent(turn.viewer, turn.session))
    where = turn.incoming.location
    text = (
        say(
            "villager.location", label=turn.text, latitude=where.latitude, longitude=where.longitude
        )
        if where
        else turn.text
    )
    text = say("villager.medium.location") + text
    if current is not None:
        return _add(turn, current, turn.reading, text)
    reading = Reading(text=text, kind="grievance", places=turn.reading.places)
    case = _open(turn, reading, text)
    return Reply(say("villager.filed_location", **telling.case_words(case, turn)))


def to_a_person(turn: Turn, _: object) -> Reply:
    """转人工: the question before, which the answer base answered, becomes a case."""
    question = incoming.last_words(turn.session, turn.incoming.person, turn.message or 0)
    reading = turn.book.reader.read(question or "", turn.person.unit)
    if question is None or (_is_chatter(reading) and _answer(turn, reading) is None):
        to = assign(turn.town, topic="", field="", unit=turn.person.unit, misconduct=False)
        return Reply(say("villager.person", responsible=wording.responsible(turn.town, to.post)))
    if reading.kind == "other":
        reading = replace(reading, kind="consultation")
    case = _open(turn, reading, question)
    return Reply(_filed(turn, case, reading))


# --- does it belong to what we are speaking of? --------------------------------------------------


def _current(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The case that these words go on with; None if they begin something of their own."""
    case = _speaking_of(turn, own)
    if case is None or reading.signals & DANGER or reading.urgency == "emergency":
        return None
    if case.state != WAITING and _is_chatter(reading):
        return None
    if not case.protected and _about_a_cadre(turn, reading):
        return None
    if reading.topic and reading.topic != case.topic and (case.topic or case.protected):
        return None
    if reading.kind == "consultation" and case.kind != "consultation" and _answer(turn, reading):
        return None
    named = _sure_place(turn, reading)
    if named is not None and case.unit is not None and not _near(turn, named.unit, case.unit):
        return None
    return case


def _is_chatter(reading: Reading) -> bool:
    """Thanks, greetings; and what is too short to mean anything."""
    if reading.kind != "other" or reading.topic or reading.places:
        return False
    return bool(reading.matched.get("kind")) or len(reading.text) < WORTH_FILING


def _speaking_of(turn: Turn, own: list[Case]) -> Case | None:
    """The case of the last ten minutes, or one that waits for the villager's answer."""
    for case in own:
        if case.state == WAITING:
            return case
    for case in own:
        if case.state in BEFORE_ANSWER and turn.now - case.heard_at <= TOGETHER:
            return case
    return None


def _near(turn: Turn, one: str, other: str) -> bool:
    return turn.town.covers(one, other) or turn.town.covers(other, one)


def _add(turn: Turn, case: Case, reading: Reading, text: str = "") -> Reply:
    """What follows within ten minutes is the same matter; what is understood only now counts."""
    learned = {} if case.protected else _learned(turn, case, reading)
    if case.text.startswith(_media()) and not text:
        learned |= {"text": turn.text, "kind": reading.kind, "subkind": reading.subkind}
    given: dict[str, Any] = {"text": text or turn.text, "learned": learned}
    if "unit" in learned:
        known = replace(case, **learned)
        to = assign(
            turn.town, topic=known.topic, field=known.field, unit=known.unit, misconduct=False
        )
        given["post"] = to.post
    case = perform(turn, "supplement", case, **given)
    sentence = "added_placed" if "post" in given else "added"
    return Reply(say(f"villager.{sentence}", **telling.case_words(case, turn)))


def _media() -> tuple[str, ...]:
    """What stands for the words of a case that began with a picture, a voice or a place."""
    kinds = ("voice", "image", "video", "file", "location")
    return tuple(say(f"villager.medium.{kind}") for kind in kinds)


def _learned(turn: Turn, case: Case, reading: Reading) -> dict[str, Any]:
    """Columns of the case that these words fill: the place and the topic if it had none, and how
    urgent it is if more than was thought."""
    learned: dict[str, Any] = {}
    place = _sure_place(turn, reading)
    if case.unit is None and place is not None:
        learned |= {"unit": place.unit, "place": place.name}
    if not case.topic and reading.topic:
        learned |= {"topic": reading.topic, "field": reading.field, "ledger": reading.ledger}
    if case.urgency == "ordinary" and reading.urgency == "urgent":
        learned["urgency"] = "urgent"
    return learned


# --- filing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    unit: str | None
    place: str


def _open(turn: Turn, reading: Reading, text: str) -> Case:
    """Write a new case with everything that belongs to it."""
    villager = turn.person
    anonymous = villager.anonymous or "匿名" in text
    where = _where(turn, reading, anonymous)
    misconduct = reading.subkind == "misconduct"
    to = assign(
        turn.town, topic=reading.topic, field=reading.field, unit=where.unit, misconduct=misconduct
    )
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
    )
    give = numbers.hidden_number if misconduct else numbers.next_number
    number = give(turn.session)
    explained = (
        {}
        if misconduct
        else {"matched": {key: list(words) for key, words in reading.matched.items()}}
    )
    decision = open_case(turn.world, number, matter, to, turn.actor, explained)
    record(
        turn.session, decision, telling.letters(turn, decision), turn.now, turn.wall, turn.message
    )
    if villager.anonymous:
        people.change(turn.session, villager.id, anonymous=False)
    turn.about = number
    return decision.case


def _where(turn: Turn, reading: Reading, anonymous: bool) -> _Where:
    """The place in the text, else the one just spoken of, else where the villager belongs: these,
    for an anonymous one, are hidden."""
    place = _sure_place(turn, reading)
    if place is not None:
        return _Where(place.unit, place.name)
    if anonymous:
        return _Where(None, "")
    if reading.places:
        return _Where(turn.person.unit, "")
    return _just_said(turn) or _Where(turn.person.unit, "")


def _just_said(turn: Turn) -> _Where | None:
    """The place of what the villager told us just before this: 还有，自来水也停了."""
    for case in cases.recent(turn.viewer, turn.session):
        told = turn.now - case.heard_at <= TOGETHER and not case.anonymous and not case.protected
        if told and case.unit is not None:
            return _Where(case.unit, case.place)
    return None


def _sure_place(turn: Turn, reading: Reading) -> Place | None:
    """The place that is sure enough to act on: as it is written most fully, 石墙村三组 before 砖厂;
    then the most particular one within it, 石墙村三组大樟树."""
    sure = [place for place in reading.places if place.confidence >= SURE]
    if not sure:
        return None
    best = max(sure, key=lambda place: (place.confidence, len(place.text)))
    inside = [place for place in sure if turn.town.covers(best.unit, place.unit)]
    return max(inside, key=lambda place: len(place.name))


def _file_report(turn: Turn, reading: Reading) -> Reply:
    """举报: past grid and village to the discipline post; about those above it, outside the township."""
    if outside(turn.town, turn.text):
        authority = turn.town.authority
        return Reply(
            say("villager.report_outside", authority=authority.name, phone=authority.phone)
        )
    case = _open(turn, reading, turn.text)
    return Reply(say("villager.report_filed", **telling.case_words(case, turn)))


def _filed(turn: Turn, case: Case, reading: Reading) -> str:
    words, danger = telling.case_words(case, turn), _danger(reading)
    said = danger + say("villager.filed_danger" if danger else "villager.filed", **words)
    if case.query_word:
        said += say("villager.filed_anonymous", **words)
    return said + _question(case, reading, bool(danger))


def _question(case: Case, reading: Reading, danger: bool) -> str:
    """The one question, with the number: where is it?"""
    if danger:
        return "" if case.unit is not None else say("villager.where_are_you")
    if case.unit is not None or case.kind == "consultation":
        return say("villager.next", number=case.number)
    unsure = [place.name for place in reading.places]
    if unsure:
        return say("villager.which_place", names="、".join(dict.fromkeys(unsure)))
    return say("villager.where")


def _danger(reading: Reading) -> str:
    """In danger to life the first thing that is read is the number to call."""
    for signal in ("self_harm", "violence_home"):
        if signal in reading.signals:
            return say(f"villager.danger.{signal}")
    if "life" in reading.signals or reading.urgency == "emergency":
        return say("villager.danger.life")
    return ""


def query_word() -> str:
    return "".join(secrets.choice(QUERY_WORDS) for _ in range(2))


# --- what is not filed ---------------------------------------------------------------------------


def _answer(turn: Turn, reading: Reading) -> Answer | None:
    if reading.kind not in ("consultation", "other"):
        return None
    return turn.book.answers.best(reading.text)


def _answered(turn: Turn, answer: Answer) -> Reply:
    post = answer.post or turn.town.intake
    who = wording.responsible(turn.town, post)
    return Reply(say("villager.answer", text=answer.text.strip(), responsible=who))


def _chatter(turn: Turn) -> Reply:
    if any(word in turn.text for word in ("谢", "辛苦", "感谢")):
        return Reply(say("villager.thanks"))
    return Reply(say("villager.greeting", town=turn.town.name, notice=notice(turn)))


def notice(turn: Turn) -> str:
    return f"\n{turn.town.notice}" if turn.town.notice else ""


# --- too much ------------------------------------------------------------------------------------


def _too_many(turn: Turn, own: list[Case]) -> bool:
    today = [case for case in own if turn.now - case.opened_at < DAY]
    return len(today) >= CASES_A_DAY or (
        turn.person.minute_messages > MESSAGES_A_MINUTE and bool(today)
    )


def _gather(turn: Turn, own: list[Case]) -> Reply:
    """More than ten cases a day, or twenty messages a minute: all kept, in one case, one reply."""
    kept = next((case for case in own if case.open and not case.protected), None)
    if kept is None:
        return file(turn, turn.reading)
    quiet = turn.now - kept.heard_at <= TOGETHER and turn.person.minute_messages > MESSAGES_A_MINUTE
    perform(turn, "gather", kept, text=turn.text or say(f"villager.medium.{turn.incoming.kind}"))
    if quiet:
        return Reply("")
    return Reply(say("villager.gathered", number=kept.number))

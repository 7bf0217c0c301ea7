"""A villager's own words become a matter: answered, added to what is spoken of, or filed.

Whatever is filed gets its number in this reply. There is at most one question, and it comes with
the number. No timer holds a message back: what comes within ten minutes joins the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from casework.case import Case
from casework.lifecycle import Matter
from casework.recusal import spoken_of
from casework.routing import assign, outside
from handlers import telling
from handlers.acting import NotThat, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import explained_by, open_matter, query_word
from handlers.turn import Turn
from handlers.understood import (
    WORTH_FILING,
    about_a_cadre,
    advice,
    danger_words,
    goes_first,
    in_danger,
    is_chatter,
    is_granted,
    is_guessed,
    known_answer,
    sure_place,
    thanks,
)
from handlers.villager import answering, belonging, following, followup, sealed
from handlers.villager.again import same_of
from handlers.villager.continuing import (
    HE,
    TOGETHER,
    add,
    before,
    current,
    is_circumstance,
    only_names,
    speaking_of,
    speaks_of_somebody,
    told_where,
    which_place,
)
from handlers.villager.correcting import corrected, instead
from handlers.villager.wants import wants
from handlers.villager.worsening import made_worse, worsen
from nlp.extent import extent_of
from nlp.followup import LONGEST, follow_up
from nlp.reading import Place, Reading
from storage import incoming, people, told_answers
from storage.told_answers import ToldAnswer

DAY: Final = timedelta(hours=24)
CASES_A_DAY: Final = 10
MESSAGES_A_MINUTE: Final = 20
_PAPERS: Final = re.compile(
    r"^(?:那|还)?(?:要|需要|用|带|拿|交|没)?.{0,4}"
    r"(?:身份证|户口[本簿]|照片|复印件|原件|证明|病历|银行卡|委托书).{0,2}(?:[不吗么]|行不行|可以吗|可不可以|也行|可以不)?[?？。]*$"
)
_WHO: Final = 4  # characters of somebody's name and post
# 他们说我不符合; but 能不能交, 可以交不, 交了没有 only ask
_DISAGREES: Final = re.compile(
    r"[没冇莫](?!有?[。.？?！!\s]*$)|^不|(.)不(?!\1)(?![。.？?！!\s]*$)|[拒推骗]"
)


def speak(turn: Turn) -> Reply:
    """Free words."""
    if "placeholder" in turn.reading.signals:
        return Reply(say("villager.placeholder"))
    if (kept_sealed := sealed.of_a_report(turn)) is not None:
        return kept_sealed
    own, reading = turn.recent, instead(turn)
    if (worse := made_worse(turn, own, reading)) is not None:
        return worsen(turn, worse, reading)
    danger = in_danger(reading)
    if not danger and _too_fast(turn) and (kept := _kept(own)) is not None:
        return _gather(turn, kept)
    if (said := corrected(turn, own)) is not None:
        return said
    if (nowhere := told_where(turn, own, reading)) is not None:
        return add(turn, nowhere, reading)
    if (said := followup.answer(turn, reading)) is not None:
        return said
    going_on = current(turn, own, reading)
    if going_on is not None:
        return add(turn, going_on, reading)
    if "minority" not in reading.signals:
        answer = known_answer(turn, reading)
        if answer is not None:
            return answering.tell(turn, answer)
        if followup.is_over(turn.text, reading):
            return _over(turn, reading)
        if is_chatter(reading):
            return _chatter(turn)
        if _praises(turn, reading):
            return Reply(say("villager.thanks"))
        if (said := _of_the_answer(turn, reading)) is not None:
            return said
    if (there := _only_a_place(turn, reading)) is not None:
        return Reply(say("villager.what_there", place=there.name))
    if not danger and (same := same_of(turn, own, reading)) is not None:
        return following.urged(turn, same, names_it=True)
    if (kept_with := followup.of_no_matter(turn, reading)) is not None:
        return kept_with
    if not danger and _too_many(turn, own) and (kept := _kept(own)) is not None:
        return _gather(turn, kept)
    if (over := followup.begun_again(turn, reading)) is not None:
        return _once_more(turn, over)
    return file(turn, reading)


def file(turn: Turn, reading: Reading) -> Reply:
    """建账: one case, or one for each matter that the message holds."""
    if about_a_cadre(turn, reading) or _is_announced(turn, reading):
        return _file_report(turn, replace(reading, kind="report", subkind="misconduct"))
    parts = reading.parts if len(reading.parts) > 1 else (turn.text,)
    if len(parts) == 1:
        reading = _not_sealed(reading)
        case = _open(turn, reading, turn.text)
        return Reply(_filed(turn, case, reading))
    filed = []
    for part in parts:
        each = _not_sealed(turn.book.reader.read(part, turn.person.unit))
        if not each.places and len(reading.places) == 1:
            each = replace(each, places=reading.places)
        filed.append((_open(turn, each, part), each))
    lines = [say("villager.filed_line", **telling.case_words(case, turn)) for case, _ in filed]
    danger = next((said for _, each in filed if (said := danger_words(each))), "")
    return Reply(danger + say("villager.filed_several", count=len(filed), lines="\n".join(lines)))


def _over(turn: Turn, reading: Reading) -> Reply:
    """现在退烧了，没事了 is of what we speak of; 水管自己修好了 of nothing that is open."""
    case = speaking_of(turn, turn.recent)
    if case is not None and not case.protected and reading.field in ("", case.field):
        return following.settled(turn, case)
    return Reply(say(f"villager.{'thanks' if thanks(turn.text) else 'heard'}"))


def _is_announced(turn: Turn, reading: Reading) -> bool:
    """我要举报 was said just before: what the village has a say in is no open matter of its own then."""
    if in_danger(reading) or not is_granted(reading):
        return False
    said = before(turn)
    return "举报" in said and any(want.name == "speak_up" for want in wants(said))


def _not_sealed(reading: Reading) -> Reading:
    """A report about nobody in office takes the way of every other matter."""
    return replace(reading, subkind="") if reading.subkind == "misconduct" else reading


def without_words(turn: Turn) -> Reply:
    """A picture, a voice that was not recognised, a video, a link: nothing is refused for its form."""
    own = turn.recent
    kept = _kept(own)
    if kept is not None and _too_fast(turn):
        return _gather(turn, kept)
    going_on = speaking_of(turn, own) or followup.answered_just_now(turn)
    kind = turn.incoming.kind
    if going_on is not None:
        text = say(f"villager.medium.{kind}") if kind != "link" else turn.text
        perform(turn, "supplement", going_on, text=text)
        return Reply(say("villager.medium_added", number=going_on.number))
    if turn.incoming.attachment is None:
        return Reply(say("villager.say_what"))
    if kept is not None and _too_many(turn, own):
        return _gather(turn, kept)
    text = say(f"villager.medium.{kind}")
    case = _open(turn, Reading(text=text, kind="grievance"), text)
    return Reply(say(f"villager.filed_{kind}", **telling.case_words(case, turn)))


def located(turn: Turn) -> Reply:
    """A location: where the matter is that is spoken of."""
    going_on = speaking_of(turn, turn.recent)
    where = turn.incoming.location
    text = (
        say(
            "villager.location", label=turn.text, latitude=where.latitude, longitude=where.longitude
        )
        if where
        else turn.text
    )
    text = say("villager.medium.location") + text
    if going_on is not None:
        return add(turn, going_on, turn.reading, text)
    reading = Reading(text=text, kind="grievance", places=turn.reading.places)
    case = _open(turn, reading, text)
    return Reply(say("villager.filed_location", **telling.case_words(case, turn)))


def to_a_person(turn: Turn, _: object) -> Reply:
    """转人工: the question before, which the answer base answered, becomes a case."""
    told = answering.spoken_of(turn)
    if told is not None:
        return _after(turn, told)
    question = incoming.last_words(turn.session, turn.incoming.person, turn.message or 0)
    reading = turn.book.reader.read(question or "", turn.person.unit)
    if question is None or is_chatter(reading) or any(wants(question)):
        return belonging.whom_to_call(turn)
    if reading.kind == "other":
        reading = replace(reading, kind="consultation")
    case = _open(turn, reading, question)
    return Reply(_filed(turn, case, reading))


def not_solved(turn: Turn, found: re.Match[str]) -> Reply:
    """没解决: the villager's own question becomes a case; the answer stands in its history."""
    told = answering.spoken_of(turn)
    if told is None:
        raise NotThat  # 没解决…: words like all others
    return _after(turn, told, "\n".join((*_said_since(turn, told), found["rest"])).strip())


def _said_since(turn: Turn, told: ToldAnswer) -> Iterator[str]:
    """她今年82: what was told after the answer, but for what was asked of it (材料), or said of a cadre."""
    person, here = turn.incoming.person, turn.message or 0
    for text in incoming.words_between(turn.session, person, told.message, here):
        if len(text) < WORTH_FILING or any(wants(text)):
            continue
        reading = turn.book.reader.read(text)
        another = is_chatter(reading) or followup.is_over(text, reading)
        if not another and not about_a_cadre(turn, reading):
            yield text


def _of_the_answer(turn: Turn, reading: Reading) -> Reply | None:
    """What has no topic of its own, said after an answer, is of that: 她今年82, 他们说我不符合."""
    papers = _PAPERS.match(turn.text) is not None  # 户口本行不行
    of_its_own = reading.topic or (reading.places and not is_guessed(reading))
    if turn.person.is_new(turn.now) or (of_its_own and not papers and not only_names(reading)):
        return None
    if goes_first(turn, reading) or len(reading.text) > LONGEST:
        return None
    told = answering.spoken_of(turn)
    answer = turn.town.answers.get(told.answer) if told is not None else None
    if told is None or answer is None or turn.now - told.at > TOGETHER:
        return None
    if papers:
        return answering.papers(turn, None)
    if of_its_own and not is_circumstance(answer.topic, reading):  # 户口在外地 is one
        return None
    if _DISAGREES.search(reading.text):
        return _after(turn, told, turn.text)
    return answering.of_ones_own(turn, answer)


def _after(turn: Turn, told: ToldAnswer, more: str = "") -> Reply:
    """An answer was not enough: with whoever knows more, in the villager's own words."""
    text = f"{told.question}\n{more}".strip()
    reading = turn.book.reader.read(text, turn.person.unit)
    if more and about_a_cadre(turn, reading):
        return file(turn, turn.reading)  # what is said now is a matter of its own
    if reading.kind == "other":
        reading = replace(reading, kind="consultation")
    case = _open(turn, _not_sealed(reading), text, told)
    told_answers.not_enough(turn.session, told.id, case.number)
    return Reply(_filed(turn, case, reading))


def another(turn: Turn, _: object) -> Reply:
    """另一件: what was taken for the same matter as before is one of its own."""
    said = before(turn)
    reading = turn.book.reader.read(said, turn.person.unit)
    filed = sealed.named(turn, said) or any(case.text == said for case in turn.recent)
    if not said or filed or is_chatter(reading) or about_a_cadre(turn, reading):
        raise NotThat
    case = _open(turn, _not_sealed(reading), said)
    return Reply(_filed(turn, case, reading))


def _once_more(turn: Turn, over: Case) -> Reply:
    """又坏了: whoever gets it has to read what."""
    said = say("villager.once_more", said=turn.text, number=over.number, told=over.text)
    reading = turn.book.reader.read(f"{over.text}，{turn.text}", over.unit)
    case = _open(turn, _not_sealed(reading), said, where=_Where(over.unit, over.place))
    return Reply(_filed(turn, case, reading))


# --- filing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Where:
    unit: str | None
    place: str


def open_wish(turn: Turn, reading: Reading) -> Case:
    """代办, 点单: with the nearest grid member, whatever it is about."""
    return _open(turn, replace(_not_sealed(reading), kind="grievance"), turn.text, nearest=True)


def _open(
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


def _reported(turn: Turn, text: str) -> frozenset[str]:
    """Whom the villager has reported, where somebody is spoken of again: 他家修房子占了公家的路 does not go to
    him. A lamp goes where all lamps go, for another way would tell that there is a report."""
    if not speaks_of_somebody(text):
        return frozenset()
    reports = (case.text for case in turn.recent if case.protected and case.open)
    return frozenset[str]().union(*(spoken_of(text, turn.town) for text in reports))


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


def _only_a_place(turn: Turn, reading: Reading) -> Place | None:
    """石墙村二组, and nothing of what is the matter there."""
    place = sure_place(turn, reading)
    alone = place is not None and reading.text.strip(" ，。的") == place.text
    return place if alone else None


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
    there = _only_a_place(turn, turn.book.reader.read(said))
    return _Where(there.unit, there.name) if there is not None else None


def _file_report(turn: Turn, reading: Reading) -> Reply:
    """举报: past grid and village to the discipline post; about those above it, outside the township."""
    if outside(turn.town, turn.text):
        authority = turn.town.authority
        return Reply(
            say("villager.report_outside", authority=authority.name, phone=authority.phone)
        )
    case = _open(turn, reading, turn.text)
    first = danger_words(reading)
    return Reply(first + say("villager.report_filed", **telling.case_words(case, turn)))


def _filed(turn: Turn, case: Case, reading: Reading) -> str:
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


# --- what is not filed ---------------------------------------------------------------------------


def _praises(turn: Turn, reading: Reading) -> bool:
    """王书记人好得很: of whom it is said is all that stands beside it; 我要表扬李守田 … 他帮我妈背米上楼."""
    if not is_guessed(reading):
        return False
    said = follow_up(turn.text)
    if said is not None and said.means in ("best", "good") and not said.is_doubted:
        return said.beside("") <= _WHO
    return HE.match(turn.text) is not None and thanks(before(turn))


def _chatter(turn: Turn) -> Reply:
    if thanks(turn.text):
        return Reply(say("villager.thanks"))
    return Reply(say("villager.greeting", town=turn.town.name, notice=notice(turn)))


def notice(turn: Turn) -> str:
    return f"\n{turn.town.notice}" if turn.town.notice else ""


# --- too much ------------------------------------------------------------------------------------


def too_much(turn: Turn) -> bool:
    """What comes now is gathered."""
    return _too_fast(turn) or _too_many(turn, turn.recent)


def _too_many(turn: Turn, own: list[Case]) -> bool:
    return len([case for case in own if turn.now - case.opened_at < DAY]) >= CASES_A_DAY


def _too_fast(turn: Turn) -> bool:
    return turn.person.minute_messages > MESSAGES_A_MINUTE


def _kept(own: list[Case]) -> Case | None:
    """The case in which what is too much is gathered: the newest open one."""
    return next((case for case in own if case.open and not case.protected), None)


def _gather(turn: Turn, kept: Case) -> Reply:
    """More than ten cases a day, or twenty messages a minute: all kept, in one case, one reply."""
    perform(turn, "gather", kept, text=turn.text or say(f"villager.medium.{turn.incoming.kind}"))
    if turn.person.minute_messages > MESSAGES_A_MINUTE + 1:
        return Reply("")
    return Reply(say("villager.gathered", number=kept.number))

"""What is said after an answer: more of whom it is, or that it was not enough. Then it becomes a case, in the villager's
own words, with whoever knows more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from handlers.acting import NotThat
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import WORTH_FILING, about_a_cadre, goes_first, is_chatter, is_guessed
from handlers.villager import answering, belonging, filing, followup
from handlers.villager.continuing import TOGETHER, is_circumstance, only_names
from handlers.villager.filing import filed, not_sealed, open_case
from handlers.villager.wants import wants
from nlp.followup import LONGEST
from nlp.reading import Reading
from storage import incoming, told_answers
from storage.told_answers import ToldAnswer

_PAPERS: Final = re.compile(
    r"^(?:那|还)?(?:要|需要|用|带|拿|交|没)?.{0,4}"
    r"(?:身份证|户口[本簿]|照片|复印件|原件|证明|病历|银行卡|委托书).{0,2}(?:[不吗么]|行不行|可以吗|可不可以|也行|可以不)?[?？。]*$"
)
# 他们说我不符合; but 能不能交, 可以交不, 交了没有 only ask
_DISAGREES: Final = re.compile(
    r"[没冇莫](?!有?[。.？?！!\s]*$)|^不|(.)不(?!\1)(?![。.？?！!\s]*$)|[拒推骗]"
)


def of_the_answer(turn: Turn, reading: Reading) -> Reply | None:
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


def to_a_person(turn: Turn, _: object) -> Reply:
    """转人工: the question before, which the answer base answered, becomes a case."""
    told = answering.spoken_of(turn)
    if told is not None:
        return _after(turn, told)
    question = incoming.last_words(turn.session, turn.incoming.person, turn.message or 0)
    reading = turn.book.reader.read(question or "", turn.person.unit)
    if question is None or is_chatter(reading) or any(wants(question)) or goes_first(turn, reading):
        return belonging.whom_to_call(turn)
    if reading.kind == "other":
        reading = replace(reading, kind="consultation")
    case = open_case(turn, reading, question)
    return Reply(filed(turn, case, reading))


def _after(turn: Turn, told: ToldAnswer, more: str = "") -> Reply:
    """An answer was not enough: with whoever knows more, in the villager's own words."""
    text = f"{told.question}\n{more}".strip()
    reading = turn.book.reader.read(text, turn.person.unit)
    if more and about_a_cadre(turn, reading):
        return filing.file(turn, turn.reading)  # what is said now is a matter of its own
    if reading.kind == "other":
        reading = replace(reading, kind="consultation")
    case = open_case(turn, not_sealed(reading), text, told)
    told_answers.not_enough(turn.session, told.id, case.number)
    return Reply(filed(turn, case, reading))

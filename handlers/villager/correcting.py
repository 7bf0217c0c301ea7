"""Where a case is, or what it is about, is put right: 说错了，是四组; 不是路灯，是水管."""

from __future__ import annotations

import re
from typing import Final

from casework.case import Case
from handlers import telling
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import goes_first, in_danger, sure_place
from handlers.villager.continuing import add, speaking_of, supplement
from nlp.reading import Reading

_BESIDE: Final = 2  # characters beside a place: 是四组那边
_GUESSED: Final = re.compile("应该[是在]")
_INSTEAD: Final = re.compile(r"^不是[^，,。.!！]{1,8}[，,。.!！\s]+(?:而)?是(.+)$", re.DOTALL)
_CORRECTED: Final = re.compile(
    r"^(?:(?:不是(?P<wrong>.{1,8}?)|(?:不对|错了)+|我?刚{0,2}才?[说写打讲弄搞记发]错了?)[，,。.!！\s]*(?:应该|而|还)?[是在]"
    r"|应该[是在]|再?改一下[，,\s]*(?:[是为成]|改成)|改[成为]|我?(?:说|讲|反映|报)的是|我是[说讲指])(?P<right>.{1,14}?)"
    r"(?:[，,\s]*不是(?P<not_this>.{1,8}?))?[。.!！\s]*$"
)


def instead(turn: Turn) -> Reading:
    """不是路灯，是双溪村二组有人触电了: what is the matter instead, where it is a danger."""
    said = _INSTEAD.match(turn.text)
    reading = turn.book.reader.read(said[1], turn.person.unit) if said is not None else None
    return reading if reading is not None and in_danger(reading) else turn.reading


def corrected(turn: Turn, own: list[Case]) -> Reply | None:
    """说错了，是四组; 不是路灯，是水管: where the case is that is spoken of, or what it is about, once more."""
    said = _CORRECTED.match(turn.text)
    case = speaking_of(turn, own) if said is not None else None
    if said is None or case is None or case.protected:
        return None
    reading = turn.book.reader.read(said["right"], case.unit or turn.person.unit)
    if goes_first(turn, reading) or goes_first(turn, turn.reading):
        return None
    place = sure_place(turn, reading)
    only_there = place is not None and len(said["right"]) <= len(place.text) + _BESIDE
    if only_there and reading.topic in ("", case.topic):
        return add(turn, case, reading, turn.text, place)
    wrong = said["wrong"] or said["not_this"] or ""
    if wrong and wrong in case.text:  # 停电了: 是水不是电
        reading = turn.book.reader.read(case.text.replace(wrong, said["right"]), case.unit)
    elif _GUESSED.match(turn.text) or (wrong and not _is_its_topic(turn, case, wrong)):
        return None  # 应该是施工队挖断的 says why; 不是今天，是昨天停电的时候 says when
    return _of_another_sort(turn, case, reading)


def _is_its_topic(turn: Turn, case: Case, wrong: str) -> bool:
    """不是路灯, of 灯不亮了."""
    return case.topic != "" and turn.book.reader.read(wrong).topic == case.topic


def _of_another_sort(turn: Turn, case: Case, reading: Reading) -> Reply | None:
    """What the case is about, put right; it goes where such matters go, if nobody has begun."""
    is_none = reading.topic in ("", case.topic) or goes_first(turn, reading)
    if is_none or case.urgency == "emergency":
        return None
    learned = {"topic": reading.topic, "field": reading.field, "ledger": reading.ledger}
    learned["text"] = f"{case.text}\n{turn.text}"  # for whoever gets it now
    case = supplement(turn, case, turn.reading, turn.text, learned, moves=True)
    return Reply(say("villager.added_sorted", **telling.case_words(case, turn)))

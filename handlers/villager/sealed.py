"""A sealed report that is named in a sentence: by its number with its word, by its number from the phone that it
came from, or by its word alone. What is said with it is kept with it, and not filed where others would read it."""

from __future__ import annotations

import re
from typing import Final

from casework.case import Case
from handlers import telling, understood, wording
from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import asks, in_danger
from handlers.villager.following import card, keep, own_case
from storage import cases

_HIDDEN: Final = re.compile(r"(?<!\d)\d{8}(?!\d)")  # what may be the number of a report
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_MARKS: Final = " \n:：#，,。.、口令编号查"
_TELLS_OF_IT: Final = re.compile(r"(?:我|我们)?(?:之前|以前|上次)?举报的?|查询口令|口令|编号")
WORD: Final = 4  # characters of a query word
SAYS: Final = 3  # characters that say something: 催 does not


def named(turn: Turn, text: str) -> Case | None:
    """The report that the text names, if it is theirs."""
    found = _HIDDEN.search(text)
    return _by_number(turn, text, int(found[0])) if found is not None else _by_word(turn, text)


def never_in_passing(turn: Turn, besides: str) -> bool:
    """True for a danger, an accusation of a cadre, a sealed report: told besides something else, nothing
    takes it in passing (decision 0024)."""
    if not besides:
        return False
    reading = turn.book.reader.read(besides, turn.person.unit)
    as_a_whole = understood.goes_first(turn, reading) and understood.goes_first(turn, turn.reading)
    report = None if as_a_whole else named(turn, besides)
    return as_a_whole or (report is not None and besides != report.query_word)


def of_a_report(turn: Turn) -> Reply | None:
    """What is said with the number or the word of a report. None for a danger: that is told in the open, and
    the report not with it."""
    report = named(turn, turn.text)
    if report is None:
        return None
    said = turn.text.replace(str(report.number), "").replace(report.query_word, "").strip(_MARKS)
    if _cries(turn, said):
        return None
    case = own_case(turn, report.number, report.query_word, lock=True)
    if not case.open or len(said) < SAYS or asks(said):
        return card(turn, case)
    return Reply(say("villager.added", **telling.case_words(keep(turn, case, said), turn)))


def unnamed(turn: Turn, found: re.Match[str]) -> Reply:
    """举报的事有消息了吗, without number or word: the same answer for everybody, whether there is a report or not. What
    is told of it is kept with it: 上次举报他的事他知道了."""
    told = found.groupdict().get("rest")
    if told and _cries(turn, told):
        raise NotThat  # 上次举报他的事他知道了，要打死我
    report = next((case for case in turn.recent if case.protected and case.open), None)
    if told and report is not None:
        keep(turn, own_case(turn, report.number, None, lock=True), turn.text)
    post = turn.town.posts[turn.town.discipline]
    return Reply(say("villager.of_a_report", who=wording.responsible(turn.town, post.id, turn.now)))


def _cries(turn: Turn, said: str) -> bool:
    """True for a danger that is told with a report: from here on only that is heard."""
    danger = in_danger(turn.book.reader.read(said, turn.person.unit))
    if danger:
        turn.hear(_TELLS_OF_IT.sub("", said).strip(_MARKS))
    return danger


def _by_number(turn: Turn, text: str, number: int) -> Case | None:
    own = cases.find(turn.viewer, turn.session, number)
    if own is not None:
        return own if own.protected else None
    for run in _HAN.findall(text):
        for start in range(len(run) - WORD + 1):
            word = run[start : start + WORD]
            if (case := cases.with_word(turn.viewer, turn.session, number, word)) is not None:
                return case
    return None


def _by_word(turn: Turn, text: str) -> Case | None:
    own = (case for case in turn.recent if case.protected and case.query_word)
    return next((case for case in own if case.query_word in text), None)

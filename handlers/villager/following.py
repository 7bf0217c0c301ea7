"""What a villager does with a case of their own: 查, 催, 补充, 撤回.

Unknown, foreign and protected numbers get the same answer by the same path.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from casework.case import BEFORE_ANSWER, OPEN, Case
from casework.closing import opinion
from handlers import cards, care, telling, wording
from handlers.acting import NotThat, Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager.continuing import speaking_of, speaks_of_a_report
from storage import cases, people

URGE_AGAIN: Final = timedelta(hours=4)
_COUNT: Final = {sign: at % 5 for at, sign in enumerate("一二三四五12345")}
_TURNS_AWAY: Final = re.compile("别|莫|不用|不要|不必")
_PLACE: Final = re.compile(r"第([一二三四五1-5])[个件条]?$")


def look(turn: Turn, found: re.Match[str]) -> Reply:
    """查1023, or with the query word from any phone."""
    number, word = int(found["number"]), found["word"]
    case = own_case(turn, number, word)
    history = cases.events_of(case, turn.session)
    known = word if word and word == case.query_word else ""
    return Reply(cards.for_villager(turn, case, history, known))


def number_alone(turn: Turn, found: re.Match[str]) -> Reply:
    """1023: a question about a case, unless somebody has just asked for a number."""
    case = cases.find(turn.viewer, turn.session, int(found["number"]))
    if case is not None and case.protected and found["word"] not in (None, case.query_word):
        raise NotThat  # 16744008 他又来了
    try:
        return look(turn, found)
    except Sorry:
        if any(case.asks_villager for case in cases.recent(turn.viewer, turn.session)):
            raise NotThat from None
        raise


def card(turn: Turn, case: Case) -> Reply:
    """How far a case of one's own is."""
    turn.about = case.number
    history = cases.events_of(case, turn.session)
    return Reply(cards.for_villager(turn, case, history))


def overview(turn: Turn, _: re.Match[str] | None = None) -> Reply:
    """查进度: what is open, the newest first."""
    own = [case for case in mine(turn) if not case.protected]
    shown = [case for case in own if case.state in OPEN] or own[:1]
    if not shown:
        return Reply(say("villager.nothing_filed"))
    if len(shown) == 1:
        return card(turn, shown[0])
    lines = "\n".join(_line(turn, case) for case in shown)
    return Reply(say("villager.overview", count=len(shown), lines=lines))


def urge(turn: Turn, found: re.Match[str]) -> Reply:
    """催1023: the handler hears of it, from the second time on also who stands above. Limited kindly.
    With the query word from any phone."""
    word = found["word"]
    if word is None:
        return _urge(turn, chosen(turn, found["number"], BEFORE_ANSWER))
    if found["number"] is None:
        raise NotThat  # 催 路灯
    case = own_case(turn, int(found["number"]), word, lock=True)
    if word != case.query_word:
        raise NotThat  # 催1023 我下午在家
    return _urge(turn, case)


def _urge(turn: Turn, case: Case) -> Reply:
    if turn.now - last_urged(turn, case) < URGE_AGAIN:
        return Reply(say("villager.urged_already", **telling.case_words(case, turn)))
    perform(turn, "urge", case, joined=True)
    return Reply(say("villager.urged", **telling.case_words(case, turn)))


def urge_described(turn: Turn, found: re.Match[str]) -> Reply:
    """催路灯那个."""
    return _urge(turn, _described(turn, found["which"], BEFORE_ANSWER))


def urged(turn: Turn, case: Case, names_it: bool) -> Reply:
    """怎么还没人来: the same in other words, which are kept; likewise limited. `names_it`: they say what
    it is about, so it could be another matter."""
    taken = own_case(turn, case.number, None, lock=True)
    words = telling.case_words(taken, turn)
    if turn.now - last_urged(turn, taken) < URGE_AGAIN:
        keep(turn, taken, turn.text)
        return Reply(say("villager.said_again" if names_it else "villager.urged_already", **words))
    perform(turn, "urge", taken, joined=True, text=turn.text.strip())
    return Reply(say("villager.said_again_urged" if names_it else "villager.urged", **words))


def keep(turn: Turn, case: Case, text: str) -> Case:
    """What is added to a case that was taken for it."""
    minded = "" if case.protected else care.sign_of(turn.reading.signals)
    return perform(turn, "supplement", case, joined=True, text=text.strip(), care=minded)


def supplement(turn: Turn, found: re.Match[str]) -> Reply:
    """补充1023 …: the number may be left out where only one case can be meant."""
    if not found["number"] and (
        speaks_of_a_report(turn) or not any(case.open for case in mine(turn))
    ):
        raise NotThat  # 补充养老金怎么办: words like all others
    case = chosen(turn, found["number"], OPEN)
    keep(turn, case, found["rest"])
    return Reply(say("villager.added", **telling.case_words(case, turn)))


def all_well(turn: Turn, found: re.Match[str]) -> Reply:
    """没事了，灯亮了: kept with the case last spoken of; whether it is over they say with 撤回."""
    own = [case for case in mine(turn) if case.state in BEFORE_ANSWER and not case.protected]
    if not own:
        raise NotThat
    return settled(turn, speaking_of(turn, own) or max(own, key=lambda case: case.heard_at))


def settled(turn: Turn, case: Case) -> Reply:
    """They say that it is done: kept, and whoever has it knows."""
    taken = keep(turn, own_case(turn, case.number, None, lock=True), turn.text)
    turned_away = case.urgency == "emergency" and _TURNS_AWAY.search(turn.text)
    over = "added" if turned_away else "all_well"  # 你们别来 does not say that nobody is in danger
    return Reply(say(f"villager.{over}", **telling.case_words(taken, turn)))


def withdraw(turn: Turn, found: re.Match[str]) -> Reply:
    """撤回1023: what several people have said cannot be taken back by one of them."""
    if not found["number"] and speaks_of_a_report(turn):
        raise NotThat
    return _withdraw(turn, chosen(turn, found["number"], OPEN))


def withdraw_described(turn: Turn, found: re.Match[str]) -> Reply:
    """撤回水沟那个."""
    return _withdraw(turn, _described(turn, found["which"], OPEN))


def _withdraw(turn: Turn, case: Case) -> Reply:
    if len(people.parties(turn.session, case.number, case.villager)) > 1:
        raise Sorry(say("villager.not_alone", number=case.number))
    perform(turn, "withdraw", case)
    return Reply(say("villager.withdrawn", number=case.number))


def rated(turn: Turn, case: Case, rating: int, text: str, is_solved: bool | None) -> Reply:
    """`text`: what is said besides; `is_solved`: None if nothing is said of it."""
    does = opinion(turn.world.method_of(case), case, rating)
    minded = care.sign_of(turn.reading.signals) if text and not case.protected else ""
    said = {"rating": rating, "solved": is_solved, "text": text, "care": minded}
    case = perform(turn, does, case, joined=True, **said)
    return Reply(say(f"villager.rated.{does}", **telling.case_words(case, turn)))


def own_case(turn: Turn, number: int, word: str | None, lock: bool = False) -> Case:
    """The villager's case of this number. Raises Sorry, in the same words for all that is not theirs."""
    find = cases.take if lock else cases.find
    case = find(turn.viewer, turn.session, number)
    if case is None and word:
        case = cases.with_word(turn.viewer, turn.session, number, word)
    if case is None:
        raise Sorry(say("refused.unseen", number=number))
    turn.about = case.number
    return case


def chosen(turn: Turn, number: str | None, states: frozenset[str]) -> Case:
    """The case meant: by number, or the only one that can be meant."""
    if number:
        return own_case(turn, int(number), None, lock=True)
    fit = [case for case in mine(turn) if case.state in states and not case.protected]
    if not fit:
        raise Sorry(say("villager.nothing_to_choose"))
    if len(fit) > 1:
        raise Sorry(which(turn, fit))
    return own_case(turn, fit[0].number, None, lock=True)


def _described(turn: Turn, words: str, states: frozenset[str]) -> Case:
    """The one case that is meant by what it is about, or by where it stands in what 查进度 shows."""
    own = [case for case in mine(turn) if case.state in OPEN and not case.protected]
    place = _PLACE.match(words)
    if place is not None:
        fit = own[_COUNT[place[1]] : _COUNT[place[1]] + 1]
    else:
        fit = [case for case in own if words in f"{case.text} {case.topic} {case.place}"]
    if len(fit) > 1:
        raise Sorry(which(turn, fit))
    if not fit or fit[0].state not in states:
        raise NotThat
    return own_case(turn, fit[0].number, None, lock=True)


def which(turn: Turn, fit: list[Case]) -> str:
    return say("villager.which", lines="\n".join(_line(turn, case) for case in fit))


def mine(turn: Turn) -> list[Case]:
    """The villager's last cases and the open ones that they have joined, the newest first."""
    own = {case.number: case for case in cases.recent(turn.viewer, turn.session)}
    own |= {case.number: case for case in cases.open_cases(turn.viewer, turn.session)}
    return sorted(own.values(), key=lambda case: case.opened_at, reverse=True)


def last_urged(turn: Turn, case: Case) -> datetime:
    """When the case was urged last; its opening if never, seen far enough back not to count."""
    urged = [event.at for event in cases.events_of(case, turn.session) if event.kind == "urge"]
    return urged[-1] if urged else case.opened_at - URGE_AGAIN


def _line(turn: Turn, case: Case) -> str:
    promised = wording.when(case.promised_at, turn.now) if case.promised_at else ""
    sentence = "line_open" if case.state in BEFORE_ANSWER else "line"
    words = telling.case_words(case, turn)
    return say(
        f"villager.{sentence}",
        **{**words, "promised": promised},
        state=wording.state_of(case),
    )

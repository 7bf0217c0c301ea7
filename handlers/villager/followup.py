"""后话: what a villager says in their own words of a matter told before. They ask for news, urge, say that it is
done or is not, or whether they are content; none of it is a matter of its own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from casework.case import ANSWERED, BEFORE_ANSWER, CONTENT, Case
from handlers import telling
from handlers.acting import NotThat, Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import (
    about_a_cadre,
    goes_first,
    in_danger,
    known_answer,
    says_what_is_wrong,
    sure_place,
)
from handlers.villager import answering, following
from handlers.villager.continuing import FRESH, TOGETHER, add, is_near, speaks_of_a_report
from nlp.followup import LONGEST, FollowUp, follow_up
from nlp.reading import Reading
from storage import cases

# once the matter is answered: how content somebody is who says so, and whether it is solved
MEANT: Final[dict[str, tuple[int, bool | None]]] = {
    "best": (5, None), "good": (4, None), "done": (4, True), "fair": (3, None), "bad": (2, None),
    "undone": (2, False),
}  # fmt: skip
_URGES: Final = frozenset({"undone", "hurry", "bad"})
_GLAD: Final = frozenset({"best", "good", "done", "fair", "heard", "thanks"})
# characters that are not understood beside praise: 水是来了，黄的不能吃 and 师傅姓啥，我好联系 are none
_STRAY: Final = {"done": 1, "thanks": 1}
# characters of something else, with which it is still about the matter; measured: with three, two thirds
# of what people say afterwards and one in a hundred new matters
_NEW, _NEW_OF_ITS_TOPIC = 3, 8
# 修好了 and something besides that is not over
_BUT: Final = re.compile(
    r"\d|但|可是|不过|又|就是|只是|结果|改|少|伤|断|坏|黄|闪|走了|收|花|谁|告|塘|河|井"
)
_ASIDE: Final = 1  # and with which it only asks for news
_AGAIN: Final = re.compile(
    "(?:.{0,6}(?:不要|不用|别|莫)撤|还是|又|再(?![见也说])|现在又|今天又|昨晚又|结果又)"
)
_KNOWN: Final = timedelta(days=30)  # so long 又坏了 is said of what was mended


def answer(turn: Turn, reading: Reading) -> Reply | None:
    """None for what is no such thing, or says something new besides."""
    said = None if turn.person.is_new(turn.now) else follow_up(turn.text)
    if said is None or (said.rest and (in_danger(reading) or known_answer(turn, reading))):
        return None
    own = _open(turn)
    asking = next((case for case in own if case.asks_villager), None)
    if asking is not None and said.means != "done":
        return None if said.rest else add(turn, asking, reading)
    fit = [case for case in own if _is_about(turn, said, reading, case)]
    if not fit:
        return None if own or said.rest or in_danger(reading) else _of_nothing(turn, said)
    named = _named(said, fit)
    case = named or max(fit, key=_last_spoken_of)
    said = _surely(said, case)
    if case.state == ANSWERED:
        return _once_answered(turn, said, case)
    others = [] if named else [each for each in fit if each is not case]
    return _before_answer(turn, said, case, others)


def of_number(turn: Turn, found: re.Match[str]) -> Reply:
    """1023 还没修: what is said of the case with this number, if it is theirs."""
    case = cases.find(turn.viewer, turn.session, int(found["number"]))
    if case is None or not case.open or case.protected or found["said"].strip() == case.query_word:
        raise NotThat  # 120打不通: words like all others
    said = follow_up(found["said"])
    if said is None or said.beside(_told(case)) > _NEW:
        return _added(turn, case)
    said = _surely(said, case)
    if case.state == ANSWERED:
        return _once_answered(turn, said, case)
    if said.means in _URGES:
        return following.urged(turn, case, names_it=False)
    return _before_answer(turn, said, case, []) or _added(turn, case)


def of_no_matter(turn: Turn, reading: Reading) -> Reply | None:
    """What has neither topic nor place belongs to what was told of late: 才亮一晚上又熄了."""
    if len(reading.text) > LONGEST or reading.topic or reading.places or in_danger(reading):
        return None
    if reading.kind == "consultation" or about_a_cadre(turn, reading):
        return None
    own = [case for case in _open(turn) if reading.field in ("", case.field)]
    case = max(own, key=_last_spoken_of, default=None)
    if case is None or turn.now - _last_spoken_of(case) > FRESH:
        return None
    return _kept(turn, case)


def begun_again(turn: Turn, reading: Reading) -> Case | None:
    """又坏了, 还是修一下吧, when nothing of theirs is open: what was over is told anew."""
    of_its_own = reading.topic or reading.places or goes_first(turn, reading)
    if of_its_own or reading.kind in ("consultation", "other"):
        return None
    said = follow_up(turn.text)
    last = next(iter(turn.recent), None)
    if last is None or last.open or last.protected or last.anonymous:
        return None
    again = _AGAIN.match(turn.text) or (said is not None and said.means == "undone")
    return last if again and turn.now - _last_spoken_of(last) <= _KNOWN else None


def answered_just_now(turn: Turn) -> Case | None:
    """The case of which a picture shows whether it is done."""
    own = [case for case in turn.recent if case.state == ANSWERED and not case.protected]
    case = max(own, key=_last_spoken_of, default=None)
    return case if case and turn.now - _last_spoken_of(case) <= FRESH else None


def is_over(text: str, reading: Reading) -> bool:
    """水管自己修好了, 算了不反映了: where nothing of theirs is open, there is nothing to open."""
    if in_danger(reading) or reading.urgency != "ordinary" or _BUT.search(text):
        return False
    if reading.topic and reading.kind != "other" and says_what_is_wrong(reading):
        return False
    said = follow_up(text)
    return (
        said is not None
        and (said.means, said.is_doubted) == ("done", False)
        and said.beside("") <= _NEW
    )


def _open(turn: Turn) -> list[Case]:
    return [case for case in following.mine(turn) if case.open and not case.protected]


def _is_about(turn: Turn, said: FollowUp, reading: Reading, case: Case) -> bool:
    """True if all that is said stands in the case (上次那个路灯什么时候修), or nothing speaks of another one."""
    beside = said.beside(_told(case))
    if speaks_of_a_report(turn):
        return beside == 0 and (said.means != "more" or bool(said.rest))  # 说错了，是王德厚
    if beside == 0:
        return True
    if beside > (_NEW_OF_ITS_TOPIC if reading.topic else _NEW):
        return False
    if said.means == "news" and reading.kind == "consultation" and beside > _ASIDE:
        return False  # 打到哪个卡 asks something else than how far it is
    if reading.topic not in ("", case.topic) or about_a_cadre(turn, reading):
        return False
    place = sure_place(turn, reading)
    return place is None or said.means == "more" or is_near(turn, place.unit, case)


def _surely(said: FollowUp, case: Case) -> FollowUp:
    """Praise that may be taken back is something that whoever has the case should read."""
    is_unsure = said.is_doubted or said.beside(_told(case)) > _STRAY.get(said.means, 0)
    return said._replace(means="more") if said.means in _GLAD and is_unsure else said


def _told(case: Case) -> str:
    return f"{case.text} {case.topic} {case.place}"


def _named(said: FollowUp, fit: list[Case]) -> Case | None:
    """The one case of several that is named."""
    named = [case for case in fit if said.rest and said.beside(_told(case)) == 0]
    return named[0] if len(named) == 1 else None


def _last_spoken_of(case: Case) -> datetime:
    return max(case.heard_at, case.answered_at or case.opened_at)


def _of_nothing(turn: Turn, said: FollowUp) -> Reply | None:
    """Nothing of theirs is open."""
    if said.means == "news" and answering.last_told(turn) is None:
        return following.overview(turn)
    if said.means == "thanks":
        return Reply(say("villager.thanks"))
    known = (turn.recent or answering.last_told(turn)) and said.means in ("heard", "good", "fair")
    return Reply(say("villager.heard")) if known else None


def _before_answer(turn: Turn, said: FollowUp, case: Case, others: list[Case]) -> Reply | None:
    """`others`: which could be meant as well."""
    if said.means == "news":
        return following.overview(turn) if others and not said.rest else following.card(turn, case)
    if case.urgency == "emergency" and said.means not in ("news", "done"):
        return None  # every word counts
    if said.means == "done":
        return following.settled(turn, case)
    if said.means == "more":
        return _added(turn, case)
    if said.means not in _URGES:
        sentence = "thanks" if said.means == "thanks" else "heard_case"
        return Reply(say(f"villager.{sentence}", number=case.number))
    if turn.now - case.heard_at <= TOGETHER:
        return None if said.rest else _added(turn, case)
    if unanswered := [each for each in others if each.state in BEFORE_ANSWER]:
        raise Sorry(following.which(turn, [case, *unanswered]))
    return following.urged(turn, case, names_it=bool(said.rest))


def _once_answered(turn: Turn, said: FollowUp, case: Case) -> Reply:
    if said.means == "news":
        return following.card(turn, case)
    if said.means in ("more", "hurry"):
        return _kept(turn, case)
    if said.means not in MEANT:
        return Reply(say(f"villager.content_{said.means}", number=case.number))
    step, solved = MEANT[said.means]
    taken = following.own_case(turn, case.number, None, lock=True)
    reply = following.rated(turn, taken, step, turn.text, solved)
    taken_as = say("villager.taken_as", rating=say(f"word.rating.{step}"))
    return Reply(taken_as + reply.text) if step >= CONTENT else reply


def _added(turn: Turn, case: Case) -> Reply:
    return Reply(say("villager.added", **telling.case_words(_add(turn, case), turn)))


def _kept(turn: Turn, case: Case) -> Reply:
    """Added, with a way out: it may be about something else."""
    asked = case.state == ANSWERED and not case.disputed
    sentence = "kept_answered" if asked else "kept"
    return Reply(say(f"villager.{sentence}", **telling.case_words(_add(turn, case), turn)))


def _add(turn: Turn, case: Case) -> Case:
    return following.keep(turn, following.own_case(turn, case.number, None, lock=True), turn.text)

"""后话: what a villager says in their own words of a matter told before. They ask for news, urge, say that it is
done or is not, or whether they are content; none of it is a matter of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from casework.case import ANSWERED, BEFORE_ANSWER, CONTENT, Case
from handlers import telling
from handlers.acting import Sorry, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import in_danger
from handlers.villager import answering, following, rating
from handlers.villager.again import urge_again
from handlers.villager.continuing import TOGETHER, add
from nlp.followup import FollowUp, follow_up
from nlp.reading import Reading

# once the matter is answered: how content somebody is who says so, and whether it is solved
MEANT: Final[dict[str, tuple[int, bool | None]]] = {
    "best": (5, None), "good": (4, None), "done": (4, True), "fair": (3, None), "bad": (2, None),
    "undone": (2, False), "hurry": (2, False),
}  # fmt: skip
_URGES: Final = frozenset({"undone", "hurry", "bad"})
_ADDED: Final = 4  # characters of what is new in 写错了，是四组


def answer(turn: Turn, reading: Reading) -> Reply | None:
    """None for what is no such thing, or says something new besides."""
    said = None if turn.person.is_new(turn.now) else follow_up(turn.text)
    if said is None or (said.rest and in_danger(reading)):
        return None
    own = [case for case in following.mine(turn) if case.open and not case.protected]
    asking = next((case for case in own if case.asks_villager), None)
    if asking is not None and said.means != "done":
        return None if said.rest else add(turn, asking, reading)
    fit = [case for case in own if _is_about(said, reading, case)]
    if not fit:
        return None if own or said.rest or in_danger(reading) else _of_nothing(turn, said)
    case = max(fit, key=_last_spoken_of)
    if case.state == ANSWERED:
        return _once_answered(turn, said, case)
    return _before_answer(turn, said, case, fit)


def _is_about(said: FollowUp, reading: Reading, case: Case) -> bool:
    """True if what is said besides stands in the case: 上次那个路灯什么时候修."""
    beside = said.beside(f"{case.text} {case.topic} {case.place}")
    if reading.topic and reading.topic == case.topic:
        return beside <= 2
    return beside == 0 or (not reading.topic and said.means == "more" and beside <= _ADDED)


def _last_spoken_of(case: Case) -> datetime:
    return max(case.heard_at, case.answered_at or case.opened_at)


def _of_nothing(turn: Turn, said: FollowUp) -> Reply | None:
    """Nothing of theirs is open."""
    if said.means == "news" and answering.last_told(turn) is None:
        return following.overview(turn)
    if said.means == "thanks":
        return Reply(say("villager.thanks"))
    known = turn.recent and said.means in ("heard", "good")
    return Reply(say("villager.heard")) if known else None


def _before_answer(turn: Turn, said: FollowUp, case: Case, fit: list[Case]) -> Reply | None:
    if said.means == "news":
        return following.card(turn, case) if said.rest else following.overview(turn)
    if said.means == "done":
        return following.settled(turn, case)
    if said.means == "more":
        return _add(turn, case)
    if said.means not in _URGES:
        if case.urgency == "emergency":
            return None  # every word counts
        sentence = "thanks" if said.means == "thanks" else "heard_case"
        return Reply(say(f"villager.{sentence}", number=case.number))
    if turn.now - case.heard_at <= TOGETHER:
        return None if said.rest else _add(turn, case)
    others = [each for each in fit if each.state in BEFORE_ANSWER]
    if len(others) > 1 and not said.rest:
        raise Sorry(following.which(turn, others))
    return urge_again(turn, case) if said.rest else following.urged(turn, case)


def _once_answered(turn: Turn, said: FollowUp, case: Case) -> Reply:
    if said.means == "news":
        return following.card(turn, case)
    if said.means == "more":
        return _add(turn, case)
    words = telling.case_words(case, turn)
    if said.means not in MEANT:
        return Reply(say(f"villager.content_{said.means}", **words))
    step, solved = MEANT[said.means]
    taken = following.own_case(turn, case.number, None, lock=True)
    reply = rating.rated(turn, taken, step, turn.text, solved)
    taken_as = say("villager.taken_as", rating=say(f"word.rating.{step}"))
    return Reply(taken_as + reply.text) if step >= CONTENT else reply


def _add(turn: Turn, case: Case) -> Reply:
    taken = following.own_case(turn, case.number, None, lock=True)
    taken = perform(turn, "supplement", taken, joined=True, text=turn.text.strip())
    return Reply(say("villager.added", **telling.case_words(taken, turn)))

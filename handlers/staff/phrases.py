"""话术: phrases for a conversation, by situation or filled in for one case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.case import Case
from handlers import care, telling, wording
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import seen
from handlers.turn import Turn
from storage import cases

_PLACES: Final = ("thing", "promised", "to_them", "responsible", "number")


def phrases(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """话术; 话术 生气; 话术 1023: what fits that case, with its own names and times."""
    word = given.get("word", "")
    if word.isdecimal():
        return _for_case(turn, int(word))
    if not word:
        lines = (
            say("care.phrases.line", name=_name(each), first=_lines(each)[0])
            for each in care.PHRASES
        )
        return Reply(say("care.phrases.list", lines="\n".join(lines)))
    chosen = [each for each in care.PHRASES if word in _name(each)]
    if not chosen:
        names = "、".join(map(_name, care.PHRASES))
        raise Sorry(say("care.phrases.unknown", word=word, names=names))
    return Reply("\n".join(_shown(each, _lines(each)) for each in chosen))


def _for_case(turn: Turn, number: int) -> Reply:
    case = seen(turn, number, sealed=False)
    turn.about = number
    place, sort = wording.place_of(case, turn.town), case.topic or case.field
    thing = place + sort or say("care.phrases.open")
    words = {**telling.case_words(case, turn), "thing": thing}
    shown = [_shown(each, _lines(each, words)) for each in care.fitting(_sign(turn, case))]
    return Reply("\n".join(shown))


def _sign(turn: Turn, case: Case) -> str:
    history = cases.events(turn.viewer, turn.session, case.number)
    return next((str(e.data["care"]) for e in reversed(history) if e.data.get("care")), "")


def _name(situation: str) -> str:
    return say(f"care.phrases.{situation}.name")


def _lines(situation: str, words: Mapping[str, Any] | None = None) -> list[str]:
    """The phrases; without a case its places stay open, to be filled by who says them."""
    filled = words or dict.fromkeys(_PLACES, say("care.phrases.open"))
    return say(f"care.phrases.{situation}.text", **filled).strip().splitlines()


def _shown(situation: str, lines: list[str]) -> str:
    return say("care.phrases.one", name=_name(situation), lines="\n".join(lines))

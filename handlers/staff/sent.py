"""What a member of staff sends that is no command: a picture, a voice, a place, plain words. It
belongs to the case they have just worked on, or to the only one in their hands."""

from __future__ import annotations

import re
from typing import Final

from casework.actions import may
from casework.case import BEFORE_ANSWER, Case
from casework.rights import FIRST, HANDLER, standing
from handlers import wording
from handlers.acting import perform
from handlers.arguments import number as numbered
from handlers.commands import NAMED
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.keeping import pictured
from handlers.staff.tables import FORMATS
from handlers.staff.work import JUST_NOW
from handlers.turn import Turn
from handlers.understood import about_a_cadre, asks, in_danger, is_guessed
from storage import audit, cases, incoming

FEWEST: Final = 3  # characters behind a number that say something
_WENT: Final = re.compile(
    r"把|我?(?:刚|已经)?(?:去|来|到)?(?:看|问|查|联系|去|到)[了过]"
)  # what of?
SHORTEST: Final = 5  # characters: less is a greeting, or a slip


def medium(turn: Turn) -> Reply:
    """A picture, voice, video or file: kept with the case, once it is fetched."""
    what = say(f"word.medium.{turn.incoming.kind}")
    case = _meant(turn)
    if case is None:
        return Reply(say("staff.sent_of_what", what=what))
    turn.about = case.number
    if turn.incoming.kind == "image" and not case.protected:
        pictured(turn, case)
    sheet = turn.incoming.attachment is not None and turn.incoming.attachment.format in FORMATS
    kept = say("staff.sent_kept", what=what, number=case.number)
    return Reply(kept + say("register.table_kept") if sheet else kept)


def place(turn: Turn) -> Reply:
    """A location: stands in the case's history."""
    what, case, where = say("word.medium.location"), _meant(turn), turn.incoming.location
    if case is None or where is None:
        return Reply(say("staff.sent_of_what", what=what))
    text = say("staff.place", label=turn.text, latitude=where.latitude, longitude=where.longitude)
    _remark(turn, case, text)
    return Reply(say("staff.sent_kept", what=what, number=case.number))


def words(turn: Turn) -> Reply | None:
    """Words about the case; None where they cannot be meant so: a question, a greeting, something
    that presses or lies elsewhere, and is rather a matter of its own."""
    case = _meant(turn) if _say_something(turn) else None
    if case is None or _elsewhere(turn, case) or not _is_theirs(turn, case):
        return None
    _remark(turn, case, turn.text)
    return Reply(say("staff.words_kept", number=case.number))


def _is_theirs(turn: Turn, case: Case) -> bool:
    """Words are kept by who works on it, and with no other case than the one that is named."""
    named = NAMED.findall(turn.text)
    works_on_it = not standing(turn.actor, case, turn.town).isdisjoint((HANDLER, FIRST))
    return works_on_it and (not named or str(case.number) in named)


def are_of_named(turn: Turn) -> bool:
    """True for words behind the number of a case: 1001 电话打不通."""
    number, rest = numbered(wording.plain(turn.text), turn)
    if number is None or len(rest) < FEWEST or asks(rest) or NAMED.search(rest):
        return False
    return cases.find(turn.viewer, turn.session, number) is not None


def are_of_no_case(turn: Turn) -> bool:
    """True for words about a matter that none of the cases in their hands is about."""
    reading = turn.reading
    if in_danger(reading):
        return not about_a_cadre(turn, reading)
    tells = reading.places or not is_guessed(reading)  # 需要水务站一起去 says nothing of the kind
    if not (reading.topic and tells) or reading.kind not in ("grievance", "report"):
        return False
    if asks(turn.text) or _WENT.match(turn.text):
        return False
    own = {case.topic for case in _in_hands(turn)}
    return reading.topic not in own and not about_a_cadre(turn, reading)


def are_of_some_case(turn: Turn) -> bool:
    """True for such words where several cases can be meant: 看了，要挖机，村里没钱."""
    text = turn.text
    if not _say_something(turn) or turn.reading.kind == "other" or NAMED.search(text):
        return False
    return len(_in_hands(turn)) > 1


def _say_something(turn: Turn) -> bool:
    text = wording.plain(turn.text)
    if len(text) < SHORTEST or text[0] in "/\\" or asks(text):
        return False
    return turn.reading.urgency == "ordinary"


def _elsewhere(turn: Turn, case: Case) -> bool:
    """True for words that name another place than the case's."""
    named = [place.unit for place in turn.reading.places]
    town, unit = turn.town, case.unit
    return bool(named) and not any(
        unit is not None and (town.covers(each, unit) or town.covers(unit, each)) for each in named
    )


def _meant(turn: Turn) -> Case | None:
    """The case to which something can be added by who sends it."""
    since = turn.now - JUST_NOW
    number = incoming.last_about(turn.session, turn.incoming.person, since) or _only_one(turn)
    case = cases.take(turn.viewer, turn.session, number) if number is not None else None
    if case is None or may("remark", case, standing(turn.actor, case, turn.town)) is not None:
        return None
    return case


def _only_one(turn: Turn) -> int | None:
    """The number of the case in their hands, if there is but one."""
    own = _in_hands(turn)
    return own[0].number if len(own) == 1 else None


def _in_hands(turn: Turn) -> list[Case]:
    return [
        case
        for case in cases.led_by(turn.viewer, turn.session, turn.staff.hands)
        if case.state in BEFORE_ANSWER and HANDLER in standing(turn.actor, case, turn.town)
    ]


def _remark(turn: Turn, case: Case, text: str) -> None:
    perform(turn, "remark", case, text=text)
    audit.write(
        turn.session, actor=turn.actor.label, act="备注", target=str(case.number), detail=text,
        now=turn.now,
    )  # fmt: skip

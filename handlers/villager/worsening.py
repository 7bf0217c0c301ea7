"""What is told afterwards makes a danger of what was none: 娃儿发烧39度 … 抽筋了."""

from __future__ import annotations

import re
from typing import Final

from casework.case import Case
from handlers import telling
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import (
    HEALTH,
    OF_ONES_OWN,
    about_a_cadre,
    in_danger,
    names_staff,
    presses_by_words,
    threatens,
)
from handlers.villager.continuing import BESIDES, is_spoken_of, learned_of, near, supplement
from nlp.followup import follow_up
from nlp.reading import Reading

_BARE: Final = 5  # characters of what happens, to nobody and nothing
_WHO: Final = re.compile("[我你他她人爸妈爷奶娃孩老组村]")
# 村里没动静, 我打电话他们不说话: of whom nothing is told but that they do nothing
_OTHERS: Final = re.compile("村里|镇里|网格|他们|你们|电话|没人|医生|村医|卫生|说了|今天")


def made_worse(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The case of which these words make a danger: 娃儿发烧39度 … 抽筋了 speaks of the same child, and 没反应 is
    one only together with it. What threatened nobody so far (a lamp) becomes none: 有人触电了 begins its own."""
    of_its_own = reading.signals & OF_ONES_OWN or about_a_cadre(turn, reading)
    if of_its_own or BESIDES.match(turn.text) or names_staff(turn, turn.text):
        return None
    return next((case for case in own if _is_made_worse(turn, case, reading)), None)


def _is_made_worse(turn: Turn, case: Case, reading: Reading) -> bool:
    if case.protected or case.urgency == "emergency" or not is_spoken_of(turn, case):
        return False
    before = turn.book.reader.read(case.text, case.unit)
    if in_danger(before) or not near(turn, case, reading):
        return False
    if in_danger(reading):
        return _says_of_nothing(reading) or (threatens(before) and _is_alike(before, reading))
    if _OTHERS.search(turn.text) or _asks_how_far(reading):
        return False
    together = turn.book.reader.read(f"{case.text}，{turn.text}", case.unit)
    return in_danger(together) and presses_by_words(together)


def _says_of_nothing(reading: Reading) -> bool:
    """塌了, 不动了: only with what is spoken of does somebody know what or who."""
    return (
        len(reading.text) <= _BARE
        and not (reading.topic or reading.places)
        and _WHO.search(reading.text) is None
    )


def _is_alike(before: Reading, reading: Reading) -> bool:
    if before.field == HEALTH and (not reading.topic or reading.field == HEALTH):
        return True
    return reading.topic != "" and reading.topic == before.topic


def _asks_how_far(reading: Reading) -> bool:
    """怎么还不来; 没反应 may be the child's."""
    said = follow_up(reading.text)
    asks = said is not None and said.means in ("hurry", "news")
    return asks and reading.field != HEALTH


def worsen(turn: Turn, case: Case, reading: Reading) -> Reply:
    """What was told before is a danger now. Whoever comes has to read both."""
    learned = learned_of(turn, case, reading, None)
    learned |= {"urgency": "emergency", "text": f"{case.text}\n{turn.text}"}
    case = supplement(turn, case, reading, turn.text, learned)
    said = say("villager.danger.life") + say(
        "villager.filed_danger", **telling.case_words(case, turn)
    )
    return Reply(said if case.unit is not None else said + say("villager.where_are_you"))

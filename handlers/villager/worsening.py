"""What is told afterwards makes a danger of what was none: 娃儿发烧39度 … 抽筋了."""

from __future__ import annotations

from casework.case import Case
from handlers import telling
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import (
    HEALTH,
    OF_ONES_OWN,
    about_a_cadre,
    danger_words,
    in_danger,
    presses_by_words,
    threatens,
)
from handlers.villager.continuing import BESIDES, is_spoken_of, learned_of, near, supplement
from nlp.reading import Reading


def made_worse(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The case of which these words make a danger: 娃儿发烧39度 … 抽筋了 speaks of the same child, and 没反应 is
    one only together with it. What threatened nobody so far (a lamp) becomes none: 有人触电了 begins its own."""
    of_its_own = bool(reading.signals & OF_ONES_OWN) or about_a_cadre(turn, reading)
    if BESIDES.match(turn.text) or of_its_own:
        return None
    return next((case for case in own if _is_made_worse(turn, case, reading)), None)


def _is_made_worse(turn: Turn, case: Case, reading: Reading) -> bool:
    if case.protected or case.urgency == "emergency" or not is_spoken_of(turn, case):
        return False
    before = turn.book.reader.read(case.text, case.unit)
    if in_danger(before) or not threatens(before) or not near(turn, case, reading):
        return False
    if in_danger(reading):
        return reading.topic in ("", before.topic) or reading.field == HEALTH
    together = turn.book.reader.read(f"{case.text}，{turn.text}", case.unit)
    return in_danger(together) and presses_by_words(together)


def worsen(turn: Turn, case: Case, reading: Reading) -> Reply:
    """What was told before is a danger now. Whoever comes has to read both."""
    learned = learned_of(turn, case, reading, None)
    learned |= {"urgency": "emergency", "text": f"{case.text}\n{turn.text}"}
    case = supplement(turn, case, reading, turn.text, learned)
    first = danger_words(reading) or say("villager.danger.life")
    said = first + say("villager.filed_danger", **telling.case_words(case, turn))
    return Reply(said if case.unit is not None else said + say("villager.where_are_you"))

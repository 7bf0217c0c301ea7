"""What a reading means in this town: danger, a cadre, a place to act on, a question we can answer."""

from __future__ import annotations

import re
from typing import Final

from casework.recusal import spoken_of
from casework.town import Answer
from handlers.copy import say
from handlers.turn import Occasion, Turn
from nlp.answers import asked, may_ask
from nlp.lexicon import shipped
from nlp.reading import UNSAID, Place, Reading
from nlp.words import TELLS

DANGER: Final = frozenset({"life", "violence_home", "self_harm"})
OF_ONES_OWN: Final = frozenset({"violence_home", "self_harm"})  # whatever was told before
HEALTH: Final = "卫生计生"
DISCIPLINE: Final = "纪检监察"
ADVISED: Final = frozenset({"诈骗"})  # topics about which something is said at once
SURE: Final = 0.6  # of a place, to act on it without asking
WORTH_FILING: Final = 4  # characters of which nothing was understood
# who would otherwise get what is said of their own conduct
_NEAR_BY: Final = re.compile("网格员|网格长|组长|队长|村主任|村长|支书|书记|村干部|村委会?的人")
# 我想反映黄小平的问题: more is not said yet, and he must not be whom it is said to
_TO_TELL_OF: Final = re.compile(
    r"(?:反映|举报|检举|告发)\S{2,8}?的?(?:问题|事情?|情况)[。.!！\s]*$"
)
_TOLD_OF: Final = re.compile(
    f"(?:{_NEAR_BY.pattern})们?(?:都|也|就|又|只|昨天|今天|上次|后来)?"
    "(?:说|讲|喊我|叫我|让我|答应|晓得|知道|来看|来过|来了|没来|还没来|不来|不在)"
)
_SURELY: Final = 0.499  # of 0.5: what is of no field is not more certain
_ASKS: Final = re.compile(
    r"[?？]|怎么|咋|啷个|如何|什么|多少|哪[里儿个些天]?|谁|[吗呢][。.!！~\s]*$"
)


def in_danger(reading: Reading) -> bool:
    return bool(reading.signals & DANGER) or reading.urgency == "emergency"


def threatens(reading: Reading) -> bool:
    """Somebody is ill or hurt, or may come to harm: from there it is not far to a danger to life."""
    hurt = reading.urgency == "urgent" and presses_by_words(reading)
    return hurt or reading.field == HEALTH or reading.subkind == "hazard"


def presses_by_words(reading: Reading) -> bool:
    """True if it is said: neither usual for what it is about, nor only what many small words hint at."""
    return not {UNSAID, reading.topic} & {word for word, _ in reading.matched["urgency"]}


def goes_first(occasion: Occasion, reading: Reading) -> bool:
    """A danger, an accusation of a cadre: taken in passing by nothing (decision 0024)."""
    return in_danger(reading) or about_a_cadre(occasion, reading)


def names_staff(occasion: Occasion, text: str) -> bool:
    """True for 村主任, 网格员, or somebody of the town's staff by name."""
    return _NEAR_BY.search(text) is not None or bool(spoken_of(text, occasion.town))


def danger_words(reading: Reading) -> str:
    """In danger to life the first thing that is read is the number to call."""
    for signal in ("self_harm", "violence_home"):
        if signal in reading.signals:
            return say(f"villager.danger.{signal}")
    return say("villager.danger.life") if in_danger(reading) else ""


def advice(reading: Reading) -> str:
    """What whoever is just being robbed by telephone should read before anything else."""
    presses = reading.topic in ADVISED and reading.urgency == "urgent"
    return say(f"villager.advice.{reading.topic}") if presses else ""


def about_a_cadre(occasion: Occasion, reading: Reading) -> bool:
    """举报; and a complaint about a cadre, which those complained about must not see either.
    Who drives a car and has 低保 got it from somebody. That somebody sells fake seed or gambles is
    a matter for a department."""
    if _TO_TELL_OF.search(reading.text) and _accused(occasion, reading):
        return True
    discipline = reading.field == DISCIPLINE
    if reading.subkind == "misconduct":
        return discipline or is_granted(reading) or _accused(occasion, reading)
    return discipline and reading.kind != "consultation" and _accused(occasion, reading)


def tells_of_a_cadre(reading: Reading) -> bool:
    """村主任说没钱修, 书记来看过了: what somebody in office said or did about the matter that is spoken of."""
    told = reading.subkind != "misconduct" and not reading.topic
    return told and _TOLD_OF.search(reading.text) is not None


def is_granted(reading: Reading) -> bool:
    """True for what the village has a say in (低保, 惠农补贴), or what nobody knows yet."""
    topic = shipped().topics.get(reading.topic)
    return topic.granted if topic is not None else not reading.field


def _accused(occasion: Occasion, reading: Reading) -> bool:
    """Somebody in office is spoken of, by title or by name."""
    if "official" in reading.signals or _NEAR_BY.search(reading.text):
        return True
    return any(staff.name in reading.text for staff in occasion.town.staff.values() if staff.name)


def known_answer(turn: Turn, reading: Reading) -> Answer | None:
    if not may_ask(reading):
        return None
    found = turn.book.answers.best(asked(reading))
    answer = turn.town.answers[found.id] if found is not None else None
    return answer if answer is not None and answer.counts(turn.today) else None


def asks(text: str) -> bool:
    """True for words that ask something."""
    return _ASKS.search(text) is not None


def thanks(text: str) -> bool:
    return any(word in text for word in ("谢", "辛苦", "感激", "表扬", "点赞"))


def is_chatter(reading: Reading) -> bool:
    """Thanks, whatever for (谢谢李医生半夜来看我爸); greetings; and what is too short to mean anything."""
    if reading.kind != "other":
        return False
    if reading.topic or reading.places:
        return thanks(reading.text)
    known = bool(_words(reading)) and not _is_hinted(reading)
    return known or len(reading.text) < WORTH_FILING


def is_small_talk(reading: Reading) -> bool:
    """Greetings and thanks, or too little to say anything; 我有证的 says something of a case."""
    return is_chatter(reading) and (len(reading.text) < 2 or not _words(reading) <= {UNSAID})


def is_idle(reading: Reading) -> bool:
    """今天赶场买了只老母鸡: nothing is wanted, by all that many small words hint at; where they leave a doubt, it is
    filed. Of what is just spoken of the same may say something (她今年82)."""
    nothing = not reading.topic and not reading.places and reading.confidence >= _SURELY
    return reading.kind == "other" and nothing and _is_hinted(reading)


def _is_hinted(reading: Reading) -> bool:
    """True if only many small words together say that it is a question, a proposal, or nothing."""
    words = _words(reading)
    return UNSAID in words and len(words) > 1


def is_guessed(reading: Reading) -> bool:
    """True if no word says of what kind it is: nothing is complained of, asked or told."""
    of_none = _words(reading) <= {UNSAID, reading.topic}
    return reading.kind in ("grievance", "other") and of_none


def says_what_is_wrong(reading: Reading) -> bool:
    """Complains, asks, or tells of something that presses; 工地在镇上 does none of it."""
    words = dict(reading.matched.get("kind", ()))
    own = [words[word] for word in words.keys() - {UNSAID, reading.topic}]
    if reading.kind != "grievance":
        wants = reading.kind == "consultation" or not _is_hinted(reading)
        return (bool(own) and wants) or asks(reading.text)
    return max(own, default=0.0) >= TELLS or reading.urgency != "ordinary" or asks(reading.text)


def _words(reading: Reading) -> set[str]:
    """What says of what kind it is."""
    return {word for word, _ in reading.matched.get("kind", ())}


def sure_place(occasion: Occasion, reading: Reading) -> Place | None:
    """The place that is sure enough to act on: as it is written most fully, 石墙村三组 before 砖厂;
    then the most particular one within it, 石墙村三组大樟树."""
    sure = [place for place in reading.places if place.confidence >= SURE]
    if not sure:
        return None
    best = max(sure, key=lambda place: (place.confidence, len(place.text)))
    inside = [place for place in sure if occasion.town.covers(best.unit, place.unit)]
    return max(inside, key=lambda place: len(place.name))

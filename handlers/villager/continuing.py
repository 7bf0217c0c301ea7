"""Do these words go on with what we are speaking of? What comes within ten minutes is one matter,
unless it clearly names another topic or place; no timer holds a message back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final

from casework.case import BEFORE_ANSWER, Case
from casework.routing import assign
from handlers import care, telling
from handlers.acting import perform
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import (
    about_a_cadre,
    asks,
    danger_words,
    in_danger,
    is_chatter,
    is_guessed,
    is_small_talk,
    known_answer,
    says_what_is_wrong,
    sure_place,
    tells_of_a_cadre,
)
from handlers.villager.wants import wants
from nlp.followup import LONGEST, follow_up
from nlp.lexicon import shipped
from nlp.reading import Place, Reading
from storage import incoming

TOGETHER: Final = timedelta(minutes=10)
FRESH: Final = timedelta(days=3)  # so long somebody goes on with what they told
_AROUND: Final = 3  # characters beside the place that was asked for: 在…那边
_SHORTEST: Final = 3  # characters of a name
_FACT: Final = re.compile(r"^\S{0,4}\d\S{1,4}$")  # 12万 says nothing by itself
_QUESTION: Final = 8  # characters of one that goes on with the one before: 多大要环评
BESIDES: Final = re.compile(
    r"^(?:还有(?!气|呼吸|心跳|救|意识|反应|[一两二三几好]?个?人)|另外|再有|再说|第[二三]|对了)"
)
HE: Final = re.compile(r"(?:他|她|这个?人|那个?人|名?叫|姓)")
_OF_A_REPORT: Final = re.compile(
    "[他她]|这个人|那个人|作证|证人|证据|举报|报复|书记|主任|村长|组长|质量|的钱|多少钱"
)
_CIRCUMSTANCE: Final = 8  # characters of one: 娃儿上学天天走
_DEFECT: Final = re.compile(
    "停|满|危|坏|断|堵|漏|臭|脏|吵|没低保|没交"
)  # 家里停电 complains in one word
_LIES: Final = re.compile(
    r"^[^\s，,]{1,4}(?:就|是)?(?:在|位于|靠近|挨着|挨到)[^\s，,]{1,14}$"
)  # 工地在镇上
# 电鱼的, 骑摩托的; 家里还有个瘫痪的老人
_DETAIL: Final = re.compile(
    r"^[^\s，,]{2,6}的[。.!！]*$"
    r"|^我?们?[家屋](?:里|头|里头)?(?:还|只|就|也)?有(?:一|两|三|几)?[个位]?\S{0,6}(?:老人|病人|孕妇|娃|孩子?|学生|残疾人?|老的|小的)[。.!！]*$"
)
# 就在大桥旁边; and where somebody was asked for the place, also 图书馆门口, 老粮站
_WHERE: Final = re.compile(
    r"^(?:就|是|位置|地点)?(?:在|位于|靠近|挨着|挨到).{1,14}[边口面近里外上下头尾处家组村桥路][。.!！\s]*$"
    r"|^[^，,。！!？?\s了没不坏有被漏堵臭吵偷想要怎哪吗么]{1,12}"
    r"(?:[边口面近里外上下头尾处街市巷路桥湾坪冲岭坡沟坝塘井站社院校厂店铺场庙堂亭楼栋号]|隔壁)[。.!！\s]*$"
)


def current(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The case that these words go on with; None if they begin something of their own."""
    case = speaking_of(turn, own)
    if case is None:
        return None
    if in_danger(reading) and (case.urgency != "emergency" or BESIDES.match(turn.text)):
        return None
    if case.protected:
        goes_on = _of_the_report(turn, own, case, reading)
    elif _of_the_danger(turn, case, reading):
        goes_on = near(turn, case, reading)
    else:
        goes_on = _of_the_matter(turn, case, reading)
    return case if goes_on else None


def _of_the_report(turn: Turn, own: list[Case], case: Case, reading: Reading) -> bool:
    """Said in the open it would give the report away: 去年修路的钱; 叫王德厚, 他把低保给他侄子; 小卖部老板可以作证."""
    tells = not reading.topic or reading.subkind == "misconduct"
    if is_guessed(reading) or (tells and HE.match(turn.text)):
        return True
    if _is_of_another(own, reading):
        return False
    if _tells_on(turn.text, reading):
        return True
    if _says_nothing(turn, case, reading) or _is_answered(turn, case, reading):
        return False
    accuses = about_a_cadre(turn, reading) and not BESIDES.match(turn.text)
    another = reading.topic not in ("", case.topic)
    if another and not (accuses or _DETAIL.match(turn.text)):
        return False
    return near(turn, case, reading)


def _of_the_danger(turn: Turn, case: Case, reading: Reading) -> bool:
    """Whatever is said in a danger is of it: 鱼塘, 没呼吸, 咋个整; but for 举报."""
    now = case.urgency == "emergency" and turn.now - case.heard_at <= TOGETHER
    return now and not BESIDES.match(turn.text) and not about_a_cadre(turn, reading)


def _of_the_matter(turn: Turn, case: Case, reading: Reading) -> bool:
    if case.unit is None and not BESIDES.match(turn.text) and _tells_where(turn.text, reading):
        return True  # where, not another matter
    if _says_nothing(turn, case, reading) or _is_answered(turn, case, reading):
        return False
    if about_a_cadre(turn, reading) and not tells_of_a_cadre(reading):
        return False
    asks_on = reading.kind == case.kind == "consultation" and len(reading.text) <= _QUESTION
    another = case.topic and reading.topic not in ("", case.topic)
    is_detail = _DETAIL.match(turn.text) or is_circumstance(case.topic, reading)
    if another and not (asks_on or is_detail):
        return False
    return near(turn, case, reading)


def is_circumstance(of: str, reading: Reading) -> bool:
    """Another topic is named, but nothing said to be wrong: of what the same desk looks after (没签合同, of wages
    that are owed), of what people rather ask about (娃儿上学天天走, of a bridge), or where it is (工地在镇上)."""
    if not only_names(reading):
        return False
    topics = shipped().topics
    topic, told = topics.get(reading.topic), topics.get(of)
    if topic is None or told is None or topic is told:
        return False
    asked_about = topic.usual != "grievance"
    return asked_about or bool(topic.desks & told.desks) or _LIES.match(reading.text) is not None


def only_names(reading: Reading) -> bool:
    """A few characters, that neither complain nor ask."""
    text = reading.text
    short = len(text) <= _CIRCUMSTANCE and not BESIDES.match(text) and not _DEFECT.search(text)
    return short and not says_what_is_wrong(reading)


def _says_nothing(turn: Turn, case: Case, reading: Reading) -> bool:
    """A greeting, or a word to the service, where nobody waits for an answer."""
    listens = case.asks_villager or case.urgency == "emergency" or _FACT.match(turn.text)
    chats = is_small_talk(reading) or (is_chatter(reading) and any(wants(turn.text)))
    return chats and not listens


def _is_answered(turn: Turn, case: Case, reading: Reading) -> bool:
    """A question to which there is an answer, about something else."""
    answer = known_answer(turn, reading) if reading.kind == "consultation" else None
    return answer is not None and (case.kind != "consultation" or answer.topic != case.topic)


def near(turn: Turn, case: Case, reading: Reading) -> bool:
    """No other place is named."""
    named = sure_place(turn, reading)
    return named is None or is_near(turn, named.unit, case)


def _is_of_another(own: list[Case], reading: Reading) -> bool:
    """上次那个灯到底修不修: what was told in the open is not of the sealed report."""
    told = {case.topic for case in own if case.topic and not case.protected}
    return reading.topic in told or said_before(own, reading) is not None


def _tells_on(text: str, reading: Reading) -> bool:
    """After a report about somebody: 他家修房子占了公家的路, 小卖部老板可以作证, 有啥子证据才行. Said in the open it
    would be known whose words these are."""
    if reading.places or BESIDES.match(text):
        return False
    of_it = speaks_of_somebody(text) or follow_up(text) is not None
    return of_it or not reading.topic


def speaks_of_somebody(text: str) -> bool:
    """True for what may be of a report: 他, 证人, 书记, 去年修路的钱."""
    return _OF_A_REPORT.search(text) is not None


def _tells_where(text: str, reading: Reading) -> bool:
    """True for what answers the one question; a name that we do not know (王家湾) is no greeting."""
    if _WHERE.match(text):
        return True
    unknown = is_guessed(reading) and len(text) >= _SHORTEST
    return unknown and (reading.kind == "other" or bool(reading.places))


def speaking_of(turn: Turn, own: list[Case]) -> Case | None:
    """The case that waits for the villager's answer, or the one of the last ten minutes."""
    spoken_of = [case for case in own if is_spoken_of(turn, case)]
    asking = (case for case in spoken_of if case.asks_villager)
    return next(asking, max(spoken_of, key=_heard_at, default=None))


def speaks_of_a_report(turn: Turn) -> bool:
    """True after a sealed report: what names no other matter is of that one (decision 0023)."""
    case = speaking_of(turn, turn.recent)
    return case is not None and case.protected


_heard_at = attrgetter("heard_at")


def is_spoken_of(turn: Turn, case: Case) -> bool:
    lately = turn.now - case.heard_at <= TOGETHER
    return case.asks_villager or (case.state in BEFORE_ANSWER and lately)


def said_before(own: list[Case], reading: Reading) -> Case | None:
    """The one open case that somebody must mean who says again what it is about, without naming it:
    上次那个灯."""
    if "repeat" not in reading.signals or reading.topic or not reading.field:
        return None
    fit = [
        case
        for case in own
        if case.state in BEFORE_ANSWER
        and not case.protected
        and (case.kind, case.field) == (reading.kind, reading.field)
    ]
    return fit[0] if len(fit) == 1 else None


def is_near(turn: Turn, unit: str, case: Case) -> bool:
    """True if the one lies in the other, or it is not known where the case lies."""
    covers = turn.town.covers
    return case.unit is None or covers(unit, case.unit) or covers(case.unit, unit)


def add(
    turn: Turn, case: Case, reading: Reading, text: str = "", place: Place | None = None
) -> Reply:
    """What follows within ten minutes is the same matter; what is understood only now counts, and
    a `place` that is said once more instead of the one before. Where that was asked of two matters,
    one answer is for both."""
    told = case.unit is None and sure_place(turn, reading) is not None
    others = (each for each in turn.recent if each.number != case.number) if told else ()
    both = [case, *(each for each in others if _asked_where(turn, each))]
    return Reply("\n".join(_add(turn, each, reading, text, place) for each in both))


def told_where(turn: Turn, own: list[Case], reading: Reading) -> Case | None:
    """The case of which it is not known where, and these words say it: an answer that comes hours later."""
    place = sure_place(turn, reading)
    if place is None or len(reading.text) > len(place.text) + _AROUND or in_danger(reading):
        return None
    return next((case for case in own if _has_no_place(case) and _is_fresh(turn, case)), None)


def told_nearer(turn: Turn, own: list[Case], reading: Reading) -> tuple[Case, Place] | None:
    """三组, after 石墙村: the case that is spoken of, and where it is more nearly."""
    case = speaking_of(turn, own)
    if case is None or case.protected or case.unit is None or not reading.places:
        return None
    said = max(reading.places, key=_length)
    if len(reading.text) > len(said.text) + _AROUND or in_danger(reading):
        return None
    nearer = sure_place(turn, turn.book.reader.read(f"{case.place}{said.text}", case.unit))
    if nearer is None or nearer.unit == case.unit or not turn.town.covers(case.unit, nearer.unit):
        return None
    return case, nearer


def _length(place: Place) -> int:
    return len(place.text)


def _is_fresh(turn: Turn, case: Case) -> bool:
    return turn.now - case.heard_at <= FRESH


def _has_no_place(case: Case) -> bool:
    open_to_all = case.state in BEFORE_ANSWER and not case.protected
    return open_to_all and case.unit is None and case.kind != "consultation"


def _asked_where(turn: Turn, case: Case) -> bool:
    return _has_no_place(case) and turn.now - case.heard_at <= TOGETHER


def _add(turn: Turn, case: Case, reading: Reading, text: str, place: Place | None) -> str:
    learned = {} if case.protected else learned_of(turn, case, reading, place)
    if case.text.startswith(_media()) and not text:
        learned |= {"text": turn.text, "kind": reading.kind, "subkind": reading.subkind}
    sentence = "added_placed" if "unit" in learned else "added"
    placed = case.unit is not None and not case.protected and case.urgency != "emergency"
    if placed and is_circumstance(case.topic, reading):
        sentence = "kept"  # with a way out: it may be about something else
    case = supplement(turn, case, reading, text or turn.text, learned)
    if case.unit is None and not case.protected and _is_news(turn, reading.places):
        return which_place(reading).strip()
    first = danger_words(reading)
    if not first and case.urgency == "emergency" and asks(turn.text):
        first = say("villager.danger.life")
    return first + say(f"villager.{sentence}", **telling.case_words(case, turn))


def supplement(
    turn: Turn,
    case: Case,
    reading: Reading,
    text: str,
    learned: dict[str, Any],
    moves: bool = False,
) -> Case:
    """With whoever has it where the place is only learned now, or it `moves` for another reason."""
    given: dict[str, Any] = {"text": text, "learned": learned}
    given["care"] = "" if case.protected else care.sign_of(reading.signals)
    if moves or "unit" in learned:
        known = replace(case, **learned)
        to = assign(
            turn.town,
            topic=known.topic,
            field=known.field,
            unit=known.unit,
            misconduct=False,
            start=turn.world.method_of(case).start(known),
        )
        given["post"] = to.post
    return perform(turn, "supplement", case, **given)


def which_place(reading: Reading) -> str:
    """The one question about a place that may be several."""
    names = dict.fromkeys(place.name for place in reading.places)
    return say("villager.which_place", names="、".join(names))


def _where(turn: Turn, reading: Reading) -> Place | None:
    """The place, with what was said just before: 三组 … 石墙村."""
    place = sure_place(turn, reading)
    if place is None:
        return None
    said = before(turn)
    if len(said) > LONGEST:
        return place
    closer = sure_place(turn, turn.book.reader.read(f"{place.text}{said}", turn.person.unit))
    return closer if closer is not None and turn.town.covers(place.unit, closer.unit) else place


def _is_news(turn: Turn, places: tuple[Place, ...]) -> bool:
    """True if one is named that was not in the words before: which one it is was asked then."""
    said = before(turn) if places else ""
    return any(place.text not in said for place in places)


def before(turn: Turn) -> str:
    """What the villager said just before this."""
    if turn.person.is_new(turn.now):
        return ""
    return incoming.words_before(turn.session, turn.incoming.person, turn.message or 0)


def _media() -> tuple[str, ...]:
    """What stands for the words of a case that began with a picture, a voice or a place."""
    kinds = ("voice", "image", "video", "file", "location")
    return tuple(say(f"villager.medium.{kind}") for kind in kinds)


def learned_of(turn: Turn, case: Case, reading: Reading, place: Place | None) -> dict[str, Any]:
    """Columns of the case that these words fill: the place and the topic if it had none, and how
    urgent it is if more than was thought."""
    learned: dict[str, Any] = {}
    if place is None and case.unit is None:
        place = _where(turn, reading)
    if place is not None:
        learned |= {"unit": place.unit, "place": place.name}
    if not case.topic and reading.topic:
        learned |= {"topic": reading.topic, "field": reading.field, "ledger": reading.ledger}
    if case.urgency == "ordinary" and reading.urgency == "urgent":
        learned["urgency"] = "urgent"
    return learned

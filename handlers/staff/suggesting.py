"""What staff say that is no command is shown as the one that it probably is; a 是 does it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from handlers import telling
from handlers.acting import Sorry
from handlers.arguments import READERS
from handlers.commands import TAKE_BACK, Command, Said, called
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import deciding, sent, work
from handlers.staff.meant import is_done
from handlers.turn import Turn
from handlers.understood import about_a_cadre, danger_words, in_danger, names_staff
from handlers.wording import plain
from storage import pending

HEARD: Final = work.CONSENT.union(
    ["收到", "知道了", "明白", "明白了", "晓得了", "好嘞", "嗯", "嗯嗯", "ok"]
)
REFUSES: Final = frozenset(["不行", "不可以", "不得行", "不批", "不准"])
MISTAKEN: Final = frozenset(
    ["发错了", "搞错了", "弄错了", "说错了", "办错了", "结错了", "错了", "撤回"]
)


def by_a_word(turn: Turn, known: tuple[Command, ...]) -> Said | None:
    """可以 and 不行 decide what was asked for, 收到 accepts what waits for it, 发错了 takes back what was
    concluded just now. 1001 可以: of that case. Where 好的 could accept or agree, it is asked."""
    number, rest = READERS["number"](plain(turn.text), turn)
    word = bare(rest)
    refuses = next((each for each in REFUSES if _is_said(each, word, number)), None)
    if refuses is not None:
        return deciding.decision(turn, deciding.REFUSED, known, number, word[len(refuses) :])
    if word in MISTAKEN:
        command, case = called(TAKE_BACK, known), work.just_concluded(turn)
        return Said(command, str(case.number), slash=True) if command and case else None
    waits = word in HEARD and number is None and work.waits_for(turn, "accept")
    asked = deciding.requests(turn) if waits and word in work.CONSENT else []
    if asked and word not in work.AGREES:
        raise Sorry(say("staff.accept_or_agree", word=word, number=asked[0][0].number))
    if word in work.CONSENT and (asked or not waits):
        return deciding.decision(turn, deciding.AGREED, known, number)
    command = called("接单", known) if waits else None
    return work.numbered(turn, Said(command, "", slash=True)) if command else None


def _is_said(refusal: str, word: str, number: int | None) -> bool:
    """不行，配件镇上就有; 不准再倒垃圾 is none."""
    behind = word[len(refusal) :]
    return word.startswith(refusal) and (number is not None or behind[:1] in ("", "，", ",", " "))


def of_a_cadre_or_danger(turn: Turn, known: tuple[Command, ...], is_meant: bool) -> Reply | None:
    """What accuses a cadre is kept with no case that this cadre may read, and a danger behind a number is
    no remark: both are suggested as 登记; the danger unless a command `is_meant`: 1001 人送医院了."""
    number, rest = READERS["number"](plain(turn.text), turn)
    reading = turn.book.reader.read(rest)
    of_staff = reading.subkind == "misconduct" and names_staff(turn, rest)
    accuses = of_staff and about_a_cadre(turn, reading)
    danger = number is not None and in_danger(reading) and not is_meant
    command = called("登记", known)
    if command is None or not (accuses or danger):
        return None
    shown = suggested(turn, Said(command, rest, slash=True))
    return replace(shown, text=danger_words(reading) + shown.text)


def seen_by_staff(turn: Turn, known: tuple[Command, ...]) -> Reply | None:
    """三组有个井盖不见了: what they have seen themselves 巡查, and what they have done about it 随手办."""
    command = called("随手办" if is_done(turn.text) else "巡查", known)
    if command is None or not sent.are_of_no_case(turn):
        return None
    shown = suggested(turn, Said(command, plain(turn.text), slash=True))
    return replace(shown, text=danger_words(turn.reading) + shown.text)


def suggested(turn: Turn, said: Said, question: str = "") -> Reply:
    """What a 是 will do, and whether the villager will read these words."""
    if turn.message is not None:
        pending.put(turn.session, turn.incoming.person, "meant", data_of(said), turn.now)
    read = _read_by_them([said])
    return Reply(question or say("command.meant", said=shown_as(said), read=read))


def all_shown(turn: Turn, things: Sequence[Said]) -> Reply:
    """Several things: a 是 does all of them."""
    if turn.message is not None:
        data = {**data_of(things[0]), "each": [data_of(said) for said in things]}
        pending.put(turn.session, turn.incoming.person, "meant", data, turn.now)
    lines, read = "\n".join(map(shown_as, things)), _read_by_them(things)
    return Reply(say("command.meant_several", count=len(things), read=read, lines=lines))


def shown_as(said: Said) -> str:
    return f"{said.command.name} {said.rest}".strip()


def _read_by_them(things: Iterable[Said]) -> str:
    """Whether the villager will read words that are said with any of these."""
    words = (each for each in things if re.sub(r"^[\d\s]+", "", each.rest))
    are_read = any(telling.are_read(action) for each in words for action in each.command.actions)
    return say("command.they_read") if are_read else ""


def data_of(said: Said) -> dict[str, Any]:
    return {
        "command": said.command.name,
        "rest": said.rest,
        "slash": said.slash,
        "answers": dict(said.answers),
        "word": said.word,
    }


def bare(text: str) -> str:
    return plain(text).strip(" 。.!！").lower()

"""A villager's own words: answered, added to what is spoken of, or filed. No timer holds a message back: what comes within
ten minutes joins the case."""

from __future__ import annotations

from typing import Final

from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.understood import (
    goes_first,
    in_danger,
    is_chatter,
    is_guessed,
    is_idle,
    known_answer,
    thanks,
)
from handlers.villager import (
    after_answer,
    answering,
    filing,
    following,
    followup,
    gathering,
    sealed,
)
from handlers.villager.again import same_of
from handlers.villager.continuing import (
    HE,
    add,
    before,
    current,
    speaking_of,
    told_nearer,
    told_where,
)
from handlers.villager.correcting import corrected, instead
from handlers.villager.worsening import made_worse, worsen
from nlp.followup import follow_up
from nlp.reading import Reading

_WHO: Final = 4  # characters of somebody's name and post


def speak(turn: Turn) -> Reply:
    """Free words."""
    if "placeholder" in turn.reading.signals:
        return Reply(say("villager.placeholder"))
    if (kept_sealed := sealed.of_a_report(turn)) is not None:
        return kept_sealed
    own, reading = turn.recent, instead(turn)
    if (worse := made_worse(turn, own, reading)) is not None:
        return worsen(turn, worse, reading)
    danger = in_danger(reading)
    if not danger and gathering.too_fast(turn) and (kept := gathering.kept_in(own)) is not None:
        return gathering.gather(turn, kept)
    if (said := corrected(turn, own)) is not None:
        return said
    if (nowhere := told_where(turn, own, reading)) is not None:
        return add(turn, nowhere, reading)
    if (nearer := told_nearer(turn, own, reading)) is not None:
        return add(turn, nearer[0], reading, place=nearer[1])
    if (said := followup.answer(turn, reading)) is not None:
        return said
    going_on = current(turn, own, reading)
    if going_on is not None:
        return add(turn, going_on, reading)
    if "minority" not in reading.signals:
        answer = known_answer(turn, reading)
        if answer is not None:
            return answering.tell(turn, answer)
        if followup.is_over(turn.text, reading):
            return _over(turn, reading)
        if is_chatter(reading):
            return _chatter(turn)
        if _praises(turn, reading):
            return Reply(say("villager.thanks"))
        if (said := after_answer.of_the_answer(turn, reading)) is not None:
            return said
        is_said = turn.incoming.kind in ("text", "voice")  # 申请.docx is sent to be read
        if is_said and is_idle(reading) and not goes_first(turn, reading):
            return _chatter(turn)
    if (there := filing.only_a_place(turn, reading)) is not None:
        return Reply(say("villager.what_there", place=there.name))
    if not danger and (same := same_of(turn, own, reading)) is not None:
        return following.urged(turn, same, names_it=True)
    if (kept_with := followup.of_no_matter(turn, reading)) is not None:
        return kept_with
    if (
        not danger
        and gathering.too_many(turn, own)
        and (kept := gathering.kept_in(own)) is not None
    ):
        return gathering.gather(turn, kept)
    if (over := followup.begun_again(turn, reading)) is not None:
        return filing.once_more(turn, over)
    return filing.file(turn, reading)


def _over(turn: Turn, reading: Reading) -> Reply:
    """现在退烧了，没事了 is of what we speak of; 水管自己修好了 of nothing that is open."""
    case = speaking_of(turn, turn.recent)
    if case is not None and not case.protected and reading.field in ("", case.field):
        return following.settled(turn, case)
    return Reply(say(f"villager.{'thanks' if thanks(turn.text) else 'heard'}"))


def _praises(turn: Turn, reading: Reading) -> bool:
    """王书记人好得很: of whom it is said is all that stands beside it; 我要表扬李守田 … 他帮我妈背米上楼."""
    if reading.kind != "other" and not is_guessed(reading):
        return False
    said = follow_up(turn.text)
    if said is not None and said.means in ("best", "good") and not said.is_doubted:
        return said.beside("") <= _WHO
    return HE.match(turn.text) is not None and thanks(before(turn))


def _chatter(turn: Turn) -> Reply:
    if thanks(turn.text):
        return Reply(say("villager.thanks"))
    return Reply(say("villager.greeting", town=turn.town.name, notice=notice(turn)))


def notice(turn: Turn) -> str:
    return f"\n{turn.town.notice}" if turn.town.notice else ""
